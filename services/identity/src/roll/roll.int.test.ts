import { createHash, createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { electorate, openPoll } from '../certificate/poll.fixture.ts';
import { identityFixture, SECRET, withResidents } from '../identity.fixture.ts';
import type { IdentityFixture } from '../identity.fixture.ts';

let fixture: IdentityFixture;
let people: string[];

beforeAll(async () => {
  fixture = await identityFixture(inject('mongodbUrl'));
  people = await withResidents(fixture, 'lintula', 1_200);
});
afterAll(() => fixture.stop());

const place = { municipalityId: 'lintula' };

describe('a roll', () => {
  it('stays as it was frozen, with its secrets, whatever is asked later', async () => {
    const {
      params,
      manifest: _,
      ...frozen
    } = await openPoll(fixture, 'pol-one', { excluded: people.slice(0, 2) });
    expect(frozen).toMatchObject({ pollId: 'pol-one', name: 'municipality', roll: 1_198, excluded: 2 });
    const worker = await fixture.service('worker');
    const body = { ...electorate, minimumAge: 99, districts: ['North'], asOf: '2026-07-01T00:00:00Z' };
    const again = await worker.freezeRoll({ params: { pollId: params.pollId }, body });
    expect(again).toEqual({ ...frozen, excludedReferences: [] });
    const { excludedReferences: __, ...announced } = frozen;
    expect(await fixture.anyone.getIssuance({ params })).toEqual({ ...announced, issued: null });
  });

  it('names the organisation and the key of the log', async () => {
    const worker = await fixture.service('worker');
    const frozen = await worker.freezeRoll({ params: { pollId: 'pol-named' }, body: electorate });
    expect(frozen).toMatchObject({ organisation: 'Lintula', logKey: fixture.identity.logPublicKey });
  });

  it('is frozen once by many at once', async () => {
    const worker = await fixture.service('worker');
    const body = { ...electorate, districts: ['North'] };
    const frozen = await Promise.all(
      Array.from({ length: 8 }, () => worker.freezeRoll({ params: { pollId: 'pol-many' }, body })),
    );
    expect(new Set(frozen.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(frozen[0]!.roll).toBe(600);
    const parts = await fixture.connection.collection('rollparts').find({ pollId: 'pol-many' }).toArray();
    expect(parts.flatMap((one) => one['people'] as string[])).toHaveLength(600);
  });

  it('publishes a commitment for each entry, under the hash that it announced, and no entry', async () => {
    const worker = await fixture.service('worker');
    const frozen = await worker.freezeRoll({ params: { pollId: 'pol-many' }, body: electorate });
    const bytes = await fixture.anyone.getRollFile({ params: { ...place, pollId: 'pol-many' } });
    expect(bytes).toHaveLength(600 * 32);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(frozen.rollHash);
    const lines = Buffer.from(bytes).toString('hex').match(/.{64}/g)!;
    const parts = await fixture.connection.collection('rollparts').find({ pollId: 'pol-many' }).toArray();
    const [part] = parts;
    const salts = part!['salts'].buffer as Buffer;
    const own = createHmac('sha256', salts.subarray(0, 32))
      .update(part!['people'][0] as string)
      .digest('hex');
    expect(lines).toContain(own);
    expect(Buffer.from(bytes).toString('latin1')).not.toContain('per-');
  });

  it('has another key in each poll', async () => {
    const worker = await fixture.service('worker');
    const [one, other] = await Promise.all(
      ['pol-one', 'pol-many'].map((pollId) => worker.freezeRoll({ params: { pollId }, body: electorate })),
    );
    expect(other!.modulus).not.toBe(one!.modulus);
  });

  it('keeps its key only encrypted', async () => {
    const rolls = await fixture.connection.collection('rolls').find().toArray();
    expect(JSON.stringify(rolls)).not.toMatch(/PRIVATE KEY|"d"/);
  });
});

describe('who gains from the result', () => {
  let auditor: IdentityFixture;
  beforeAll(async () => {
    auditor = await identityFixture(inject('mongodbUrl'), undefined, 'auditor');
    await withResidents(auditor, 'lintula', 20);
  });
  afterAll(() => auditor.stop());

  it('is left out of both rolls, known to the auditor only by the references of the register', async () => {
    const [ours, theirs] = [await fixture.service('worker'), await auditor.service('worker')];
    const excluded = [people[3]!, people[4]!, 'per-nobody-here'];
    const pollId = 'pol-bonus';
    const frozen = await ours.freezeRoll({ params: { pollId }, body: { ...electorate, excluded } });
    expect(frozen).toMatchObject({ roll: 1_198, excluded: 2 });
    expect(frozen.excludedReferences).toEqual(['ref-lintula-3', 'ref-lintula-4']);
    const { excludedReferences } = frozen;
    const again = await ours.freezeRoll({ params: { pollId }, body: { ...electorate, excluded } });
    expect(again.excludedReferences).toEqual(excludedReferences);
    const audited = await theirs.freezeRoll({
      params: { pollId },
      body: { ...electorate, excludedReferences },
    });
    expect(audited).toMatchObject({ name: 'auditor', roll: 18, excluded: 2 });
    expect(audited.modulus).not.toBe(frozen.modulus);
  });

  it('is never left on a roll in silence: without a reference, or with one nobody knows, nothing is frozen', async () => {
    const people = [
      {
        nationalId: 'N-unreferred',
        municipalityId: 'lintula',
        resident: { birthDate: '1990-01-01', district: 'North' },
      },
    ];
    const { personIds } = await fixture.anyone.createLocalPeople({ body: { secret: SECRET, people } });
    const worker = await fixture.service('worker');
    const params = { pollId: 'pol-silent' };
    const missing = worker.freezeRoll({ params, body: { ...electorate, excluded: personIds } });
    await expect(missing).rejects.toMatchObject({ code: 'reference-missing', status: 409 });
    const excludedReferences = ['ref-of-nobody'];
    const unknown = worker.freezeRoll({ params, body: { ...electorate, excludedReferences } });
    await expect(unknown).rejects.toMatchObject({ code: 'reference-unknown', status: 409 });
    const place = { ...params, municipalityId: 'lintula' };
    await expect(fixture.anyone.getIssuance({ params: place })).rejects.toMatchObject({ code: 'not-found' });
  });

  it('is another person there, and no token of one issuer opens the other', async () => {
    const nationalId = 'N-lintula-5';
    const known = { secret: SECRET, people: [{ nationalId, municipalityId: 'lintula' }] };
    const here = (await fixture.anyone.createLocalPeople({ body: known })).personIds;
    const there = (await auditor.anyone.createLocalPeople({ body: known })).personIds;
    expect(here).not.toEqual(there);
    const { tokens } = await fixture.anyone.grantLocalTokens({ body: { secret: SECRET, personIds: here } });
    await expect(auditor.withToken(tokens[0]!).getMe({})).rejects.toMatchObject({ code: 'unauthenticated' });
  });
});
