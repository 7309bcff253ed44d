import type { Money } from '@talkoot/api-contracts';
import type { Charter, CriterionInput, PollProtocol } from '@talkoot/api-contracts/projects';
import type { OutcomeTerms } from '@talkoot/impact/outcome';

/** A reading that will be taken, by collection (`baseline`, `c1`, `c2` …). */
export interface PlannedReading {
  readonly criterion: number;
  readonly collection: string;
  readonly value: string;
  readonly group?: 'treated' | 'comparison';
  readonly unitName?: string;
}

/** What one place was read at day by day, the earliest day first. */
export interface PlannedSeries {
  /** The comparison unit; absent where it is the place of the project. */
  readonly unitName?: string;
  readonly before: readonly number[];
  /** As many days as a demo can deliver: three. */
  readonly after: readonly number[];
}

/** Readings that a device delivers by itself. */
export interface PlannedFeed {
  readonly criterion: number;
  readonly name: string;
  readonly series: readonly PlannedSeries[];
}

export interface PlannedSideEffect {
  readonly direction: 'good' | 'bad';
  readonly title: string;
  readonly evidence: string;
  readonly points: string;
  /** Whether most voters will accept it. */
  readonly accepted: boolean;
}

/** A contract by which an investor, the party `investor`, is paid by the party `municipality`. */
export interface PlannedOutcome {
  readonly terms: OutcomeTerms;
  /** For each input of the terms the criterion whose estimate it is. */
  readonly estimates: Readonly<Record<string, number>>;
}

export interface PlannedProposal {
  /** Stable id: the id in the file it is imported from, or a short name. */
  readonly key: string;
  readonly title: string;
  readonly description: string;
  readonly place: string;
  readonly cost: Money;
  readonly criteria: readonly CriterionInput[];
  /** What becomes of it before the vote. */
  readonly course: 'admitted' | 'refused' | 'refused-then-admitted' | 'without-support' | 'withdrawn';
  readonly readings: readonly PlannedReading[];
  readonly feeds?: readonly PlannedFeed[];
  readonly sideEffects: readonly PlannedSideEffect[];
  /** Whole percents that voters choose in the bonus vote, in turn. */
  readonly bonusShares: readonly number[];
  /** Spending as a share of the cost, in percent. */
  readonly spendingPercent: number;
  readonly outcome?: PlannedOutcome;
  /** Volunteers besides the one who writes down hours. */
  readonly helpers?: number;
}

/** A person who keeps a share of the keys of polls. */
export interface PlannedTrustee {
  readonly name: string;
  readonly organisation: string;
}

/** A charter before the trustees have made their keys. */
export type PlannedCharter = Omit<Charter, 'poll'> & {
  readonly poll: Omit<PollProtocol, 'trustees'> & { readonly trustees: readonly PlannedTrustee[] };
};

/** Everything that will happen in a demo run; the same plan gives the same result. */
export interface Plan {
  readonly municipality: { readonly id: string; readonly name: string };
  readonly pilotName: string;
  readonly charter: PlannedCharter;
  readonly adoptedBudget: Money;
  /** Share of the adopted budget that is permitted. */
  readonly permittedShare: string;
  readonly roundName: string;
  readonly roundBudget: Money;
  readonly proposals: readonly PlannedProposal[];
  /** One voter each, with the keys of the proposals they choose. */
  readonly ballots: readonly (readonly string[])[];
  /** One resident in so many votes again, after a blank ballot; 0: nobody does. */
  readonly oneVotesAgainIn: number;
  /** So many of the last voters vote on paper. */
  readonly onPaper: number;
  /** Every resident signs in at the identity provider; otherwise tokens come from the local stack's bulk grant. */
  readonly residentsSignIn: boolean;
}
