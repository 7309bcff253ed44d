/** The charter's rules for scores; numbers as decimal or `p/q` text. */
export interface ScoreRules {
  readonly goalOn: 'effect' | 'level';
  readonly evidence: 'point' | 'bound80';
  /** What a criterion counts once its failure bound is crossed; usually −1. */
  readonly failureValue: string;
  /** The sum of side effects stays within ± this. */
  readonly sideEffectsMost: string;
  /** Ends of a criterion's score; −1 and 1 if not stated. */
  readonly ends?: { readonly low: string; readonly high: string };
}

export interface Votes {
  readonly yes: number;
  readonly no: number;
}
