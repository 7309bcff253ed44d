import type { BallotsApi } from '@talkoot/api-contracts/ballots';
import { DomainError } from '@talkoot/http-service';
import type { Handlers } from '@talkoot/http-service';
import type { Ballots } from '../ballots.ts';
import { isPublished, isTallied } from '../poll/poll.ts';
import type { Poll } from '../poll/poll.ts';
import { csvOf, pabulibOf } from './ballots.export.ts';
import type { CountedBallot } from './ballots.export.ts';
import { countPoll } from './count.ts';

type Routes = Pick<
  Handlers<BallotsApi>,
  'tallyPoll' | 'getResult' | 'getPollResult' | 'exportBallotsAsPabulib' | 'exportBallotsAsCsv'
>;

export function tallyRoutes(parts: Ballots): Routes {
  const { polls, tallies } = parts;

  async function published(params: { municipalityId: string; pollId: string }) {
    const poll = await polls.get(params.pollId, params.municipalityId);
    const result = isPublished(poll.phase) ? await tallies.find(poll.pollId) : null;
    if (!result) throw new DomainError('poll-not-published');
    return { poll, result };
  }
  async function ballotsOf({ pollId }: Poll): Promise<CountedBallot[]> {
    const all: CountedBallot[] = [];
    for await (const one of parts.ballots.counted(pollId)) all.push(one);
    return all;
  }
  return {
    async tallyPoll(call) {
      return { body: await countPoll(parts, call.params.pollId) };
    },

    async getResult(call) {
      const poll = await polls.get(call.params.pollId);
      const result = isTallied(poll.phase) ? await tallies.find(poll.pollId) : null;
      if (!result) throw new DomainError('poll-not-tallied');
      return { body: result };
    },

    async getPollResult(call) {
      return { body: (await published(call.params)).result };
    },

    async exportBallotsAsPabulib(call) {
      const { poll, result } = await published(call.params);
      return { body: pabulibOf(poll, result, await ballotsOf(poll)) };
    },

    async exportBallotsAsCsv(call) {
      const { poll } = await published(call.params);
      return { body: csvOf(await ballotsOf(poll)) };
    },
  };
}
