import type { IdentityApi, Session } from '@talkoot/api-contracts/identity';
import { DomainError } from '@talkoot/http-service';
import type { Handlers } from '@talkoot/http-service';
import type { Identity } from '../identity.ts';
import { grantsOf } from '../role/grants.claim.ts';
import type { RefreshToken } from './session.store.ts';

type Routes = Pick<
  Handlers<IdentityApi>,
  'redeemHandoff' | 'refreshSession' | 'signOut' | 'getMe' | 'getKeys'
>;

/** The session of a person with the roles they have now. */
export async function sessionFor(
  identity: Identity,
  personId: string,
  refresh: RefreshToken,
): Promise<Session> {
  const grants = (await grantsOf([personId], identity))[0] ?? {};
  return { personId, grants, ...(await identity.signer.sign(personId, grants)), ...refresh };
}

export function sessionRoutes(identity: Identity): Routes {
  const { sessions, signer } = identity;
  return {
    async redeemHandoff(call) {
      const personId = await sessions.redeem(call.body.handoff);
      if (personId === null) throw new DomainError('session-invalid');
      return { body: await sessionFor(identity, personId, await sessions.begin(personId)) };
    },

    async refreshSession(call) {
      const renewed = await sessions.renew(call.body.refreshToken);
      if (!renewed) throw new DomainError('session-invalid');
      const { personId, refreshToken, refreshExpiresAt } = renewed;
      return { body: await sessionFor(identity, personId, { refreshToken, refreshExpiresAt }) };
    },

    async signOut(call) {
      await sessions.end(call.body.refreshToken);
      return {};
    },

    async getMe(call) {
      const { id } = call.person;
      const grants = (await grantsOf([id], identity))[0] ?? {};
      return { body: { personId: id, grants } };
    },

    async getKeys() {
      return { body: { keys: [...signer.publicKeys] } };
    },
  };
}
