import { createClient } from '@talkoot/api-contracts';
import type { Client } from '@talkoot/api-contracts';
import { identityApi } from '@talkoot/api-contracts/identity';
import { deploymentOf } from '../operation/deployment.ts';
import { ServiceRefused } from './service.errors.ts';
import type { PlaceOptions } from './service.place.ts';

export interface IdentityPlace {
  readonly identity: Client<typeof identityApi>;
  readonly params: { readonly municipalityId: string };
}

/**
 * The service that knows people, as whoever is signed in by TALKOOT_TOKEN.
 * @throws ServiceRefused `municipality-missing`, `token-missing`; OperationRefused `no-deployment`, `deployment-incomplete`
 */
export async function placeOfIdentity({ municipality, data }: PlaceOptions): Promise<IdentityPlace> {
  if (!municipality) {
    const how = 'Name it with --municipality, or set TALKOOT_MUNICIPALITY.';
    throw new ServiceRefused('municipality-missing', how);
  }
  const token = process.env['TALKOOT_TOKEN'];
  if (!token) {
    const how = 'Set TALKOOT_TOKEN to the token of your session (sign in at identity).';
    throw new ServiceRefused('token-missing', how);
  }
  const { IDENTITY_URL: baseUrl } = await deploymentOf(['IDENTITY_URL'], data);
  const identity = createClient(identityApi, { baseUrl, token: async () => token, deadlineMs: 30_000 });
  return { identity, params: { municipalityId: municipality } };
}
