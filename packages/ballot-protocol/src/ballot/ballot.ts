import type { Manifest } from '../manifest/manifest.shape.ts';

/** The parts of a manifest that decide what a ballot means. */
export type BallotContext = Pick<Manifest, 'ballot' | 'allocation'>;

export type Answer = 'yes' | 'no' | null;

/** What a voter says. Options are named by their place in the manifest, from 0, ascending and each once. */
export type Ballot =
  | { readonly type: 'approval' | 'knapsack'; readonly places: readonly number[] }
  | {
      readonly type: 'points';
      readonly points: readonly { readonly place: number; readonly points: number }[];
    }
  | { readonly type: 'yes-no'; readonly answers: readonly Answer[] }
  | {
      readonly type: 'bonus';
      readonly answers: readonly Answer[];
      /** Whole percent from 0 to 100; null says nothing. */
      readonly share: number | null;
    };

/**
 * Why a ballot is not counted, in the order in which reasons apply.
 * - `not-opened`: the seal does not open
 * - `malformed`: no canonical plaintext of its type
 * - `unknown-option`: a place outside the options
 * - `too-few-choices`, `too-many-choices`: outside `minChoices` and `maxChoices`; a blank ballot is neither
 * - `over-budget`: the costs of a knapsack exceed the budget
 * - `points-total`: more points than a voter has
 */
export type Rejection =
  | 'not-opened'
  | 'malformed'
  | 'unknown-option'
  | 'too-few-choices'
  | 'too-many-choices'
  | 'over-budget'
  | 'points-total';

/** A ballot that would be rejected is not encoded. */
export class BallotError extends Error {
  override readonly name = 'BallotError';
  readonly code: Rejection;

  constructor(code: Rejection) {
    super(code);
    this.code = code;
  }
}

/** Whether a ballot chooses nothing. It is valid and counts. */
export function isBlank(ballot: Ballot): boolean {
  switch (ballot.type) {
    case 'approval':
    case 'knapsack':
      return ballot.places.length === 0;
    case 'points':
      return ballot.points.length === 0;
    case 'yes-no':
      return ballot.answers.every((answer) => answer === null);
    case 'bonus':
      return ballot.share === null && ballot.answers.every((answer) => answer === null);
  }
}
