import { createClient } from '@talkoot/api-contracts';
import type { ApiSpec, Client, Grants, Role, ServiceName } from '@talkoot/api-contracts';
import type { Express } from 'express';
import { SignJWT, exportJWK, generateKeyPair } from 'jose';
import type { CryptoKey } from 'jose';
import type { AddressInfo } from 'node:net';
import { authWith, sessionAudience } from './authentication.ts';
import type { Auth } from './authentication.ts';
import { signServiceToken } from './service.key.ts';

export interface TestTokens {
  /** Pass it to `createService`: it trusts exactly the tokens made here. */
  readonly auth: Auth;
  /** A session token; `seconds` is its life, negative for one that has expired. */
  personToken(person: { id: string; grants?: Grants; seconds?: number }): Promise<string>;
  serviceToken(name: ServiceName, audience: string, seconds?: number): Promise<string>;
}

/** Fresh keys and the tokens they sign, so that a service can be tested without identity. */
export async function testTokens(issuer = 'http://identity.test'): Promise<TestTokens> {
  const person = await generateKeyPair('EdDSA', { extractable: true });
  const service = await generateKeyPair('EdDSA', { extractable: true });
  return {
    auth: authWith({
      issuer,
      personKeys: async () => person.publicKey,
      serviceKey: async () => service.publicKey,
    }),
    personToken: ({ id, grants = {}, seconds = 600 }) =>
      signPerson(person.privateKey, issuer, { id, grants, seconds }),
    serviceToken: (name, audience, seconds) => signServiceToken(service.privateKey, name, audience, seconds),
  };
}

/** Roles in one municipality as grants: `grantsIn("oulu", "resident", "champion")`. */
export function grantsIn(municipalityId: string, ...roles: Role[]): Grants {
  return { [municipalityId]: roles };
}

async function signPerson(
  key: CryptoKey,
  issuer: string,
  person: { id: string; grants: Grants; seconds: number },
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ grants: person.grants })
    .setProtectedHeader({ alg: 'EdDSA' })
    .setIssuer(issuer)
    .setAudience(sessionAudience)
    .setSubject(person.id)
    .setIssuedAt(now - 1)
    .setExpirationTime(now + person.seconds)
    .sign(key);
}

/** A fresh Ed25519 key pair as JWKs, e.g. to write service keys into a directory. */
export async function testKeyPair(): Promise<{ privateJwk: object; publicJwk: object }> {
  const pair = await generateKeyPair('EdDSA', { extractable: true });
  return { privateJwk: await exportJWK(pair.privateKey), publicJwk: await exportJWK(pair.publicKey) };
}

export interface TestApp<A extends ApiSpec> {
  readonly url: string;
  /** The typed client, signed in with the token if one is given; a token that is made anew for each call does not expire. */
  client(token?: string | (() => Promise<string>)): Client<A>;
  close(): Promise<void>;
}

/** Serves the app on a free port of this machine. */
export async function testApp<const A extends ApiSpec>(app: Express, api: A): Promise<TestApp<A>> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const server = app.listen(0, '127.0.0.1', (error?: Error) => (error ? reject(error) : resolve()));
  await promise;
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    client(token) {
      const made = typeof token === 'string' ? async () => token : token;
      return createClient(api, { baseUrl: url, ...(made ? { token: made } : {}) });
    },
    close: async () => {
      const closed = new Promise<void>((done) => server.close(() => done()));
      server.closeAllConnections();
      await closed;
    },
  };
}
