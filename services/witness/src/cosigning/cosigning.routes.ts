import type { WitnessApi } from '@talkoot/api-contracts/witness';
import { emptyRoot } from '@talkoot/ballot-protocol';
import { DomainError } from '@talkoot/http-service';
import type { Handlers } from '@talkoot/http-service';
import { watchedAs } from '../logs/watched.ts';
import type { Witness } from '../witness.ts';
import { cosign } from './cosigning.ts';

type Routes = Pick<Handlers<WitnessApi>, 'addCheckpoint' | 'getTreeHead'>;

export function cosigningRoutes(witness: Witness): Routes {
  return {
    addCheckpoint: async ({ body, log }) => ({ body: await cosign(witness, body, log) }),

    getTreeHead: async ({ query: { origin } }) => {
      if (!watchedAs(witness.logs, origin)) throw new DomainError('unknown-log');
      const last = await witness.cosigned.last(origin);
      const { size, root, note } = last ?? { size: 0, root: emptyRoot(), note: null };
      const hex = Buffer.from(root).toString('hex');
      return { body: { origin, size, root: hex, note: size === 0 ? null : note } };
    },
  };
}
