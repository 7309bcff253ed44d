import type { Ballots } from '../ballots.ts';

type SweepParts = Pick<Ballots, 'files' | 'publications' | 'tallies'>;

/** Most polls that one start of the service sweeps. */
const mostPolls = 1_000;

/** Removes what other writings of a published poll's files left: of rivals, and of processes that died while they wrote. */
export async function sweepPoll(
  { files, publications, tallies }: SweepParts,
  pollId: string,
): Promise<number> {
  const published = await publications.find(pollId);
  // A file that a document will name could be under way until then.
  if (!published) return 0;
  const removed = await files.removeAllBut(pollId, [...published, ...(await tallies.filesOf(pollId))]);
  await publications.setSwept(pollId);
  return removed;
}

/** The same for polls whose publisher died before it swept. @returns how many pieces are gone */
export async function sweepPublished(parts: SweepParts): Promise<number> {
  let removed = 0;
  for (const pollId of await parts.publications.unswept(mostPolls)) removed += await sweepPoll(parts, pollId);
  return removed;
}
