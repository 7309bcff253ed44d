import type { PollOutcome, PollResult } from '@talkoot/api-contracts/ballots';
import type { Count, Tally } from '@talkoot/ballot-protocol/counting';
import { sha256Of } from '@talkoot/http-service';
import { allocationShown } from '../allocation/allocation.ts';
import type { Poll } from '../poll/poll.ts';

type Asked = Pick<Poll, 'pollId' | 'kind' | 'roll' | 'options' | 'budget' | 'allocation'>;

/** What came of a poll that was counted. The same ballots in any order give the same result, to the last byte. */
export function resultOf(
  poll: Asked,
  { result, rejected, allocation }: Pick<Count, 'result' | 'rejected' | 'allocation'>,
): PollResult {
  return hashed({
    ...about(poll, 'counted'),
    ballots: result.counted,
    blank: result.blank,
    rejected: rejected.size,
    options: optionsOf(result.tally),
    shares: result.tally.kind === 'bonus' ? [...result.tally.shares] : [],
    allocation: allocation && allocationShown(poll, allocation),
  });
}

/** What came of a poll whose ballots, if there are any, decide nothing. */
export function resultWithout(poll: Asked, outcome: Exclude<PollOutcome, 'counted'>): PollResult {
  const options = poll.options.map(({ optionId }) => ({ optionId, yes: 0, no: 0 }));
  return hashed({
    ...about(poll, outcome),
    ballots: 0,
    blank: 0,
    rejected: 0,
    options: byId(options),
    shares: [],
    allocation: null,
  });
}

const about = ({ pollId, kind, roll }: Asked, outcome: PollOutcome) => ({
  pollId,
  kind,
  outcome,
  roll: roll ?? 0,
});

const hashed = (result: Omit<PollResult, 'sha256'>): PollResult => ({ ...result, sha256: sha256Of(result) });

const byId = (options: PollResult['options']): PollResult['options'] =>
  options.toSorted((a, b) => (a.optionId < b.optionId ? -1 : 1));

function optionsOf(tally: Tally): PollResult['options'] {
  if (tally.kind !== 'prioritisation') {
    return byId(tally.options.map(({ option, yes, no }) => ({ optionId: option, yes, no })));
  }
  return byId(
    tally.options.map(({ option, votes, points }) => ({
      optionId: option,
      yes: votes,
      no: 0,
      ...(points === null ? {} : { points }),
    })),
  );
}
