import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { identityFixture, withResidents } from '../identity.fixture.ts';
import type { IdentityFixture } from '../identity.fixture.ts';
import { COOLING_OFF_MS } from './personnel.ts';

let fixture: IdentityFixture;
let people: string[];
let hr: Awaited<ReturnType<IdentityFixture['as']>>;
let payroll: typeof hr;
const params = { municipalityId: 'lintula' };

beforeAll(async () => {
  fixture = await identityFixture(inject('mongodbUrl'));
  hr = await fixture.as('per-hr', 'lintula', 'hr');
  payroll = await fixture.as('per-payroll', 'lintula', 'payroll');
});
beforeEach(async () => {
  await fixture.connection.collection('personnel').deleteMany({});
  await fixture.connection.collection('personnelacts').deleteMany({});
  people = (await withResidents(fixture, 'lintula', 3)).toSorted();
});
afterAll(() => fixture.stop());

const propose = (personId: string, personnelNumber: string | null, by = hr) =>
  by.proposePersonnelNumber({ params: { ...params, personId }, body: { personnelNumber } });
const confirm = (personId: string, changeId: string, by = payroll) =>
  by.confirmPersonnelNumber({ params: { ...params, personId }, body: { changeId } });
const refuse = (personId: string, changeId: string, by = payroll) =>
  by.refusePersonnelNumber({ params: { ...params, personId }, body: { changeId } });
async function give(personId: string, personnelNumber: string | null) {
  const { change } = await propose(personId, personnelNumber);
  await confirm(personId, change!.changeId);
  return change!.changeId;
}
const found = async () => {
  const projects = await fixture.service('projects');
  const { items } = await projects.findPersonnelNumbers({ params, body: { personIds: people } });
  return Object.fromEntries(items.map((one) => [one.personId, one.personnelNumber]));
};
async function later(ms: number, work: () => Promise<void>): Promise<void> {
  const before = fixture.clock.at;
  fixture.clock.at = new Date(before.getTime() + ms);
  await work().finally(() => (fixture.clock.at = before));
}

