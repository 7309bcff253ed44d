import { parseCanonical } from '@talkoot/ballot-protocol';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { ballotsFixture, plan } from '../ballots.fixture.ts';
import type { BallotsFixture } from '../ballots.fixture.ts';
import { closeBoard, faultsIn, paramsOf, publish, recounted, release, tally } from '../held-poll.fixture.ts';

let fixture: BallotsFixture;
let clerk: Client;
let second: Client;
beforeAll(async () => {
  fixture = await ballotsFixture(inject('mongodbUrl'));
  clerk = await fixture.as('per-clerk', 'lintula', 'desk-clerk');
  second = await fixture.as('per-officer', 'lintula', 'poll-officer');
});
afterAll(() => fixture.stop());

type Client = Awaited<ReturnType<BallotsFixture['as']>>;
const approve = (...places: number[]) => ({ type: 'approval', places }) as const;
const refused = (work: Promise<unknown>, code: string) => expect(work).rejects.toMatchObject({ code });

const state = (
  by: Client,
  pollId: string,
  entered: number,
  desk = 'library',
  idempotencyKey: string = randomUUID(),
) => by.stateDeskTotal({ params: { ...paramsOf(pollId), desk }, body: { entered }, idempotencyKey });
async function confirm(pollId: string, entered: number, desk?: string) {
  await state(clerk, pollId, entered, desk);
  return state(second, pollId, entered, desk);
}
const listed = async (pollId: string) => (await fixture.anyone.listDesks({ params: paramsOf(pollId) })).items;
/** What both issuers say that the library issued. */
function recordIssued(pollId: string, ours: number, theirs: number) {
  const desks = (issued: number) => [{ desk: 'library', issued }];
  const issuers = [
    { name: 'municipality' as const, desks: desks(ours) },
    { name: 'auditor' as const, desks: desks(theirs) },
  ];
  return fixture.worker.recordDesks({ params: { pollId }, body: { issuers } });
}
/** Holds a poll of three ballots whose desk issued and entered so many, to its publication. */
async function held(pollId: string, issued: number, entered: number) {
  await fixture.prepare(pollId, plan, 'open');
  for (const place of [0, 1, 2]) await fixture.cast(pollId, await fixture.leaf(pollId, approve(place)));
  await confirm(pollId, entered);
  await recordIssued(pollId, issued + 1, issued);
  await closeBoard(fixture, pollId);
  await release(fixture, pollId, 1, 2);
  await tally(fixture, pollId);
  await publish(fixture, pollId);
  const bytes = await fixture.anyone.getPublicationFile({
    params: { ...paramsOf(pollId), file: 'desks.json' },
  });
  return { file: parseCanonical(bytes), faults: faultsIn(await recounted(fixture, pollId)) };
}

