import { GrantsShape } from '@talkoot/api-contracts';
import { createLocalJWKSet, createRemoteJWKSet, decodeJwt, errors, jwtVerify } from 'jose';
import type { CryptoKey, JWTPayload, JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import type { Actor } from './call.ts';
import { DomainError } from './domain.error.ts';
import { servicePublicKeys } from './service.key.ts';

/** Turns a bearer token into an actor. */
export interface Auth {
  /**
   * @param service the service that is called: the audience a service token must name.
   * @throws DomainError `unauthenticated` or `token-expired`; a connectivity error when no key can be had.
   */
  authenticate(token: string, service: string): Promise<Actor>;
}

export interface AuthKeys {
  /** Issuer of the session tokens. */
  readonly issuer: string;
  readonly personKeys: JWTVerifyGetKey;
  /** The public key of a service; undefined when it has none. */
  readonly serviceKey: (name: string) => Promise<Awaited<ReturnType<JWTVerifyGetKey>> | undefined>;
}

/** Audience of a person's session token: any service of the deployment. */
export const sessionAudience = 'talkoot';
/** Longest life of a service token, in seconds. */
export const serviceTokenSeconds = 60;

const PersonClaims = z.object({ sub: z.string().min(1).max(64), grants: GrantsShape, exp: z.number() });

/** Authentication as the services run it: identity's JWKS for persons, a directory of public keys for services. */
export function createAuth(options: { readonly identityUrl: string; readonly serviceKeysDir: string }): Auth {
  return authWith({
    issuer: options.identityUrl,
    personKeys: identityKeys(options.identityUrl),
    serviceKey: servicePublicKeys(options.serviceKeysDir),
  });
}

/** Authentication over given keys. */
export function authWith(keys: AuthKeys): Auth {
  return {
    async authenticate(token, service) {
      try {
        const issuer = decodeJwt(token).iss ?? '';
        return issuer.startsWith('service:')
          ? await verifyService(keys, token, issuer.slice('service:'.length), service)
          : await verifyPerson(keys, token);
      } catch (error) {
        throw refusalOf(error);
      }
    },
  };
}

async function verifyPerson(keys: AuthKeys, token: string): Promise<Actor> {
  const { payload } = await jwtVerify(token, keys.personKeys, {
    issuer: keys.issuer,
    audience: sessionAudience,
    algorithms: ['EdDSA', 'Ed25519'],
    requiredClaims: ['exp', 'sub', 'grants'],
  });
  const claims = PersonClaims.parse(payload);
  return { kind: 'person', id: claims.sub, grants: claims.grants };
}

async function verifyService(keys: AuthKeys, token: string, name: string, audience: string): Promise<Actor> {
  const key = await keys.serviceKey(name);
  if (!key) throw new DomainError('unauthenticated');
  const { payload } = await jwtVerify(token, key as CryptoKey, {
    audience,
    algorithms: ['EdDSA', 'Ed25519'],
    requiredClaims: ['exp', 'iat'],
    maxTokenAge: serviceTokenSeconds,
    clockTolerance: 5,
  });
  if (lifeOf(payload) > serviceTokenSeconds) throw new DomainError('unauthenticated');
  return { kind: 'service', name: name as Extract<Actor, { kind: 'service' }>['name'] };
}

function lifeOf(payload: JWTPayload): number {
  return (payload.exp ?? Infinity) - (payload.iat ?? 0);
}

function refusalOf(error: unknown): unknown {
  if (error instanceof errors.JWTExpired) return new DomainError('token-expired');
  if (error instanceof errors.JWKSTimeout) return new DomainError('unavailable');
  if (error instanceof errors.JOSEError)
    return isNoFault(error) ? new DomainError('unavailable') : new DomainError('unauthenticated');
  if (error instanceof z.ZodError) return new DomainError('unauthenticated');
  if (error instanceof TypeError && error.message === 'fetch failed') return new DomainError('unavailable');
  return error;
}

/** The bare JOSEError is only thrown when the key set was answered with something else than 200 and JSON. */
function isNoFault(error: errors.JOSEError): boolean {
  return error.code === 'ERR_JOSE_GENERIC';
}

/**
 * Identity's keys: fetched when first needed and every ten minutes. While identity is down, the keys that were
 * fetched last go on being trusted, so that its outage signs nobody out.
 */
function identityKeys(identityUrl: string): JWTVerifyGetKey {
  const remote = createRemoteJWKSet(new URL(`${identityUrl}/.well-known/jwks.json`), {
    timeoutDuration: 3_000,
    cooldownDuration: 10_000,
    cacheMaxAge: 600_000,
  });
  return async (header, token) => {
    try {
      return await remote(header, token);
    } catch (error) {
      const known = remote.jwks();
      if (!known || error instanceof errors.JWKSNoMatchingKey) throw error;
      return createLocalJWKSet(known)(header, token);
    }
  };
}