describe('a personnel number', () => {
  it('counts once a second person of hr or payroll confirmed it', async () => {
    const { change } = await propose(people[0]!, 'P-1');
    expect(await found()).toEqual({});
    await expect(confirm(people[0]!, change!.changeId, hr)).rejects.toMatchObject({
      code: 'same-person-twice',
    });
    const operator = await fixture.as('per-operator', 'lintula', 'operator');
    await expect(confirm(people[0]!, change!.changeId, operator)).rejects.toMatchObject({
      code: 'forbidden',
    });
    const elsewhere = await fixture.as('per-hr-2', 'other', 'hr');
    await expect(confirm(people[0]!, change!.changeId, elsewhere)).rejects.toMatchObject({
      code: 'forbidden',
    });
    expect(await confirm(people[0]!, change!.changeId)).toMatchObject({
      personnelNumber: 'P-1',
      change: null,
    });
    expect(await found()).toEqual({ [people[0]!]: 'P-1' });
  });

  it('that replaces another counts only when that has cooled off, and may be refused until then', async () => {
    await give(people[0]!, 'P-1');
    const changeId = await give(people[0]!, 'P-2');
    expect(await found()).toEqual({ [people[0]!]: 'P-1' });
    await later(COOLING_OFF_MS, async () => {
      expect(await found()).toEqual({ [people[0]!]: 'P-2' });
      await expect(refuse(people[0]!, changeId)).rejects.toMatchObject({ code: 'personnel-change-unknown' });
    });
    await refuse(people[0]!, changeId, hr);
    await later(COOLING_OFF_MS, async () => expect(await found()).toEqual({ [people[0]!]: 'P-1' }));
  });

  it('is of one person, also while it waits, and is free again once its holder has another or none', async () => {
    await give(people[0]!, 'P-1');
    const { change } = await propose(people[1]!, 'P-2');
    await expect(propose(people[2]!, 'P-1')).rejects.toMatchObject({ code: 'personnel-number-taken' });
    await expect(propose(people[2]!, 'P-2')).rejects.toMatchObject({ code: 'personnel-number-taken' });
    await refuse(people[1]!, change!.changeId);
    await give(people[2]!, 'P-2');
    await give(people[0]!, null);
    await expect(propose(people[1]!, 'P-1')).rejects.toMatchObject({ code: 'personnel-number-taken' });
    await later(COOLING_OFF_MS, async () => {
      expect(await found()).toEqual({ [people[2]!]: 'P-2' });
      await give(people[1]!, 'P-1');
      expect(await found()).toEqual({ [people[1]!]: 'P-1', [people[2]!]: 'P-2' });
    });
  });

  it('of two people who propose the same one at once is of one', async () => {
    const proposed = await Promise.allSettled([propose(people[0]!, 'P-7'), propose(people[1]!, 'P-7')]);
    expect(proposed.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const refused = proposed.find((one) => one.status === 'rejected')!;
    expect((refused as PromiseRejectedResult).reason).toMatchObject({ code: 'personnel-number-taken' });
  });

  it('is refused of nobody, in a wrong form, and of oneself', async () => {
    await expect(propose('per-nobody', 'P-9')).rejects.toMatchObject({ code: 'unknown-person' });
    await expect(propose(people[2]!, '=1+1')).rejects.toMatchObject({ code: 'invalid-request' });
    const self = await fixture.as(people[2]!, 'lintula', 'hr');
    await expect(propose(people[2]!, 'P-9', self)).rejects.toMatchObject({ code: 'own-number' });
    const { change } = await propose(people[2]!, 'P-9');
    await expect(confirm(people[2]!, change!.changeId, self)).rejects.toMatchObject({ code: 'own-number' });
    await expect(confirm(people[1]!, change!.changeId)).rejects.toMatchObject({
      code: 'personnel-change-unknown',
    });
  });

  it('is told to its person and to both offices by the id of the change, without the number', async () => {
    const { change } = await propose(people[0]!, 'P-SECRET');
    const person = await fixture.as(people[0]!, 'lintula', 'resident');
    for (const reader of [person, hr, payroll]) {
      const { items } = await reader.listNotices({ params });
      expect(items.filter(({ subject }) => subject.id === change!.changeId)).toMatchObject([
        { subject: { kind: 'personnel' }, wait: 'personnel-number' },
      ]);
      expect(JSON.stringify(items)).not.toContain('P-SECRET');
    }
  });

  it('keeps on record who proposed, replaced, confirmed and refused which, for auditors too', async () => {
    const person = people[1]!;
    await propose(person, 'P-1');
    const { change } = await propose(person, 'P-2', payroll);
    await confirm(person, change!.changeId, hr);
    const next = await propose(person, 'P-3');
    await refuse(person, next.change!.changeId);
    const auditor = await fixture.as('per-auditor', 'lintula', 'auditor');
    const acts = { params: { ...params, personId: person } };
    const first = await auditor.listPersonnelActs({ ...acts, query: { limit: 4 } });
    const rest = await auditor.listPersonnelActs({ ...acts, query: { after: first.next! } });
    const said = [...first.items, ...rest.items].map(
      ({ act, personnelNumber, by }) => `${by} ${act} ${personnelNumber}`,
    );
    expect(said.toSorted()).toEqual(
      [
        'per-hr proposed P-1',
        'per-payroll replaced P-1',
        'per-payroll proposed P-2',
        'per-hr confirmed P-2',
        'per-hr proposed P-3',
        'per-payroll refused P-3',
      ].toSorted(),
    );
    await expect(
      payroll.listPersonnelActs({ params: { ...params, personId: people[0]! } }),
    ).resolves.toMatchObject({
      items: [],
    });
  });

  it('is listed in pages, those that wait for a second person by themselves', async () => {
    await give(people[0]!, 'P-1');
    await propose(people[1]!, 'P-2');
    const first = await payroll.listPersonnelNumbers({ params, query: { limit: 1 } });
    const second = await hr.listPersonnelNumbers({ params, query: { limit: 1, after: first.next! } });
    expect([...first.items, ...second.items]).toMatchObject([
      { personId: people[0], personnelNumber: 'P-1', change: null },
      {
        personId: people[1],
        personnelNumber: null,
        change: { personnelNumber: 'P-2', proposedBy: 'per-hr' },
      },
    ]);
    const waiting = await payroll.listPersonnelNumbers({ params, query: { awaiting: 'confirmation' } });
    expect(waiting.items.map(({ personId }) => personId)).toEqual([people[1]]);
  });

  it('is found by services for the people they name, in one municipality', async () => {
    await give(people[0]!, 'P-1');
    await give(people[1]!, 'P-2');
    const body = { personIds: people };
    const elsewhere = { municipalityId: 'other' };
    const projects = await fixture.service('projects');
    expect((await projects.findPersonnelNumbers({ params, body })).items).toHaveLength(2);
    expect((await projects.findPersonnelNumbers({ params: elsewhere, body })).items).toEqual([]);
    const ballots = await fixture.service('ballots');
    await expect(ballots.findPersonnelNumbers({ params, body })).rejects.toMatchObject({ code: 'forbidden' });
  });
});