describe('totals of desks', () => {
  it('are public once two people stated the same number, and so is that one waits for a second', async () => {
    await fixture.prepare('pol-two', plan, 'open');
    const nothing = { desk: 'library', issued: null, entered: null };
    expect(await state(clerk, 'pol-two', 12)).toEqual({ ...nothing, state: 'stated' });
    expect(await listed('pol-two')).toEqual([{ ...nothing, state: 'stated' }]);
    await refused(state(clerk, 'pol-two', 12), 'same-person-twice');
    expect(await state(second, 'pol-two', 12)).toEqual({ ...nothing, state: 'confirmed', entered: 12 });
    expect(await listed('pol-two')).toEqual([{ ...nothing, state: 'confirmed', entered: 12 }]);
  });

  it('hold neither of two numbers that differ, and are corrected by both', async () => {
    await fixture.prepare('pol-differ', plan, 'open');
    await confirm('pol-differ', 3);
    await state(clerk, 'pol-differ', 4);
    await refused(state(second, 'pol-differ', 5), 'totals-differ');
    expect(await listed('pol-differ')).toMatchObject([{ state: 'confirmed', entered: 3 }]);
    expect(await confirm('pol-differ', 5)).toMatchObject({ entered: 5 });
  });

  it('are stated once by a call that is repeated, whatever was answered', async () => {
    await fixture.prepare('pol-again', plan, 'open');
    const [first, other] = [randomUUID(), randomUUID()];
    const stated = await state(clerk, 'pol-again', 3, 'library', first);
    expect(await state(clerk, 'pol-again', 3, 'library', first)).toEqual(stated);
    for (let turn = 0; turn < 2; turn += 1) {
      await refused(state(second, 'pol-again', 4, 'library', other), 'totals-differ');
    }
    expect(await listed('pol-again')).toMatchObject([{ state: 'none' }]);
    await confirm('pol-again', 4);
    expect(await listed('pol-again')).toMatchObject([{ state: 'confirmed' }]);
  });

  it('that two people state at once are one statement and its confirmation', async () => {
    await fixture.prepare('pol-race', plan, 'open');
    await Promise.all([state(clerk, 'pol-race', 7), state(second, 'pol-race', 7)]);
    expect(await listed('pol-race')).toMatchObject([{ state: 'confirmed', entered: 7 }]);
  });

  it('are stated from opening until complaints are settled', async () => {
    await fixture.prepare('pol-when', plan, 'key-made');
    await refused(state(clerk, 'pol-when', 1), 'poll-not-open');
    await fixture.advance('pol-when', 'closed', 'key-made');
    await fixture.worker.closeBoard({ params: { pollId: 'pol-when' } });
    expect(await confirm('pol-when', 1)).toMatchObject({ entered: 1 });
    await fixture.worker.settleComplaints({ params: { pollId: 'pol-when' } });
    await refused(state(clerk, 'pol-when', 2), 'totals-over');
  });

  it('are refused above what both issuers issued, as soon as that is known', async () => {
    await fixture.prepare('pol-more', plan, 'open');
    await confirm('pol-more', 3);
    await recordIssued('pol-more', 3, 2);
    expect(await listed('pol-more')).toEqual([
      { desk: 'library', state: 'exceeding', issued: 2, entered: 3 },
    ]);
    await refused(state(clerk, 'pol-more', 3), 'more-than-issued');
    await refused(state(clerk, 'pol-more', 1, 'nowhere'), 'more-than-issued');
    expect(await confirm('pol-more', 2)).toEqual({
      desk: 'library',
      state: 'confirmed',
      issued: 2,
      entered: 2,
    });
    await recordIssued('pol-more', 9, 9);
    expect(await listed('pol-more')).toMatchObject([{ issued: 2 }]);
  });

  it('are stated by clerks and poll officers of this municipality only', async () => {
    await fixture.prepare('pol-who', plan, 'open');
    const resident = await fixture.as('per-resident', 'lintula', 'resident', 'auditor', 'operator');
    await refused(state(resident, 'pol-who', 1), 'forbidden');
    await refused(state(await fixture.as('per-clerk', 'other', 'desk-clerk'), 'pol-who', 1), 'forbidden');
    const stranger = await fixture.as('per-clerk', 'other', 'desk-clerk');
    const params = { ...paramsOf('pol-who'), municipalityId: 'other' };
    await refused(
      stranger.stateDeskTotal({
        params: { ...params, desk: 'library' },
        body: { entered: 1 },
        idempotencyKey: randomUUID(),
      }),
      'not-found',
    );
    await refused(fixture.anyone.listDesks({ params }), 'not-found');
    await refused(state(fixture.anyone, 'pol-who', 1), 'unauthenticated');
    const one = { name: 'auditor' as const, desks: [] };
    const twice = { params: { pollId: 'pol-who' }, body: { issuers: [one, one] } };
    await refused(fixture.worker.recordDesks(twice), 'issuers-differ');
    expect(await listed('pol-who')).toEqual([]);
  });

  it('are begun by one person at fifty desks at most until it is known where certificates were issued', async () => {
    await fixture.prepare('pol-invented', plan, 'open');
    const invented = (number: number) => state(clerk, 'pol-invented', 1, `desk-${number}`);
    const crowd = await Promise.allSettled(Array.from({ length: 55 }, (_, number) => invented(number)));
    expect(crowd.filter((one) => one.status === 'fulfilled')).toHaveLength(50);
    for (const one of crowd)
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'too-many-desks' });
    await refused(state(clerk, 'pol-invented', 2), 'too-many-desks');
    await state(second, 'pol-invented', 2);
    expect(await state(clerk, 'pol-invented', 2)).toMatchObject({ state: 'confirmed', entered: 2 });
    const issuers = (['municipality', 'auditor'] as const).map((name) => ({
      name,
      desks: [
        { desk: 'library', issued: 2 },
        { desk: 'school', issued: 3 },
      ],
    }));
    await fixture.worker.recordDesks({ params: { pollId: 'pol-invented' }, body: { issuers } });
    expect(await state(clerk, 'pol-invented', 3, 'school')).toMatchObject({ state: 'stated', issued: 3 });
    await refused(state(clerk, 'pol-invented', 0, 'nowhere'), 'too-many-desks');
  });

  it('are listed by page, and bounded', async () => {
    await fixture.prepare('pol-many', plan, 'open');
    const desks = Array.from({ length: 1_000 }, (_, number) => `desk-${String(number).padStart(3, '0')}`);
    const rows = desks.map((desk) => ({
      _id: `pol-many/${desk}`,
      pollId: 'pol-many',
      desk,
      stated: null,
      confirmed: 1,
    }));
    await fixture.connection.collection('desktotals').insertMany(rows as never);
    const begun = desks.map((desk) => ({ desk, by: `per-${desk}` }));
    await fixture.connection.collection('desksbegun').insertOne({ _id: 'pol-many', desks: begun } as never);
    await refused(state(clerk, 'pol-many', 1, 'one-more'), 'too-many-desks');
    expect(await confirm('pol-many', 2, 'desk-000')).toMatchObject({ entered: 2 });
    const params = paramsOf('pol-many');
    const page = await fixture.anyone.listDesks({ params, query: { limit: '200' } as never });
    const next = await fixture.anyone.listDesks({
      params,
      query: { limit: '200', after: page.next! } as never,
    });
    expect([page.items.at(-1)!.desk, next.items[0]!.desk]).toEqual(['desk-199', 'desk-200']);
  });
});

describe('the published totals of desks', () => {
  it('are checked by everybody who recounts', async () => {
    const { file, faults } = await held('pol-desks', 2, 2);
    expect(file).toEqual([{ desk: 'library', issued: 2, entered: 2 }]);
    expect(faults).toEqual([]);
  });

  it('fail the check when a desk entered more papers than certificates were issued there', async () => {
    const { file, faults } = await held('pol-inflated', 2, 3);
    expect(file).toEqual([{ desk: 'library', issued: 2, entered: 3 }]);
    expect(faults).toEqual(['desks: more-papers-than-certificates at desks.json: library']);
  });
});
