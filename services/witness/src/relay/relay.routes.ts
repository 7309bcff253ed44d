import type { WitnessApi } from '@talkoot/api-contracts/witness';
import { decodeCursor, DomainError, pageFrom } from '@talkoot/http-service';
import type { Handlers } from '@talkoot/http-service';
import { z } from 'zod';
import type { BallotRelay } from './ballot.relay.ts';

type Routes = Pick<Handlers<WitnessApi>, 'relayBallot' | 'listMissingBallots'>;

const HashShape = z.hex().length(64);
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

export function relayRoutes({ relay }: { readonly relay: BallotRelay | null }): Routes {
  const required = () => {
    if (!relay) throw new DomainError('no-relay');
    return relay;
  };
  return {
    async relayBallot({ params, body }) {
      const { leafHash, promise } = await required().take(params.pollId, body);
      if (promise) return { body: { leafHash: hex(leafHash), promise: hex(promise) } };
      return { status: 202, body: { leafHash: hex(leafHash), code: 'ballot-kept' as const } };
    },

    async listMissingBallots({ params, query: { after, limit } }) {
      const rows = await required().missing(params.pollId, decodeCursor(after, HashShape), limit + 1);
      const items = rows.map(({ hash, promise }) => ({
        leafHash: hex(hash),
        promise: promise && hex(promise),
      }));
      return { body: pageFrom(items, limit, ({ leafHash }) => leafHash) };
    },
  };
}
