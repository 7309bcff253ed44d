import type { IndexedElection } from './election.index.ts';

/** How many voters have more of their projects funded under either outcome. */
export interface Comparison {
  readonly preferEqualShares: number;
  readonly preferGreedy: number;
}

export function compareOutcomes(
  { groups }: IndexedElection,
  equalShares: readonly number[],
  greedy: readonly number[],
): Comparison {
  const { size, start, project } = groups;
  const [underShares, underGreedy] = [new Set(equalShares), new Set(greedy)];
  let [preferEqualShares, preferGreedy] = [0, 0];
  for (const [group, voters] of size.entries()) {
    let more = 0;
    for (let at = start[group]!; at < start[group + 1]!; at += 1)
      more += Number(underShares.has(project[at]!)) - Number(underGreedy.has(project[at]!));
    if (more > 0) preferEqualShares += voters;
    if (more < 0) preferGreedy += voters;
  }
  return { preferEqualShares, preferGreedy };
}
