import { groupsTakenBy, rivalOf } from './conflict.groups.ts';
import type { IndexedElection } from './election.index.ts';

/** What happened to a project when its turn came. */
export type GreedyTurn =
  | { readonly project: number; readonly reason: 'conflict'; readonly rival: number }
  | { readonly project: number; readonly reason: 'funded' | 'does-not-fit'; readonly available: number };

/**
 * The greedy rule: most points first, skipping what does not fit. Equal points: lower cost first, then more votes, then
 * the lot. Integers throughout: no sum exceeds the budget, which is a safe integer.
 * @param before projects that are funded already; the budget is what they left
 */
export function takeTurns(
  election: IndexedElection,
  candidates: readonly number[],
  { budget, before = [] }: { budget: number; before?: readonly number[] },
): GreedyTurn[] {
  const taken = groupsTakenBy(election, before);
  let available = budget;
  return candidates.toSorted(byPoints(election)).map((project): GreedyTurn => {
    const { cost, conflicts } = election.projects[project]!;
    const rival = rivalOf(election, project, taken);
    if (rival !== undefined) return { project, reason: 'conflict', rival };
    if (cost > available) return { project, reason: 'does-not-fit', available };
    for (const group of conflicts) taken.set(group, project);
    available -= cost;
    return { project, reason: 'funded', available: available + cost };
  });
}

/** The order of the turns, whatever the money. */
export const byPoints =
  ({ projects }: IndexedElection) =>
  (a: number, b: number): number =>
    projects[b]!.points - projects[a]!.points || projects[a]!.rank - projects[b]!.rank;
