import type { StackHandle } from '@talkoot/local-stack';
import { generateKeyPair, importJWK, SignJWT } from 'jose';
import type { CryptoKey, JWK, JWTPayload } from 'jose';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { roles } from '@talkoot/api-contracts';
import type { Owner } from '../databases.ts';
import { here } from './actors.ts';

export interface BadToken {
  readonly name: string;
  readonly header: string;
  readonly code: 'unauthenticated' | 'token-expired';
}

const now = () => Math.floor(Date.now() / 1000);

/** Headers that look much like a valid one of somebody who may do everything; none of them may open anything. */
export async function badTokensFor(stack: StackHandle, audience: Owner): Promise<BadToken[]> {
  return [...unreadable(), ...(await ofPersons(stack, audience)), ...(await ofServices(stack, audience))];
}

function unreadable(): BadToken[] {
  const headers = [
    'Bearer',
    'Bearer abc',
    'Bearer a.b.c',
    'Basic dXNlcjpwYXNz',
    'bearer  two  words',
    'eyJhbGciOiJub25lIn0',
  ];
  return headers.map((header) => ({ name: header, header, code: 'unauthenticated' }));
}

async function ofPersons(stack: StackHandle, audience: Owner): Promise<BadToken[]> {
  const [own, other] = audience === 'auditor' ? issuersOf('auditor') : issuersOf('identity');
  const keyOf = (one: string) => keyIn(join(stack.data, 'secrets', `${one}-token.jwk.json`));
  const { key, kid } = await keyOf(own);
  const theirs = await keyOf(other);
  const { privateKey: stranger } = await generateKeyPair('EdDSA');
  const issuer = stack.urls[own];
  const grants = { [here]: [...roles] };
  const valid = { iss: issuer, aud: 'talkoot', sub: 'per-intruder', exp: now() + 600, iat: now(), grants };
  const sign = (claims: JWTPayload, by: CryptoKey | Uint8Array = key, alg = 'EdDSA') =>
    new SignJWT(claims).setProtectedHeader({ alg, kid }).sign(by);
  const foreign = (claims: JWTPayload) =>
    new SignJWT(claims).setProtectedHeader({ alg: 'EdDSA', kid: theirs.kid }).sign(theirs.key);
  const good = await sign(valid);
  const [header, , signature] = good.split('.') as [string, string, string];
  const { exp: _exp, ...endless } = valid;
  const { grants: _grants, ...ungranted } = valid;
  const made: [string, string][] = [
    ['of another issuer', await sign({ ...valid, iss: 'https://elsewhere.example' })],
    ['for another audience', await sign({ ...valid, aud: 'somebody-else' })],
    ['signed by a stranger', await sign(valid, stranger)],
    ['valid at the other issuer of certificates', await foreign({ ...valid, iss: stack.urls[other] })],
    ['signed by the other issuer of certificates', await foreign(valid)],
    ['signed with the public key as a secret', await sign(valid, await publicKeyAsSecret(issuer), 'HS256')],
    ['with changed claims', [header, encode({ ...valid, sub: 'per-somebody' }), signature].join('.')],
    ['with a changed signature', tampered(good)],
    ['without a signature', `${encode({ alg: 'none' })}.${encode(valid)}.`],
    ['without an end', await sign(endless)],
    ['without grants', await sign(ungranted)],
    ['not valid yet', await sign({ ...valid, nbf: now() + 300 })],
  ];
  return [
    ...made.map(([name, token]) => bad(`a person's, ${name}`, token)),
    { ...bad("a person's, expired", await sign({ ...valid, exp: now() - 60 })), code: 'token-expired' },
  ];
}

/** The issuer whose sessions open a service, and the other one. */
const issuersOf = (own: 'identity' | 'auditor') => [own, own === 'auditor' ? 'identity' : 'auditor'] as const;

async function ofServices(stack: StackHandle, audience: Owner): Promise<BadToken[]> {
  const ownKey = await keyIn(join(stack.data, 'secrets', 'private', 'worker.jwk.json'));
  const otherKey = await keyIn(join(stack.data, 'secrets', 'private', 'payments.jwk.json'));
  const valid = { iss: 'service:worker', aud: audience, iat: now(), exp: now() + 50 };
  const sign = (claims: JWTPayload, { key } = ownKey) =>
    new SignJWT(claims).setProtectedHeader({ alg: 'EdDSA' }).sign(key);
  const made: [string, string][] = [
    ['for another service', await sign({ ...valid, aud: audience === 'identity' ? 'ballots' : 'identity' })],
    ['signed by another service', await sign(valid, otherKey)],
    ['of a service that does not exist', await sign({ ...valid, iss: 'service:mayor' })],
    ['of a path', await sign({ ...valid, iss: 'service:../private/worker' })],
    ['with a long life', await sign({ ...valid, exp: now() + 3_600 })],
    ['made in the future', await sign({ ...valid, iat: now() + 600, exp: now() + 650 })],
  ];
  return [
    ...made.map(([name, token]) => bad(`a service's, ${name}`, token)),
    {
      ...bad("a service's, expired", await sign({ ...valid, iat: now() - 90, exp: now() - 40 })),
      code: 'token-expired',
    },
  ];
}

const bad = (name: string, token: string): BadToken => ({
  name,
  header: `Bearer ${token}`,
  code: 'unauthenticated',
});

async function keyIn(file: string): Promise<{ key: CryptoKey; kid: string }> {
  const jwk = JSON.parse(await readFile(file, 'utf8')) as JWK;
  return { key: (await importJWK(jwk, 'EdDSA')) as CryptoKey, kid: jwk.kid ?? '' };
}

async function publicKeyAsSecret(issuer: string): Promise<Uint8Array> {
  const keys = await (await fetch(`${issuer}/.well-known/jwks.json`)).text();
  return createHash('sha256').update(keys).digest();
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Another valid character early in the signature: its last one carries bits that are not read. */
function tampered(token: string): string {
  const at = token.lastIndexOf('.') + 5;
  return `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`;
}
