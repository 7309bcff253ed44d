import { witnessApi } from '@talkoot/api-contracts/witness';
import { createService } from '@talkoot/http-service';
import type { Auth, Logger } from '@talkoot/http-service';
import { cosigningRoutes } from './cosigning/cosigning.routes.ts';
import type { Witness } from './witness.ts';

export interface WitnessAppOptions {
  readonly witness: Witness;
  readonly log: Logger;
  readonly publicUrl: string;
}

/** Nobody signs in at a witness: it believes signatures of logs. */
const nobody: Auth = { authenticate: async () => ({ kind: 'anonymous' }) };

export function createWitnessApp({ witness, ...shell }: WitnessAppOptions) {
  return createService({
    ...shell,
    api: witnessApi,
    auth: nobody,
    connection: witness.connection,
    handlers: cosigningRoutes(witness),
  });
}
