import { AllocationError } from './allocation.errors.ts';
import type { EqualSharesRule } from './allocation.rule.ts';
import { groupsTakenBy, rivalOf } from './conflict.groups.ts';
import type { IndexedElection } from './election.index.ts';
import { runEqualShares } from './equal-shares.run.ts';
import type { SharesRun } from './equal-shares.run.ts';
import { mostIncrements } from './increment.bounds.ts';

/** Everybody had `total` / `voters`, in the unit of the costs. */
export interface Endowment {
  /** Rounded beyond 2⁵³; every decision is exact nevertheless. */
  readonly total: number;
  readonly voters: number;
}

export interface SharesOutcome {
  readonly run: SharesRun;
  readonly endowment: Endowment;
}

/**
 * Equal shares up to `add1`: the greedy part of a completion is not here. The endowment rises by one increment after
 * another and none is skipped, because spending is not monotone in it: a search by halves would miss the first outcome
 * above the budget.
 * @throws AllocationError `too-many-increments`: never where `requireDecidable` let the election pass
 */
export function shareEqually(
  election: IndexedElection,
  candidates: readonly number[],
  rule: EqualSharesRule,
): SharesOutcome {
  const { budget, ballots } = election;
  const mayRaise = rule.completion === 'add1' || rule.completion === 'add1u';
  const increments = BigInt(rule.increment) * BigInt(ballots);
  let total = BigInt(budget);
  let run = runEqualShares(election, candidates, { total, enough: budget });
  for (let count = 0; ; count += 1) {
    const endowment = { total: Number(total), voters: ballots };
    if (!mayRaise || isFinished(election, candidates, run, rule)) return { run, endowment };
    const higher = total + increments;
    if (count === mostIncrements)
      throw new AllocationError(
        'too-many-increments',
        `${count} increments of ${rule.increment} do not end it`,
      );
    const next = runEqualShares(election, candidates, { total: higher, enough: budget });
    if (next.cost > budget) return { run, endowment };
    total = higher;
    run = next;
  }
}

/** Whether more money could change nothing that counts. */
function isFinished(
  election: IndexedElection,
  candidates: readonly number[],
  { funded, cost }: SharesRun,
  { exhaustiveStop }: EqualSharesRule,
): boolean {
  const { projects, budget } = election;
  const gone = new Set(funded);
  const taken = groupsTakenBy(election, funded);
  const left = candidates.filter((one) => !gone.has(one) && rivalOf(election, one, taken) === undefined);
  return exhaustiveStop ? left.every((one) => projects[one]!.cost > budget - cost) : left.length === 0;
}
