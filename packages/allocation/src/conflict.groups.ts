import type { IndexedElection } from './election.index.ts';

/** Conflict groups that are taken, each with its project that is funded. */
export type TakenGroups = ReadonlyMap<number, number>;

export function groupsTakenBy({ projects }: IndexedElection, funded: Iterable<number>): Map<number, number> {
  const taken = new Map<number, number>();
  for (const one of funded) for (const group of projects[one]!.conflicts) taken.set(group, one);
  return taken;
}

/** The funded project because of which this one cannot be funded any more. */
export function rivalOf(
  { projects }: IndexedElection,
  project: number,
  taken: TakenGroups,
): number | undefined {
  const group = projects[project]!.conflicts.find((one) => taken.has(one));
  return group === undefined ? undefined : taken.get(group);
}
