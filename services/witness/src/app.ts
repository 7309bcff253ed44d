import { witnessApi } from '@talkoot/api-contracts/witness';
import { createService } from '@talkoot/http-service';
import type { Auth } from '@talkoot/http-service';
import { cosigningRoutes } from './cosigning/cosigning.routes.ts';
import { relayRoutes } from './relay/relay.routes.ts';
import type { Witness } from './witness.ts';

export interface WitnessAppOptions {
  readonly witness: Witness;
  readonly publicUrl: string;
}

/** Nobody signs in at a witness: it believes signatures, of logs and of voters. */
const nobody: Auth = { authenticate: async () => ({ kind: 'anonymous' }) };

export function createWitnessApp({ witness, ...shell }: WitnessAppOptions) {
  return createService({
    ...shell,
    api: witnessApi,
    auth: nobody,
    log: witness.log,
    connection: witness.connection,
    handlers: { ...cosigningRoutes(witness), ...relayRoutes(witness) },
  });
}
