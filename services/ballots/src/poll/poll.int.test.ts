import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { ballotsFixture, course, plan } from '../ballots.fixture.ts';
import type { BallotsFixture } from '../ballots.fixture.ts';
import { paramsOf } from '../held-poll.fixture.ts';

let fixture: BallotsFixture;
beforeAll(async () => {
  fixture = await ballotsFixture(inject('mongodbUrl'));
});
afterAll(() => fixture.stop());

const rolls = () => fixture.issuers.map(({ roll }) => roll);
const record = (pollId: string, issuers = rolls()) =>
  fixture.worker.recordRolls({ params: { pollId }, body: { issuers } });
const windows = {
  opens: '2026-05-01T09:00:00Z',
  certificatesClose: '2026-05-14T18:00:00Z',
  castingCloses: '2026-05-14T18:30:00Z',
  complaintsClose: '2026-05-17T18:30:00Z',
};

describe('a poll', () => {
  it('is prepared once: the same plan again changes nothing, another is refused', async () => {
    const prepare = (body: typeof plan) =>
      fixture.worker.preparePoll({ params: { pollId: 'pol-once' }, body });
    await prepare(plan);
    await prepare(plan);
    await expect(prepare({ ...plan, budget: null })).rejects.toMatchObject({ code: 'poll-invalid' });
    const other = prepare({ ...plan, ballot: { ...plan.ballot, maxChoices: 1 } });
    await expect(other).rejects.toMatchObject({ code: 'poll-differs' });
    const nobody = fixture.anyone.getPoll({ params: paramsOf('pol-nobody') });
    await expect(nobody).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('the rolls of a poll', () => {
  it('stay as they were recorded first, and tell whether they are large enough', async () => {
    await fixture.prepare('pol-rolls', plan, 'prepared');
    expect(await record('pol-rolls')).toEqual({ roll: 24, enough: true });
    const [municipality, auditor] = rolls();
    expect(await record('pol-rolls', [{ ...municipality!, roll: 5 }, auditor!])).toEqual({
      roll: 24,
      enough: true,
    });
  });

  it('are too small if one of them is', async () => {
    await fixture.prepare('pol-small', plan, 'prepared');
    const [municipality, auditor] = rolls();
    expect(await record('pol-small', [municipality!, { ...auditor!, roll: 9 }])).toEqual({
      roll: 24,
      enough: false,
    });
  });

  it('are those of both issuers or none', async () => {
    await fixture.prepare('pol-alone', plan, 'prepared');
    const [municipality, auditor] = rolls();
    await expect(record('pol-alone', [municipality!])).rejects.toMatchObject({ code: 'invalid-request' });
    await expect(record('pol-alone', [auditor!, municipality!])).rejects.toMatchObject({
      code: 'issuers-differ',
    });
    await expect(record('pol-nobody')).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('the manifest of a poll', () => {
  const publish = async (pollId: string, of: typeof windows | null = null) =>
    fixture.worker.publishManifest({ params: { pollId }, body: await fixture.wantedManifest(pollId, of) });

  it('is written once the key is made, and its bytes are the same ever after', async () => {
    const pollId = 'pol-manifest';
    await fixture.prepare(pollId, plan, 'roll-frozen');
    const params = paramsOf(pollId);
    await expect(fixture.anyone.getManifest({ params })).rejects.toMatchObject({
      code: 'poll-without-manifest',
    });
    await expect(publish(pollId)).rejects.toMatchObject({ code: 'key-not-made' });
    await fixture.makeKey(pollId);
    const { manifest, manifestSha256 } = await publish(pollId, windows);
    expect(createHash('sha256').update(manifest).digest('hex')).toBe(manifestSha256);
    expect(await publish(pollId, null)).toEqual({ manifest, manifestSha256 });
    expect(await fixture.anyone.getManifest({ params })).toBe(manifest);
    expect(JSON.parse(manifest)).toMatchObject({
      poll: pollId,
      windows,
      board: { origin: `ballots.test/lintula/${pollId}`, batchSize: 3 },
      issuers: [{ name: 'municipality', rollSize: 24 }, { name: 'auditor' }],
      key: { threshold: 2 },
    });
    expect(await fixture.anyone.getPoll({ params })).toMatchObject({ manifestSha256, windows });
    expect(await fixture.anyone.getBoardCheckpoint({ params: { pollId } })).toMatch(
      new RegExp(`^ballots.test/lintula/${pollId}\n1\n`),
    );
    const elsewhere = { municipalityId: 'other', pollId };
    await expect(fixture.anyone.getManifest({ params: elsewhere })).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it('is not written of another question than was prepared, and is when somebody puts it right', async () => {
    const pollId = 'pol-rewritten';
    await fixture.prepare(pollId, plan, 'roll-frozen');
    await fixture.makeKey(pollId);
    const polls = fixture.connection.collection<{ _id: string }>('polls');
    const setCost = (amount: number) =>
      polls.updateOne({ _id: pollId }, { $set: { 'options.1.cost.amount': amount } });
    await setCost(4999);
    await expect(publish(pollId)).rejects.toMatchObject({ code: 'question-differs', status: 409 });
    const params = paramsOf(pollId);
    expect(await fixture.anyone.getPoll({ params })).toMatchObject({ manifestSha256: null });
    const board = fixture.anyone.getBoardCheckpoint({ params: { pollId } });
    await expect(board).rejects.toMatchObject({ code: 'poll-without-board' });
    await setCost(5000);
    expect(JSON.parse((await publish(pollId)).manifest)).toMatchObject({
      ballot: { options: [{ cost: 6000 }, { cost: 5000 }, { cost: 4000 }] },
    });
  });

  it('that somebody wrote into the database before is not taken for it', async () => {
    const pollId = 'pol-planted';
    await fixture.prepare(pollId, plan, 'roll-frozen');
    await fixture.makeKey(pollId);
    const { manifest } = (await fixture.ballots.polls.get('pol-manifest')) as { manifest: string };
    const planted = manifest.replaceAll('pol-manifest', pollId).replace('"cost":5000', '"cost":1');
    await fixture.ballots.polls.setManifest(pollId, planted, null);
    await expect(publish(pollId)).rejects.toMatchObject({ code: 'question-differs' });
    await expect(fixture.anyone.getBoardCheckpoint({ params: { pollId } })).rejects.toThrow();
  });

  it('needs two seeds of the lot', async () => {
    const pollId = 'pol-one-seed';
    await fixture.prepare(pollId, plan, 'roll-frozen');
    await fixture.makeKey(pollId);
    const body = await fixture.wantedManifest(pollId);
    const publishing = fixture.worker.publishManifest({
      params: { pollId },
      body: { ...body, lot: [body.lot[0], body.lot[0]] },
    });
    await expect(publishing).rejects.toMatchObject({ code: 'issuers-differ' });
  });

  it('is refused with every problem, and written when they are gone', async () => {
    const pollId = 'pol-wrong';
    await fixture.prepare(pollId, plan, 'roll-frozen');
    await fixture.makeKey(pollId);
    const backwards = { ...windows, opens: windows.complaintsClose, castingCloses: windows.opens };
    await expect(publish(pollId, backwards)).rejects.toMatchObject({
      code: 'manifest-invalid',
      problem: { detail: 'windows-wrong at windows' },
    });
    expect((await publish(pollId, windows)).manifest).toContain(windows.opens);
  });

  it('stands under no checkpoint while the witnesses are silent, and does when they speak again', async () => {
    const pollId = 'pol-silent';
    await fixture.prepare(pollId, plan, 'roll-frozen');
    await fixture.makeKey(pollId);
    fixture.witness.setSilent(true);
    await expect(publish(pollId)).rejects.toMatchObject({ code: 'witnesses-silent' });
    fixture.witness.setSilent(false);
    const { manifest } = await publish(pollId);
    expect(await fixture.anyone.getManifest({ params: paramsOf(pollId) })).toBe(manifest);
  });

  it('has to be there before the poll opens', async () => {
    const pollId = 'pol-shut';
    await fixture.prepare(pollId, plan, 'roll-frozen');
    const opening = fixture.advance(pollId, 'open', 'roll-frozen');
    await expect(opening).rejects.toMatchObject({ code: 'poll-without-manifest' });
    expect((await fixture.anyone.getPoll({ params: paramsOf(pollId) })).phase).toBe('key-made');
  });
});

describe('a decision', () => {
  const officer = () => fixture.as('per-1', 'lintula', 'poll-officer');
  const input = (pollId: string, key: string) => ({
    params: paramsOf(pollId),
    idempotencyKey: `${pollId}-${key}`,
  });
  const acts = [
    ['openPoll', 'open', 'opens'],
    ['closePoll', 'close', 'certificatesClose'],
    ['endCasting', 'end-casting', 'castingCloses'],
    ['endComplaints', 'end-complaints', 'complaintsClose'],
  ] as const;
  beforeAll(async () => {
    await fixture.prepare('pol-calendar', plan, 'key-made', windows);
    await fixture.prepare('pol-acts', plan, 'key-made');
  });

  it.each(acts)('%s ends its phase when the manifest says so and not before', async (route, name, moment) => {
    const client = await officer();
    fixture.clock.now = new Date(Date.parse(windows[moment]) - 1);
    const before = fixture.decided.length;
    await expect(client[route](input('pol-calendar', route))).rejects.toMatchObject({ code: 'windows-bind' });
    expect(fixture.decided).toHaveLength(before);
    fixture.clock.now = new Date(windows[moment]);
    await client[route](input('pol-calendar', route));
    expect(fixture.decided.at(-1)).toMatchObject({ name, actor: { id: 'per-1', as: 'poll-officer' } });
  });

  it.each(acts)('%s is taken at any time where acts end the phases', async (route, name) => {
    fixture.clock.now = new Date('2020-01-01T00:00:00Z');
    await (await officer())[route](input('pol-acts', route));
    expect(fixture.decided.at(-1)).toMatchObject({ name });
  });

  it('to end appeals is taken where acts end the phases, and never where the calendar does', async () => {
    const body = await fixture.as('per-2', 'lintula', 'appeal-body');
    fixture.clock.now = new Date('2036-01-01T00:00:00Z');
    const refused = body.endPollAppeals(input('pol-calendar', 'appeals'));
    await expect(refused).rejects.toMatchObject({ code: 'windows-bind' });
    await body.endPollAppeals(input('pol-acts', 'appeals'));
    expect(fixture.decided.at(-1)).toMatchObject({ name: 'end-appeals', actor: { as: 'appeal-body' } });
  });

  it('on an appeal refers to its reason, which is published in full', async () => {
    const resident = await fixture.as('per-3', 'lintula', 'resident');
    const reason = 'The library was closed on the last day.';
    await resident.appealPoll({ ...input('pol-acts', 'appeal'), body: { reason } });
    const body = await fixture.as('per-2', 'lintula', 'appeal-body');
    const upheld = { upheld: true, reason: 'It was.' };
    await body.decidePollAppeal({ ...input('pol-acts', 'appeal-decision'), body: upheld });
    const [appeal, decision] = fixture.decided.slice(-2) as never as {
      name: string;
      data: { reason: { id: string; sha256: string }; upheld?: boolean };
    }[];
    expect([appeal!.name, decision!.name, decision!.data.upheld]).toEqual(['appeal', 'decide-appeal', true]);
    const params = { municipalityId: 'lintula', textId: appeal!.data.reason.id };
    const text = await fixture.anyone.getPollText({ params });
    expect(text).toMatchObject({ text: reason, sha256: appeal!.data.reason.sha256 });
    expect(JSON.stringify([appeal, decision])).not.toContain('library');
  });

  it('to annul is asked for by the officer and taken by the appeal body, with reasons', async () => {
    const pollId = 'pol-lost';
    await fixture.prepare(pollId, plan, 'open');
    const body = await fixture.as('per-2', 'lintula', 'appeal-body');
    const reason = 'The database of the board is lost.';
    await (await officer()).requestPollAnnulment({ ...input(pollId, 'ask'), body: { reason } });
    await body.confirmPollAnnulment({ ...input(pollId, 'annul'), body: { reason } });
    const [asked, taken] = fixture.decided.slice(-2) as never as { decisionId: string; name: string }[];
    expect([asked!.name, taken!.name]).toEqual(['request-annulment', 'confirm-annulment']);
    const refused = fixture.step(pollId, 'annulled', 'open');
    await expect(refused).rejects.toMatchObject({ code: 'annulment-not-decided' });
    await fixture.step(pollId, 'annulled', 'open', taken as never);
    expect(await fixture.ballots.gates.stateOf(pollId)).not.toBe('open');
    const result = await fixture.anyone.getPollResult({ params: paramsOf(pollId) });
    expect(result).toMatchObject({ outcome: 'annulled', ballots: 0 });
  });

  it('belongs to who holds the role in this municipality', async () => {
    const resident = await fixture.as('per-3', 'lintula', 'resident');
    const stranger = await fixture.as('per-4', 'other', 'poll-officer');
    for (const one of [resident, stranger]) {
      for (const route of [
        'freezePollRoll',
        'openPoll',
        'endCasting',
        'publishPoll',
        'endPollAppeals',
      ] as const)
        await expect(one[route](input('pol-acts', route))).rejects.toMatchObject({ code: 'forbidden' });
      const appeal = one.decidePollAppeal({
        ...input('pol-acts', 'x'),
        body: { upheld: true, reason: 'So.' },
      });
      await expect(appeal).rejects.toMatchObject({ code: 'forbidden' });
    }
    const params = { municipalityId: 'other', pollId: 'pol-acts' };
    const crossing = stranger.openPoll({ params, idempotencyKey: 'crossing-1' });
    await expect(crossing).rejects.toMatchObject({ code: 'not-found' });
  });

  it('to change a wait makes it due no earlier than the manifest says', async () => {
    await fixture.ballots.connection
      .collection('lifecycles')
      .updateOne({ lifecycleId: 'pol-calendar' }, { $set: { 'state.wait': { name: 'opening' } } });
    const client = await officer();
    const ask = (due: string) =>
      client.requestPollWaitChange({
        params: paramsOf('pol-calendar'),
        idempotencyKey: `change-${due}`.replaceAll(/[:.]/g, '-'),
        body: { change: 'rectify', due, reason: 'An outage.' },
      });
    const early = ask('2026-05-01T08:59:59.999Z');
    await expect(early).rejects.toMatchObject({ code: 'windows-bind' });
    await ask(windows.opens);
    expect(fixture.decided.at(-1)).toMatchObject({ name: 'request-change', data: { due: windows.opens } });
  });
});

describe('a step that whoever has the worker’s token records', () => {
  const moments = [
    ['open', 'key-made', 'opens'],
    ['closing', 'open', 'certificatesClose'],
    ['closed', 'closing', 'castingCloses'],
    ['key-release', 'closed', 'complaintsClose'],
    ['tallied', 'closed', 'complaintsClose'],
  ] as const;
  const at = (moment: keyof typeof windows, seconds: number) => {
    fixture.clock.now = new Date(Date.parse(windows[moment]) + 1000 * seconds);
  };
  const gateOf = (pollId: string) => fixture.ballots.gates.stateOf(pollId);

  it.each(moments)('to %s from %s is refused before the manifest lets it, and taken then', async (...one) => {
    const [phase, from, moment] = one;
    const pollId = `pol-early-${phase}`;
    at('complaintsClose', 0);
    await fixture.prepare(pollId, plan, from, windows);
    const gate = await gateOf(pollId);
    at(moment, -61);
    const early = fixture.step(pollId, phase, from);
    await expect(early).rejects.toMatchObject({ code: 'windows-bind' });
    expect([(await fixture.ballots.polls.get(pollId)).phase, await gateOf(pollId)]).toEqual([from, gate]);
    // Clocks of two machines differ a little.
    at(moment, -59);
    await fixture.step(pollId, phase, from);
    expect((await fixture.ballots.polls.get(pollId)).phase).toBe(phase);
  });

  it('is taken at any time where acts end the phases', async () => {
    fixture.clock.now = new Date('2020-01-01T00:00:00Z');
    await fixture.prepare('pol-any-time', plan, 'key-release');
  });

  it('goes only forward, from the phase that the poll is in', async () => {
    const pollId = 'pol-course';
    await fixture.prepare(pollId, plan, 'closing');
    const off = [
      ['open', 'closing'],
      ['key-release', 'closing'],
      ['decided', 'closing'],
      ['closing', 'open'],
      ['open', 'open'],
      ['open', 'key-made'],
      ['nonsense', 'closing'],
    ] as const;
    for (const [to, from] of off) {
      const step = fixture.step(pollId, to as never, from);
      await expect(step).rejects.toMatchObject({ code: 'step-off-course' });
    }
    expect((await fixture.ballots.polls.get(pollId)).phase).toBe('closing');
    expect(await gateOf(pollId)).toBe('open');
    await fixture.step(pollId, 'closed', 'closing');
  });

  it('settles no complaints, and closes no board, before their time', async () => {
    const pollId = 'pol-settled-early';
    at('castingCloses', 0);
    await fixture.prepare(pollId, plan, 'closing', windows);
    const params = { pollId };
    await expect(fixture.worker.closeBoard({ params })).rejects.toMatchObject({ code: 'poll-not-closed' });
    await fixture.advance(pollId, 'closed', 'closing');
    await fixture.worker.closeBoard({ params });
    at('complaintsClose', -61);
    await expect(fixture.worker.settleComplaints({ params })).rejects.toMatchObject({ code: 'windows-bind' });
    expect(await gateOf(pollId)).toBe('sealed');
    at('complaintsClose', 0);
    expect(await fixture.worker.settleComplaints({ params })).toEqual({ ballots: 0, enough: false });
  });
});

it('every phase of a good course is shown as it is recorded', async () => {
  await fixture.prepare('pol-phases', plan, 'closed');
  const { items } = await fixture.anyone.listPollSteps({ params: paramsOf('pol-phases') });
  expect(items.map(({ phase }) => phase)).toEqual(course.slice(1, course.indexOf('closed') + 1));
  const { items: polls } = await fixture.anyone.listPolls({
    params: { municipalityId: 'lintula' },
    query: { phase: 'closed' },
  });
  expect(polls.map(({ pollId }) => pollId)).toContain('pol-phases');
});
