import type { PollResult } from '@talkoot/api-contracts/ballots';
import { DomainError, inTransaction } from '@talkoot/http-service';
import type { Ballots } from '../ballots.ts';
import type { Vote } from '../casting/ballot.ts';
import { isClosed } from '../poll/poll.ts';
import { tally } from './tally.ts';

/**
 * Counts a closed poll once; repeating it answers the stored result.
 * @throws DomainError `not-found`, `poll-not-closed`, `more-ballots-than-certificates`
 */
export async function countPoll(parts: Ballots, pollId: string): Promise<PollResult> {
  const { polls, tallies } = parts;
  const poll = await polls.get(pollId);
  const before = await tallies.find(pollId);
  if (before) return before;
  if (!isClosed(poll.phase)) throw new DomainError('poll-not-closed');
  await seal(parts, pollId);
  // Both issuers destroy their keys before a single vote is read.
  const issued = Math.min(...(await parts.closeIssuance(pollId)));
  const votes: Vote[] = [];
  for await (const { vote } of parts.ballots.counted(pollId)) votes.push(vote);
  if (votes.length > issued) {
    throw new DomainError(
      'more-ballots-than-certificates',
      `${votes.length} ballots, ${issued} certificates`,
    );
  }
  return tallies.put(tally(poll, votes));
}

/** Decides in one transaction which ballots count, so that two counts cannot decide differently. */
async function seal({ connection, gates, ballots }: Ballots, pollId: string): Promise<void> {
  await inTransaction(connection, async (session) => {
    if (await gates.seal(pollId, session)) await ballots.markCounted(pollId, session);
  });
}
