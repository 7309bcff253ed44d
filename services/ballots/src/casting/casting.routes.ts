import type { BallotsApi } from '@talkoot/api-contracts/ballots';
import type { Handlers } from '@talkoot/http-service';
import type { Casting } from './casting.ts';

type Routes = Pick<Handlers<BallotsApi>, 'castBallot'>;

export function castingRoutes({ casting }: { readonly casting: Casting }): Routes {
  return {
    async castBallot(call) {
      const { leafHash, promise } = await casting.cast(call.params.pollId, call.body);
      return { body: { leafHash: hexOf(leafHash), promise: hexOf(promise) } };
    },
  };
}

const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
