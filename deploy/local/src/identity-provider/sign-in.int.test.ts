import type { Server } from 'node:http';
import { exportJWK, generateKeyPair } from 'jose';
import * as client from 'openid-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../supervisor/ports.ts';
import { createApp } from './app.ts';
import { personNumber } from './person-number.ts';
import { createProvider } from './provider.ts';

const password = 'a password of the local stack';
const returnTo = 'http://127.0.0.1:28081/sign-in/callback';
let server: Server;
let issuer: string;
let relyingParty: client.Configuration;

beforeAll(async () => {
  const port = await freePort();
  issuer = `http://127.0.0.1:${port}`;
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const signingKey = { ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig', kid: 'test' };
  const settings = {
    issuer,
    clientId: 'identity',
    clientSecret: 'secret',
    signingKey,
    relyingParty: 'http://127.0.0.1:28081',
  };
  server = createApp(createProvider(settings), password).listen(port, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const options = { execute: [client.allowInsecureRequests] };
  relyingParty = await client.discovery(new URL(issuer), 'identity', 'secret', undefined, options);
});

afterAll(() => {
  server.close();
  server.closeAllConnections();
});

type Visit = (url: URL, form?: Record<string, string>) => Promise<{ status: number; url: URL; text: string }>;

/** A browser reduced to its cookie jar: follows redirects at the provider, stops where they leave it. */
function browser(): Visit {
  const cookies = new Map<string, string>();
  const visit: Visit = async (url, form) => {
    const headers = { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') };
    const body = form ? { method: 'POST', body: new URLSearchParams(form) } : {};
    const response = await fetch(url, { redirect: 'manual', headers, ...body });
    for (const cookie of response.headers.getSetCookie()) {
      const [name = '', value = ''] = cookie.split(';')[0]?.split('=') ?? [];
      cookies.set(name, value);
    }
    const location = response.headers.get('location');
    if (!location) return { status: response.status, url, text: await response.text() };
    const next = new URL(location, url);
    return next.origin === issuer ? visit(next) : { status: response.status, url: next, text: '' };
  };
  return visit;
}

async function authorization(): Promise<{ url: URL; verifier: string }> {
  const verifier = client.randomPKCECodeVerifier();
  const url = client.buildAuthorizationUrl(relyingParty, {
    redirect_uri: returnTo,
    scope: 'openid profile',
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  });
  return { url, verifier };
}

test('any user name signs in with the password of the stack and gets its own person number', async () => {
  const visit = browser();
  const { url, verifier } = await authorization();
  const page = await visit(url);
  expect(page.text).toContain('<label for="username">');
  const returned = await visit(page.url, { username: 'aino', password });
  expect(returned.url.href).toContain(returnTo);
  const tokens = await client.authorizationCodeGrant(relyingParty, returned.url, {
    pkceCodeVerifier: verifier,
  });
  expect(tokens.claims()).toMatchObject({ sub: 'aino', person_number: personNumber('aino') });
  expect(personNumber('aino')).not.toBe(personNumber('eino'));
});

test('a wrong password signs nobody in', async () => {
  const visit = browser();
  const page = await visit((await authorization()).url);
  const answer = await visit(page.url, { username: 'aino', password: 'guess' });
  expect(answer).toMatchObject({ status: 401, text: expect.stringContaining('role="alert"') });
});

test('a user name with markup in it is refused', async () => {
  const visit = browser();
  const page = await visit((await authorization()).url);
  const answer = await visit(page.url, { username: '<script>', password });
  expect(answer).toMatchObject({ status: 422, text: expect.not.stringContaining('<script>') });
});

test('nobody returns to another machine', async () => {
  const { url } = await authorization();
  url.searchParams.set('redirect_uri', 'https://example.org/sign-in/callback');
  expect(await browser()(url)).toMatchObject({ status: 400 });
});

test('a sign-in without PKCE is refused', async () => {
  const { url } = await authorization();
  url.searchParams.delete('code_challenge');
  url.searchParams.delete('code_challenge_method');
  const answer = await browser()(url);
  expect(answer.url.searchParams.get('error')).toBe('invalid_request');
});
