import type { PollResult } from '@talkoot/api-contracts/ballots';
import { sha256Of } from '@talkoot/http-service';
import { allocate } from '../allocation/allocate.ts';
import type { Vote } from '../casting/ballot.ts';
import type { Poll } from '../poll/poll.ts';

/** Counts the votes of a poll. The same votes in any order give the same result, to the last byte. */
export function tally(poll: Omit<Poll, 'phase'>, votes: readonly Vote[]): PollResult {
  const counts = {
    pollId: poll.pollId,
    kind: poll.kind,
    roll: poll.roll ?? 0,
    ballots: votes.length,
    options: optionsOf(poll, votes),
    shares: sharesOf(votes),
    allocation: poll.kind === 'prioritisation' ? allocate(poll, votes.map(chosen)) : null,
  };
  return { ...counts, sha256: sha256Of(counts) };
}

function optionsOf({ options }: Pick<Poll, 'options'>, votes: readonly Vote[]): PollResult['options'] {
  const tallies = new Map(options.map(({ optionId }) => [optionId, { optionId, yes: 0, no: 0 }]));
  for (const vote of votes) {
    for (const id of 'choices' in vote ? vote.choices : vote.yes) tallies.get(id)!.yes += 1;
    for (const id of 'choices' in vote ? [] : vote.no) tallies.get(id)!.no += 1;
  }
  return [...tallies.values()].toSorted((a, b) => (a.optionId < b.optionId ? -1 : 1));
}

function sharesOf(votes: readonly Vote[]): PollResult['shares'] {
  const ballots = new Map<number, number>();
  for (const vote of votes) {
    if ('choices' in vote || vote.share === null) continue;
    ballots.set(vote.share, (ballots.get(vote.share) ?? 0) + 1);
  }
  return [...ballots]
    .map(([percent, count]) => ({ percent, ballots: count }))
    .toSorted((a, b) => a.percent - b.percent);
}

const chosen = (vote: Vote): readonly string[] => ('choices' in vote ? vote.choices : vote.yes);
