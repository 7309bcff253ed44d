import { identityApi } from '@talkoot/api-contracts/identity';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { identityFixture, SECRET, withResidents } from '../identity.fixture.ts';
import type { IdentityFixture } from '../identity.fixture.ts';
import { bootstrapOperator } from './bootstrap.ts';

let fixture: IdentityFixture;
let people: string[];
const params = { municipalityId: 'lintula' };
const idempotencyKey = () => randomUUID();

beforeAll(async () => {
  fixture = await identityFixture(inject('mongodbUrl'));
  people = await withResidents(fixture, 'lintula', 4);
});
afterAll(() => fixture.stop());

describe('a role', () => {
  it('is granted, shown, carried in tokens and revoked', async () => {
    const operator = await fixture.as('per-operator', 'lintula', 'operator');
    const person = { personId: people[0]! };
    const body = { person, role: 'moderator' as const };
    const grant = await operator.grantRole({ params, body, idempotencyKey: idempotencyKey() });
    const twice = operator.grantRole({ params, body, idempotencyKey: idempotencyKey() });
    await expect(twice).rejects.toMatchObject({ code: 'already-granted' });
    expect((await operator.listGrants({ params })).items).toContainEqual(grant);
    const { tokens } = await fixture.anyone.grantLocalTokens({
      body: { secret: SECRET, personIds: [people[0]!] },
    });
    const claims = JSON.parse(Buffer.from(tokens[0]!.split('.')[1]!, 'base64url').toString());
    expect(claims.grants.lintula.toSorted()).toEqual(['moderator', 'resident']);
    const where = { ...params, grantId: grant.grantId };
    await operator.revokeGrant({ params: where, idempotencyKey: idempotencyKey() });
    const worker = await fixture.service('projects');
    const checked = await worker.checkPerson({ params: { ...params, personId: people[0]! } });
    expect(checked).toMatchObject({ roles: ['resident'], eligible: true });
    await operator.grantRole({ params, body, idempotencyKey: idempotencyKey() });
  });

  it('is refused to oneself, to nobody, and where the register decides', async () => {
    const operator = await fixture.as(people[1]!, 'lintula', 'operator');
    const grant = (person: { personId: string }, role: 'sponsor' | 'resident') =>
      operator.grantRole({ params, body: { person, role }, idempotencyKey: idempotencyKey() });
    await expect(grant({ personId: people[1]! }, 'sponsor')).rejects.toMatchObject({ code: 'own-grant' });
    await expect(grant({ personId: 'per-nobody' }, 'sponsor')).rejects.toMatchObject({
      code: 'unknown-person',
    });
    await expect(grant({ personId: people[2]! }, 'resident')).rejects.toMatchObject({
      code: 'role-not-grantable',
    });
  });

  it('is not given in another municipality, nor revoked from there', async () => {
    const stranger = await fixture.as('per-x', 'other', 'operator');
    const body = { person: { personId: people[0]! }, role: 'sponsor' as const };
    const crossing = stranger.grantRole({ params, body, idempotencyKey: idempotencyKey() });
    await expect(crossing).rejects.toMatchObject({ code: 'forbidden' });
    const operator = await fixture.as('per-operator', 'lintula', 'operator');
    const grant = await operator.grantRole({ params, body, idempotencyKey: idempotencyKey() });
    const elsewhere = { municipalityId: 'other', grantId: grant.grantId };
    const reaching = stranger.revokeGrant({ params: elsewhere, idempotencyKey: idempotencyKey() });
    await expect(reaching).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('a municipality', () => {
  it('is added by an operator of another, with its first operator', async () => {
    const body = { municipalityId: 'kylmala', name: 'Kylmälä', operator: { subject: 'first' } };
    const resident = await fixture.as('per-r', 'lintula', 'resident');
    const refused = resident.createMunicipality({ body, idempotencyKey: idempotencyKey() });
    await expect(refused).rejects.toMatchObject({ code: 'not-an-operator' });
    const operator = await fixture.as('per-operator', 'lintula', 'operator');
    await operator.createMunicipality({ body, idempotencyKey: idempotencyKey() });
    const again = operator.createMunicipality({ body, idempotencyKey: idempotencyKey() });
    await expect(again).rejects.toMatchObject({ code: 'municipality-exists' });
    const lunar = { ...body, municipalityId: 'moon', timeZone: 'Moon/Crater' };
    const nowhere = operator.createMunicipality({ body: lunar, idempotencyKey: idempotencyKey() });
    await expect(nowhere).rejects.toMatchObject({ code: 'unknown-time-zone' });
    const ids = (await fixture.anyone.listMunicipalities({})).items.map((one) => one.municipalityId);
    expect(ids).toEqual(['kylmala', 'lintula']);
  });

  it('gets its first operator from the environment once, and not again after a revocation', async () => {
    const first = { subject: 'boss', municipalityId: 'uusila' };
    await bootstrapOperator(fixture.identity, first);
    const operator = await fixture.as('per-second', 'uusila', 'operator');
    const { items } = await operator.listGrants({ params: { municipalityId: 'uusila' } });
    expect(items).toHaveLength(1);
    const where = { municipalityId: 'uusila', grantId: items[0]!.grantId };
    await operator.revokeGrant({ params: where, idempotencyKey: idempotencyKey() });
    await bootstrapOperator(fixture.identity, first);
    expect((await operator.listGrants({ params: { municipalityId: 'uusila' } })).items).toEqual([]);
  });
});

describe('the routes of a local stack', () => {
  it('ask for the secret', async () => {
    const body = { secret: 'another secret, wrong', personIds: people };
    await expect(fixture.anyone.grantLocalTokens({ body })).rejects.toMatchObject({
      code: 'local-secret-wrong',
    });
  });

  it('are no part of the ordinary API', () => {
    const paths = Object.values(identityApi.routes).map((route) => route.path);
    expect(paths.filter((path) => path.includes('/local/'))).toEqual([]);
  });
});

describe('a notice', () => {
  it('reaches a person or a role once and is read by each reader', async () => {
    const worker = await fixture.service('worker');
    const notice = (noticeId: string, to: { role: 'moderator' } | { personId: string }) =>
      worker.notify({
        params: { noticeId },
        body: {
          municipalityId: 'lintula',
          to,
          template: 'reminder',
          subject: { kind: 'project', id: 'prj-1' },
          wait: 'review',
          dueAt: null,
        },
      });
    await notice('note-role', { role: 'moderator' });
    await notice('note-role', { role: 'moderator' });
    await notice('note-me', { personId: people[0]! });
    const me = await fixture.as(people[0]!, 'lintula', 'moderator');
    const ids = async (unread: 'true' | 'false') =>
      (await me.listNotices({ params, query: { unread } })).items.map((one) => one.noticeId);
    expect((await ids('false')).toSorted()).toEqual(['note-me', 'note-role']);
    await me.markNoticeRead({ params: { ...params, noticeId: 'note-role' } });
    expect(await ids('true')).toEqual(['note-me']);
    const other = await fixture.as(people[1]!, 'lintula', 'resident');
    const foreign = other.markNoticeRead({ params: { ...params, noticeId: 'note-me' } });
    await expect(foreign).rejects.toMatchObject({ code: 'not-found' });
  });
});
