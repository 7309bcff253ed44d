import type { AllocationRule } from './allocation.rule.ts';

/** A ballot that counts; without choices it is blank, which counts too. */
export interface CountedBallot {
  readonly choices: readonly string[];
  /** In a points poll one for each choice, zero or more. */
  readonly points?: readonly number[];
}

export interface Election {
  /** Zero or more, in the same integer unit as the costs. */
  readonly budget: number;
  /** Costs above zero. */
  readonly projects: readonly { readonly id: string; readonly cost: number }[];
  /** Knapsack ballots are counted as approvals. */
  readonly ballotType: 'approval' | 'points';
  readonly ballots: readonly CountedBallot[];
}

export interface AllocationInput extends Election {
  readonly rule: AllocationRule;
  /** All project ids in the order drawn by lot; without it, ids in string order. */
  readonly lot?: readonly string[];
}
