import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { identityFixture, withResidents } from '../identity.fixture.ts';
import type { IdentityFixture } from '../identity.fixture.ts';

let fixture: IdentityFixture;
let people: string[];
const params = { municipalityId: 'lintula' };

beforeAll(async () => {
  fixture = await identityFixture(inject('mongodbUrl'));
  people = (await withResidents(fixture, 'lintula', 3)).toSorted();
});
afterAll(() => fixture.stop());

describe('a personnel number', () => {
  const put = async (personId: string, personnelNumber: string, as = 'hr' as 'hr' | 'operator') => {
    const person = await fixture.as('per-hr', 'lintula', as);
    return person.putPersonnelNumber({ params: { ...params, personId }, body: { personnelNumber } });
  };

  it('is of one person, replaced by another, and listed in pages for hr alone', async () => {
    await put(people[0]!, 'P-1');
    await put(people[1]!, 'P-2');
    await put(people[0]!, 'P-3');
    await expect(put(people[2]!, 'P-2')).rejects.toMatchObject({ code: 'personnel-number-taken' });
    await expect(put('per-nobody', 'P-9')).rejects.toMatchObject({ code: 'unknown-person' });
    await expect(put(people[2]!, '=1+1')).rejects.toMatchObject({ code: 'invalid-request' });
    await expect(put(people[2]!, 'P-9', 'operator')).rejects.toMatchObject({ code: 'forbidden' });
    const hr = await fixture.as('per-hr', 'lintula', 'hr');
    const first = await hr.listPersonnelNumbers({ params, query: { limit: 1 } });
    const second = await hr.listPersonnelNumbers({ params, query: { limit: 1, after: first.next! } });
    expect([...first.items, ...second.items]).toEqual([
      { personId: people[0], personnelNumber: 'P-3' },
      { personId: people[1], personnelNumber: 'P-2' },
    ]);
  });

  it('is found by services for the people they name, in one municipality', async () => {
    const projects = await fixture.service('projects');
    const body = { personIds: people };
    expect((await projects.findPersonnelNumbers({ params, body })).items).toHaveLength(2);
    const elsewhere = { municipalityId: 'other' };
    expect((await projects.findPersonnelNumbers({ params: elsewhere, body })).items).toEqual([]);
    const ballots = await fixture.service('ballots');
    await expect(ballots.findPersonnelNumbers({ params, body })).rejects.toMatchObject({ code: 'forbidden' });
  });
});
