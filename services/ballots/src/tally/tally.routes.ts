import type { BallotsApi } from '@talkoot/api-contracts/ballots';
import { DomainError } from '@talkoot/http-service';
import type { Handlers } from '@talkoot/http-service';
import type { Ballots } from '../ballots.ts';
import { joined } from '../joined.ts';
import { isPublished } from '../poll/poll.ts';
import { tallyPoll } from './count.ts';

type Routes = Pick<Handlers<BallotsApi>, 'tallyPoll' | 'getResult' | 'getPollResult'>;

export function tallyRoutes(parts: Ballots): Routes {
  const { polls, tallies } = parts;
  const underWay = joined();

  async function result(code: string, pollId: string, municipalityId?: string) {
    const poll = await polls.get(pollId, municipalityId);
    const found = isPublished(poll.phase) ? await tallies.find(pollId) : null;
    if (!found) throw new DomainError(code);
    return { body: found };
  }
  return {
    async tallyPoll(call) {
      const { pollId } = call.params;
      const { outcome } = call.body;
      return { body: await underWay(`${outcome} ${pollId}`, () => tallyPoll(parts, pollId, outcome)) };
    },

    getResult: (call) => result('poll-not-tallied', call.params.pollId),
    getPollResult: (call) => result('poll-not-published', call.params.pollId, call.params.municipalityId),
  };
}
