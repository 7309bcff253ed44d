import type { Session } from '@talkoot/api-contracts/identity';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { identityFixture, SECRET } from '../identity.fixture.ts';
import type { IdentityFixture } from '../identity.fixture.ts';

let fixture: IdentityFixture;
const municipalities = [{ municipalityId: 'lintula', name: 'Lintula' }];

beforeAll(async () => {
  fixture = await identityFixture(inject('mongodbUrl'));
  await fixture.anyone.createLocalPeople({ body: { secret: SECRET, municipalities, people: [] } });
});
afterAll(() => fixture.stop());

async function begin(query: Record<string, string> = {}) {
  const response = await fixture.anyone.raw('signIn', { query });
  const location = response.headers.get('location') ?? '';
  const cookie = response.headers.get('set-cookie')?.split(';', 1)[0] ?? '';
  return { status: response.status, state: new URL(location).searchParams.get('state')!, cookie };
}
/** Comes back from the identity provider in a browser that has these cookies. */
async function comeBack(query: { state: string; code: string }, cookie: string): Promise<Response> {
  const address = `${fixture.url}/v1/sign-in/callback?${new URLSearchParams(query).toString()}`;
  return fetch(address, { redirect: 'manual', headers: { cookie } });
}
async function sessionIn(response: Response): Promise<Session> {
  const body = (await response.json()) as Session & { code?: string };
  if (!response.ok) throw Object.assign(new Error(`refused: ${body.code}`), { code: body.code });
  return body;
}
/** Signs in as `subject|person number`. */
async function signIn(code: string) {
  const { state, cookie } = await begin();
  return sessionIn(await comeBack({ state, code }, cookie));
}
const resident = { birthDate: '1990-01-01', district: 'North' };

describe('signing in', () => {
  it('gives a session that the published keys prove', async () => {
    const session = await signIn('mayor|');
    const keys = createLocalJWKSet((await fixture.anyone.getKeys({})) as never);
    const { payload } = await jwtVerify(session.token, keys, {
      audience: 'talkoot',
      issuer: 'http://identity.test',
    });
    expect(payload).toMatchObject({ sub: session.personId, grants: {} });
    expect(session.personId).toMatch(/^per-[a-z2-7]{20}$/);
  });

  it('finds a person by national id again, and an official by subject', async () => {
    const first = await signIn('anna|LOCAL-1');
    expect((await signIn('anna|LOCAL-1')).personId).toBe(first.personId);
    expect((await signIn('anna-renamed|local-1')).personId).toBe(first.personId);
    const official = await signIn('clerk|');
    expect((await signIn('clerk|')).personId).toBe(official.personId);
    expect(official.personId).not.toBe(first.personId);
  });

  it('makes one person of many first sign-ins at once', async () => {
    const sessions = await Promise.all(Array.from({ length: 10 }, () => signIn('crowd|LOCAL-CROWD')));
    expect(new Set(sessions.map((one) => one.personId)).size).toBe(1);
  });

  it('uses each sign-in once, and not after ten minutes', async () => {
    const { state, cookie } = await begin();
    await sessionIn(await comeBack({ state, code: 'mayor|' }, cookie));
    const again = comeBack({ state, code: 'mayor|' }, cookie).then(sessionIn);
    await expect(again).rejects.toMatchObject({ code: 'sign-in-expired' });
    const old = await begin();
    fixture.clock.at = new Date(fixture.clock.at.getTime() + 11 * 60_000);
    const late = comeBack({ state: old.state, code: 'mayor|' }, old.cookie).then(sessionIn);
    await expect(late).rejects.toMatchObject({ code: 'sign-in-expired' });
  });

  it('ends in the browser in which it began, and is not used up by another', async () => {
    const mine = await begin();
    const other = await begin();
    const code = 'mayor|';
    for (const cookie of ['', other.cookie]) {
      const elsewhere = comeBack({ state: mine.state, code }, cookie).then(sessionIn);
      await expect(elsewhere).rejects.toMatchObject({ code: 'sign-in-expired' });
    }
    expect((await comeBack({ state: mine.state, code }, mine.cookie)).status).toBe(200);
    const sent = (await fixture.anyone.raw('signIn', {})).headers.get('set-cookie');
    expect(sent).toMatch(/; Path=\/v1\/sign-in; Max-Age=600; HttpOnly; SameSite=Lax$/);
  });

  it('returns only to registered origins, with a handoff that works once', async () => {
    const astray = fixture.anyone.signIn({ query: { return: 'http://evil.test/x' } });
    await expect(astray).rejects.toMatchObject({ code: 'return-not-allowed' });
    const blob = fixture.anyone.signIn({ query: { return: 'blob:http://site.test/x' } });
    await expect(blob).rejects.toMatchObject({ code: 'invalid-request' });
    const { state, cookie } = await begin({ return: 'http://site.test/home?x=1' });
    const response = await comeBack({ state, code: 'mayor|' }, cookie);
    expect(response.status).toBe(302);
    const back = new URL(response.headers.get('location')!);
    expect(back.href).toMatch(/^http:\/\/site\.test\/home\?x=1&handoff=/);
    const body = { handoff: back.searchParams.get('handoff')! };
    const session = await fixture.anyone.redeemHandoff({ body });
    expect(session.refreshToken).toBeTruthy();
    await expect(fixture.anyone.redeemHandoff({ body })).rejects.toMatchObject({ code: 'session-invalid' });
  });

  it('joins a role granted to a subject with the resident of the register', async () => {
    const people = [{ nationalId: 'LOCAL-BOTH', municipalityId: 'lintula', resident }];
    await fixture.anyone.createLocalPeople({ body: { secret: SECRET, people } });
    const operator = await fixture.as('per-operator', 'lintula', 'operator');
    const granted = await operator.grantRole({
      params: { municipalityId: 'lintula' },
      body: { person: { subject: 'both' }, role: 'sponsor' },
      idempotencyKey: randomUUID(),
    });
    const hr = await fixture.as('per-hr', 'lintula', 'hr');
    const numbered = { municipalityId: 'lintula', personId: granted.personId };
    await hr.proposePersonnelNumber({ params: numbered, body: { personnelNumber: 'P-700' } });
    const session = await signIn('both|LOCAL-BOTH');
    expect(session.personId).toBe(granted.personId);
    expect(session.grants['lintula']?.toSorted()).toEqual(['resident', 'sponsor']);
  });

  it('refuses to guess between two people who have both signed in', async () => {
    await signIn('eve|');
    await signIn('adam|LOCAL-ADAM');
    await expect(signIn('eve|LOCAL-ADAM')).rejects.toMatchObject({ code: 'people-conflict' });
  });
});

