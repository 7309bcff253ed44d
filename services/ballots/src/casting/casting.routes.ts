import type { BallotsApi } from '@talkoot/api-contracts/ballots';
import { DomainError } from '@talkoot/http-service';
import type { Handlers } from '@talkoot/http-service';
import type { Ballots } from '../ballots.ts';
import { cast } from './casting.ts';

type Routes = Pick<Handlers<BallotsApi>, 'castBallot' | 'checkReceipt'>;

export function castingRoutes(parts: Ballots): Routes {
  return {
    async castBallot(call) {
      return { body: { receipt: await cast(parts, call.params.pollId, call.body) } };
    },

    async checkReceipt(call) {
      const { pollId, receipt } = call.params;
      const found = await parts.ballots.find(pollId, receipt);
      if (!found) throw new DomainError('not-found');
      const { counted, replaced } = found;
      return { body: { receipt, state: replaced ? 'replaced' : counted ? 'counted' : 'stored' } };
    },
  };
}
