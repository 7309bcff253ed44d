import type { Exclusion } from './eligible.rule.ts';

/**
 * Why a project is in or out. Amounts are in the unit of the costs.
 * - `funded`: it fitted when its turn came; `available` was left of the budget
 * - `does-not-fit`: it cost more than was left when its turn came
 * - `funded-by-supporters`: its supporters bought it with their shares; nobody paid more than `price` for each point
 *   (approving gives one)
 * - `supporters-short`: all that its supporters had left, `available`, was less than its cost
 * - `conflict`: a project that excludes it was funded
 * - `too-few-votes`, `below-threshold`: it missed the minimum, or its votes are too few for its cost
 * - `no-votes`: nobody voted for it
 * - `no-ballots`: no ballot was counted, so nothing is funded
 */
type Why =
  | { readonly reason: 'funded'; readonly available: number }
  | {
      readonly reason: 'does-not-fit' | 'supporters-short';
      readonly available: number;
      /** How much more would have been needed. */
      readonly shortfall: number;
    }
  | { readonly reason: 'funded-by-supporters'; readonly price: number }
  | { readonly reason: 'conflict'; readonly conflictsWith: string }
  | Exclusion;

export type Reason = Why['reason'];

/** The price per supporter is `cost` / `votes`: an exact ratio, rounded only where it is shown. */
export type Explanation = {
  readonly projectId: string;
  readonly votes: number;
  /** In a points poll. */
  readonly points?: number;
  readonly cost: number;
  readonly funded: boolean;
} & Why;

/** Why a project, by its place, is in or out. */
export type Verdict = { readonly project: number } & Why;