describe('a session', () => {
  it('is renewed with a fresh token each time and ends when one is used twice', async () => {
    const first = await signIn('mayor|');
    const second = await fixture.anyone.refreshSession({ body: { refreshToken: first.refreshToken } });
    expect(second.personId).toBe(first.personId);
    const stolen = fixture.anyone.refreshSession({ body: { refreshToken: first.refreshToken } });
    await expect(stolen).rejects.toMatchObject({ code: 'session-invalid' });
    const heir = fixture.anyone.refreshSession({ body: { refreshToken: second.refreshToken } });
    await expect(heir).rejects.toMatchObject({ code: 'session-invalid' });
  });

  it('ends by signing out even while it is being renewed', async () => {
    const sessions: Session[] = [];
    while (sessions.length < 25) sessions.push(await signIn('mayor|'));
    const survivors = await Promise.all(
      sessions.map(async ({ refreshToken }) => {
        const renewing = fixture.anyone.refreshSession({ body: { refreshToken } }).catch(() => null);
        await fixture.anyone.signOut({ body: { refreshToken } });
        const renewed = await renewing;
        if (!renewed) return false;
        const next = fixture.anyone.refreshSession({ body: { refreshToken: renewed.refreshToken } });
        return next.then(
          () => true,
          () => false,
        );
      }),
    );
    expect(survivors.filter(Boolean)).toEqual([]);
  });

  it('tells the roles of a municipality by any name', async () => {
    const municipality = { municipalityId: 'constructor', name: 'Constructor' };
    const people = [{ subject: 'odd', municipalityId: 'constructor', roles: ['sponsor' as const] }];
    await fixture.anyone.createLocalPeople({
      body: { secret: SECRET, municipalities: [municipality], people },
    });
    expect((await signIn('odd|')).grants).toEqual({ constructor: ['sponsor'] });
  });

  it('ends by signing out, and no refresh token is stored readable', async () => {
    const { refreshToken } = await signIn('mayor|');
    const stored = await fixture.connection.collection('refreshtokens').find().toArray();
    expect(JSON.stringify(stored)).not.toContain(refreshToken);
    await fixture.anyone.signOut({ body: { refreshToken } });
    const after = fixture.anyone.refreshSession({ body: { refreshToken } });
    await expect(after).rejects.toMatchObject({ code: 'session-invalid' });
  });
});
