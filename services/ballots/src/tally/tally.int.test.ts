import { parsePabulib } from '@talkoot/allocation';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { ballotsFixture, bonusPlan, plan } from '../ballots.fixture.ts';
import type { BallotsFixture } from '../ballots.fixture.ts';

let fixture: BallotsFixture;
beforeAll(async () => {
  fixture = await ballotsFixture(inject('mongodbUrl'));
});
afterAll(() => fixture.stop());

const params = { municipalityId: 'lintula', pollId: 'pol-1' };

describe('a poll', () => {
  it('is prepared once under its id, and only as it can be held', async () => {
    await fixture.prepare('pol-1', plan);
    await fixture.prepare('pol-1', plan);
    const starts = await fixture.connection.collection('outbox').countDocuments({ channel: 'workflow' });
    expect(starts).toBe(1);
    const other = fixture.worker.preparePoll({
      params: { pollId: 'pol-1' },
      body: { ...plan, options: plan.options.slice(1) },
    });
    await expect(other).rejects.toMatchObject({ code: 'poll-differs' });
    const body = { ...plan, options: [plan.options[0]!, plan.options[0]!] };
    const twice = fixture.worker.preparePoll({ params: { pollId: 'pol-2' }, body });
    await expect(twice).rejects.toMatchObject({ code: 'poll-invalid' });
  });

  it('is shown with its rules and phase, without any number of votes', async () => {
    await fixture.advance('pol-1', 'open');
    for (const choices of [['prj-a'], ['prj-a', 'prj-c'], ['prj-c'], ['prj-b', 'prj-c'], []]) {
      await fixture.cast('pol-1', fixture.voter('pol-1').ballot({ choices }));
    }
    const shown = await fixture.anyone.getPoll({ params });
    expect(shown).toMatchObject({ phase: 'open', roll: 1000, ballot: plan.ballot, budget: plan.budget });
    expect(Object.keys(shown)).not.toContain('ballots');
    const list = await fixture.anyone.listPolls({
      params: { municipalityId: 'lintula' },
      query: { roundId: 'rnd-1' },
    });
    expect(list.items.map((one) => one.pollId)).toEqual(['pol-1']);
    const elsewhere = fixture.anyone.getPoll({ params: { ...params, municipalityId: 'other' } });
    await expect(elsewhere).rejects.toMatchObject({ code: 'not-found' });
  });

  it('tells nothing of its result before its time', async () => {
    const { pollId } = params;
    await expect(fixture.worker.tallyPoll({ params: { pollId } })).rejects.toMatchObject({
      code: 'poll-not-closed',
    });
    await fixture.advance(pollId, 'closed', 'open');
    await fixture.worker.tallyPoll({ params: { pollId } });
    const asService = fixture.projects.getResult({ params: { pollId } });
    await expect(asService).rejects.toMatchObject({ code: 'poll-not-tallied' });
    await fixture.advance(pollId, 'tallied', 'closed');
    expect((await fixture.projects.getResult({ params: { pollId } })).ballots).toBe(5);
    for (const route of ['getPollResult', 'exportBallotsAsCsv', 'exportBallotsAsPabulib'] as const) {
      await expect(fixture.anyone[route]({ params })).rejects.toMatchObject({ code: 'poll-not-published' });
    }
  });

  it('publishes the allocation with a reason for every project, and tells the round and the world once', async () => {
    await fixture.advance('pol-1', 'published', 'tallied');
    const result = await fixture.anyone.getPollResult({ params });
    expect(result.options).toEqual([
      { optionId: 'prj-a', yes: 2, no: 0 },
      { optionId: 'prj-b', yes: 1, no: 0 },
      { optionId: 'prj-c', yes: 3, no: 0 },
    ]);
    expect(result.allocation).toMatchObject({
      selected: ['prj-c', 'prj-a'],
      cost: { amount: 10_000, currency: 'EUR' },
    });
    const refused = result.allocation!.explanations.find((one) => one.projectId === 'prj-b');
    expect(refused).toMatchObject({ funded: false, reasonCode: 'does-not-fit' });
    expect(refused!.explanation).toContain('50.00 EUR');
    expect(await fixture.worker.tallyPoll({ params: { pollId: 'pol-1' } })).toEqual(result);
    const outbox = await fixture.connection.collection('outbox').find().toArray();
    const signals = outbox.filter((row) => row['command']?.kind === 'signal');
    expect(signals).toHaveLength(1);
    expect(signals[0]!['command']).toMatchObject({ workflowId: 'round/rnd-1', signal: 'poll-decided' });
    const events = outbox.filter((row) => row['envelope']?.type === 'org.talkoot.poll.tallied.v1');
    expect(events.map((row) => row['envelope'].data)).toEqual([
      { pollKind: 'prioritisation', ballots: 5, roll: 1000, result: result.sha256 },
    ]);
  });

  it('exports its ballots in the order of their receipts, readable as a Pabulib file', async () => {
    const file = parsePabulib(await fixture.anyone.exportBallotsAsPabulib({ params }));
    expect(file.meta.budget).toBe(100);
    expect(file.votes).toHaveLength(5);
    const rows = (await fixture.anyone.exportBallotsAsCsv({ params })).trimEnd().split('\n');
    expect(rows[0]).toBe('receipt,yes,no,share');
    expect(rows.slice(1)).toEqual(rows.slice(1).toSorted());
    expect(rows).toHaveLength(6);
  });

  it('counts yes, no and chosen shares of a bonus vote', async () => {
    await fixture.prepare('pol-b-1', bonusPlan, 'open');
    const cast = (answers: { yes: string[]; no: string[]; share?: number }) =>
      fixture.cast('pol-b-1', fixture.voter('pol-b-1').ballot({ answers }));
    await cast({ yes: ['crt-1'], no: ['crt-2'], share: 100 });
    await cast({ yes: [], no: ['crt-1'], share: 50 });
    await cast({ yes: ['crt-1'], no: [] });
    await fixture.advance('pol-b-1', 'closed', 'open');
    const result = await fixture.worker.tallyPoll({ params: { pollId: 'pol-b-1' } });
    expect(result).toMatchObject({
      ballots: 3,
      options: [
        { optionId: 'crt-1', yes: 2, no: 1 },
        { optionId: 'crt-2', yes: 0, no: 1 },
      ],
      shares: [
        { percent: 50, ballots: 1 },
        { percent: 100, ballots: 1 },
      ],
      allocation: null,
    });
  });

  it('is not counted with more ballots than either issuer issued certificates', async () => {
    await fixture.prepare('pol-stuffed', plan, 'open');
    await fixture.cast('pol-stuffed', fixture.voter('pol-stuffed').ballot({ choices: ['prj-a'] }));
    await fixture.advance('pol-stuffed', 'closed', 'open');
    const count = () => fixture.worker.tallyPoll({ params: { pollId: 'pol-stuffed' } });
    for (const [municipality, auditor] of [
      [0, 1],
      [1, 0],
    ] as const) {
      fixture.setIssued(municipality, auditor);
      await expect(count()).rejects.toMatchObject({ code: 'more-ballots-than-certificates' });
    }
    fixture.setIssued(1, 1);
    expect(await count()).toMatchObject({ ballots: 1 });
  });

  it('is moved only by a poll officer of its municipality', async () => {
    const input = { params, idempotencyKey: 'close-poll-1' };
    const resident = await fixture.as('per-1', 'lintula', 'resident');
    await expect(resident.closePoll(input)).rejects.toMatchObject({ code: 'forbidden' });
    const stranger = await fixture.as('per-2', 'other', 'poll-officer');
    await expect(stranger.closePoll(input)).rejects.toMatchObject({ code: 'forbidden' });
    const crossing = stranger.closePoll({ ...input, params: { ...params, municipalityId: 'other' } });
    await expect(crossing).rejects.toMatchObject({ code: 'not-found' });
    const officer = await fixture.as('per-3', 'lintula', 'poll-officer');
    await expect(officer.closePoll(input)).rejects.toMatchObject({ code: 'wrong-phase' });
  });
});
