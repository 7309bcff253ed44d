import type { AllocationRule } from './allocation.rule.ts';

/** Equal shares as it comes, to be spread with what a test is about. */
export const equalShares = {
  rule: 'equal-shares',
  completion: 'none',
  increment: 1,
  exhaustiveStop: true,
  comparison: false,
} as const;

/** The rules that pabutools is asked for as well. */
export const comparedRules: Readonly<Record<'greedy' | 'equal-shares' | 'add1', AllocationRule>> = {
  greedy: { rule: 'greedy' },
  'equal-shares': equalShares,
  add1: { ...equalShares, completion: 'add1' },
};
