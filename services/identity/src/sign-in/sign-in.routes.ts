import type { IdentityApi } from '@talkoot/api-contracts/identity';
import { DomainError, inTransaction } from '@talkoot/http-service';
import type { Handlers } from '@talkoot/http-service';
import type { ClientSession } from 'mongoose';
import type { Identity } from '../identity.ts';
import { newSecret } from '../session/secret.ts';
import { sessionFor } from '../session/session.routes.ts';
import { despiteRivals } from '../person/rivals.ts';
import type { Claims, ProviderClient } from './provider.client.ts';
import { LIFE_MS } from './sign-in.store.ts';
import type { SignInStore } from './sign-in.store.ts';

type Routes = Pick<Handlers<IdentityApi>, 'signIn' | 'completeSignIn'>;

export interface SignInSettings {
  readonly provider: ProviderClient;
  readonly attempts: SignInStore;
  readonly returnOrigins: readonly string[];
  /** Address of this service as browsers see it. */
  readonly publicUrl: string;
}

const COOKIE = 'talkoot-sign-in';
const Secret = /^[\w-]{43}$/;

/** Goes with the way back from the identity provider and with nothing else. */
function cookieOf(secret: string, publicUrl: string): string {
  const { protocol, pathname } = new URL(publicUrl);
  const path = `${pathname.replace(/\/$/, '')}/v1/sign-in`;
  const secure = protocol === 'https:' ? '; Secure' : '';
  return `${COOKIE}=${secret}; Path=${path}; Max-Age=${LIFE_MS / 1000}; HttpOnly; SameSite=Lax${secure}`;
}

export function signInRoutes(identity: Identity, settings: SignInSettings): Routes {
  const { provider, attempts, returnOrigins } = settings;
  return {
    async signIn(call) {
      const returnTo = call.query.return ?? null;
      if (returnTo !== null && !returnOrigins.includes(new URL(returnTo).origin)) {
        throw new DomainError('return-not-allowed');
      }
      const { attempt, address } = await provider.begin();
      // Kept where there is one, so that two tabs do not disturb each other.
      const known = call.cookie(COOKIE) ?? '';
      const secret = Secret.test(known) ? known : newSecret();
      await attempts.begin(attempt, returnTo, secret);
      return { headers: { location: address, 'set-cookie': cookieOf(secret, settings.publicUrl) } };
    },

    async completeSignIn(call) {
      const { query } = call;
      const attempt = await attempts.take(query.state, call.cookie(COOKIE) ?? '');
      if (!attempt) throw new DomainError('sign-in-expired');
      const claims = await provider.complete(attempt, query);
      const personId = await personOf(identity, claims);
      if (attempt.returnTo === null) {
        return { body: await sessionFor(identity, personId, await identity.sessions.begin(personId)) };
      }
      const back = new URL(attempt.returnTo);
      back.searchParams.set('handoff', await identity.sessions.handOff(personId));
      return { status: 302, headers: { location: back.href } };
    },
  };
}

/**
 * The person who signs in: by national id, else by subject. Where a role was granted to a subject and the register
 * knows the same person by national id, the two become one.
 */
async function personOf(identity: Identity, { subject, personNumber }: Claims): Promise<string> {
  const { connection, people, grants, personnel, residents, issuer } = identity;
  const wanted = [
    { kind: 'subject', issuer, subject } as const,
    ...(personNumber === null ? [] : [{ kind: 'national-id', value: personNumber } as const]),
  ];
  const recogniseAndSave = async (session: ClientSession) => {
    const recognition = await people.recognise(wanted, session);
    const personId = await people.save(recognition, true, session);
    if (recognition.outcome === 'merge') {
      await grants.reassign(recognition.absorbed.id, personId, session);
      await personnel.reassign(recognition.absorbed.id, personId, session);
      await residents.reassign(recognition.absorbed.id, personId, recognition.absorbed.homes, session);
    }
    return personId;
  };
  return despiteRivals(() => inTransaction(connection, recogniseAndSave));
}
