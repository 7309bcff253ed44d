import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { identityFixture, SECRET } from '../identity.fixture.ts';
import type { IdentityFixture } from '../identity.fixture.ts';

let fixture: IdentityFixture;
const params = { municipalityId: 'lintula' };

beforeAll(async () => {
  fixture = await identityFixture(inject('mongodbUrl'));
  const municipalities = ['lintula', 'other'].map((id) => ({ municipalityId: id, name: id }));
  await fixture.anyone.createLocalPeople({ body: { secret: SECRET, municipalities, people: [] } });
});
afterAll(() => fixture.stop());

const csv = (...lines: string[]) => ['national_id,birth_date,district', ...lines].join('\n');
async function load(body: string, query: { complete?: 'true' } = {}, idempotencyKey: string = randomUUID()) {
  const registrar = await fixture.as('per-registrar', 'lintula', 'registrar');
  return registrar.importResidents({ params, query, body, idempotencyKey, deadlineMs: 60_000 });
}
const count = async () => {
  const registrar = await fixture.as('per-registrar', 'lintula', 'registrar');
  return (await registrar.getResidentCount({ params })).residents;
};

describe('the residents register', () => {
  it('is imported, and importing it again updates', async () => {
    const first = await load(csv('A-1001,1990-01-01,North', 'A-1002,2012-06-16,South'));
    expect(first).toEqual({ rows: 2, added: 2, updated: 0, unchanged: 0, removed: 0 });
    const again = await load(csv('a-1001,1990-01-01,South', 'A-1002,2012-06-16,South'));
    expect(again).toMatchObject({ added: 0, updated: 1, unchanged: 1 });
    const replaced = await load(csv('A-1001,1990-01-01,South'), { complete: 'true' });
    expect(replaced).toMatchObject({ unchanged: 1, removed: 1 });
    expect(await count()).toBe(1);
  });

  it('answers a repeated import without importing again', async () => {
    const [body, key] = [csv('A-1003,1990-01-01,North'), randomUUID()];
    const first = await load(body, {}, key);
    expect(await load(body, {}, key)).toEqual(first);
    await expect(load(csv('A-1004,1990-01-01,North'), {}, key)).rejects.toMatchObject({
      code: 'idempotency-key-reused',
    });
  });

  it('names each bad line and imports nothing, without showing a value', async () => {
    const before = await count();
    const bad = load(
      csv('B-1001,1990-01-01,North', 'B-1002,1990-13-01,North', 'B-1001,1991-01-01,North', 'B-1003'),
    );
    await expect(bad).rejects.toMatchObject({
      code: 'register-invalid',
      problem: { errors: [{ at: 'line.3' }, { at: 'line.4' }, { at: 'line.5' }] },
    });
    await bad.catch((error: Error) => expect(JSON.stringify(error)).not.toContain('B-100'));
    expect(await count()).toBe(before);
  });

  it('refuses who is not the registrar here, or not of this municipality', async () => {
    const input = { params, body: csv(), idempotencyKey: randomUUID() };
    const operator = await fixture.as('per-1', 'lintula', 'operator');
    await expect(operator.importResidents(input)).rejects.toMatchObject({ code: 'forbidden' });
    const other = await fixture.as('per-1', 'other', 'registrar');
    await expect(other.importResidents(input)).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('stores the national id only as a keyed hash', async () => {
    await load(csv('SECRET-ID-77,1990-01-01,North'));
    for (const collection of await fixture.connection.db!.collections()) {
      expect(JSON.stringify(await collection.find().toArray())).not.toContain('SECRET-ID-77');
    }
  });

  it('refers to each resident by one reference at most, and gives none to two', async () => {
    const referring = (...lines: string[]) =>
      ['national_id,birth_date,district,reference', ...lines].join('\n');
    await load(referring('F-1001,1990-01-01,North,ref-f1', 'F-1002,1990-01-01,North,'));
    const before = await count();
    const taken = load(referring('F-1003,1990-01-01,North,ref-f1'));
    await expect(taken).rejects.toMatchObject({ code: 'reference-taken', status: 409 });
    expect(await count()).toBe(before);
    const moved = referring('F-1001,1990-01-01,North,ref-f2', 'F-1003,1990-01-01,North,ref-f1');
    expect(await load(moved)).toMatchObject({ updated: 1, added: 1 });
  });

  it('counts the electorate by age on the day of the municipality, district and residence', async () => {
    const rows = ['C-1001,2008-06-15,West', 'C-1002,2008-06-16,West', 'C-1003,2000-01-01,East'];
    await load(csv(...rows));
    const projects = await fixture.service('projects');
    const eligible = async () =>
      (await projects.getElectorate({ params, query: { minimumAge: 18, districts: 'West' } })).eligible;
    expect(await eligible()).toBe(1);
    const before = fixture.clock.at;
    // 21:30 UTC is after midnight in Helsinki.
    fixture.clock.at = new Date('2026-06-15T21:30:00Z');
    expect(await eligible()).toBe(2);
    fixture.clock.at = before;
  });

  it('takes in fifty thousand rows', async () => {
    const rows = Array.from({ length: 50_000 }, (_, n) => `D-${100_000 + n},1980-01-01,North`);
    expect(await load(csv(...rows))).toMatchObject({ rows: 50_000, added: 50_000 });
    await expect(load(csv(...rows, 'D-1,1980-01-01,North'))).rejects.toMatchObject({
      code: 'register-invalid',
    });
  }, 120_000);
});

describe('the key of the hashes', () => {
  it('is rotated: people are recognised under the old key and re-hashed under the new', async () => {
    const key = (id: string, byte: number) => ({ id, key: Buffer.alloc(32, byte).toString('base64') });
    const people = [{ nationalId: 'E-1001', municipalityId: 'lintula' }];
    const body = { secret: SECRET, municipalities: [{ municipalityId: 'lintula', name: 'Lintula' }], people };
    const old = await identityFixture(inject('mongodbUrl'), [key('k1', 1)]);
    const [before] = (await old.anyone.createLocalPeople({ body })).personIds;
    const stored = await old.connection.collection('people').find().toArray();
    const rotated = await identityFixture(inject('mongodbUrl'), [key('k2', 2), key('k1', 1)]);
    await rotated.connection.collection('people').insertMany(stored);
    const [after] = (await rotated.anyone.createLocalPeople({ body })).personIds;
    expect(after).toBe(before);
    const [person] = await rotated.connection.collection('people').find().toArray();
    expect(person!['identifiers']).toEqual([expect.stringMatching(/^k2:/)]);
    await Promise.all([old.stop(), rotated.stop()]);
  });
});
