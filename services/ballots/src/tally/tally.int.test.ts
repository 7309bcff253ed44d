import { allocate, electionOf, parsePabulib } from '@talkoot/allocation';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { ballotsFixture, criteriaPlan, plan } from '../ballots.fixture.ts';
import type { BallotsFixture } from '../ballots.fixture.ts';
import { closeBoard, hold, paramsOf, publish, release, tally } from '../held-poll.fixture.ts';
import { joined } from '../joined.ts';

let fixture: BallotsFixture;
beforeAll(async () => {
  fixture = await ballotsFixture(inject('mongodbUrl'));
});
afterAll(() => fixture.stop());

const approve = (...places: number[]) => ({ type: 'approval', places }) as const;
const worker = (pollId: string) => fixture.worker.getResult({ params: { pollId } });
const anyone = (pollId: string) => fixture.anyone.getPollResult({ params: paramsOf(pollId) });

/** What the outbox holds of a poll. */
async function told(pollId: string) {
  const rows = await fixture.connection.collection('outbox').find().toArray();
  const of = (name: string) =>
    rows.filter(({ envelope }) => envelope?.type === name && envelope.subject === pollId);
  return {
    events: of('org.talkoot.poll.tallied.v1').map(({ envelope }) => envelope.data),
    decided: rows.flatMap(({ command }) =>
      command?.signal === 'poll-decided' && command.args[0].data.pollId === pollId
        ? [command.workflowId as string]
        : [],
    ),
  };
}

/** What the appeal body decided, as it reaches the workflow. */
async function decidedAppeal(pollId: string, upheld: boolean) {
  const body = await fixture.as('per-appeal', 'lintula', 'appeal-body');
  const idempotencyKey = `appeal-${pollId}-${upheld}`;
  await body.decidePollAppeal({ params: paramsOf(pollId), idempotencyKey, body: { upheld, reason: 'So.' } });
  return fixture.decided.at(-1)!;
}

async function awaitingRelease(pollId: string, ballots = [approve(0), approve(0, 2), approve(1)]) {
  await fixture.prepare(pollId, plan, 'open');
  for (const ballot of ballots) await fixture.cast(pollId, await fixture.leaf(pollId, ballot));
  await closeBoard(fixture, pollId);
}

describe('a count', () => {
  it('waits for the final board and for the shares', async () => {
    const pollId = 'pol-early';
    await fixture.prepare(pollId, plan, 'open');
    for (const outcome of ['counted', 'withheld'] as const)
      await expect(tally(fixture, pollId, outcome)).rejects.toMatchObject({ code: 'poll-not-closed' });
    await fixture.advance(pollId, 'closed', 'open');
    await fixture.worker.closeBoard({ params: { pollId } });
    // A complaint can still add to this board.
    for (const outcome of ['counted', 'withheld'] as const)
      await expect(tally(fixture, pollId, outcome)).rejects.toMatchObject({ code: 'poll-not-closed' });
    await fixture.worker.settleComplaints({ params: { pollId } });
    await expect(tally(fixture, pollId)).rejects.toMatchObject({ code: 'key-not-released' });
    await expect(tally(fixture, 'pol-nobody')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('is made once: whoever asks while it is made joins it, and whoever asks again is answered the same', async () => {
    const pollId = 'pol-joined';
    await awaitingRelease(pollId);
    await release(fixture, pollId, 1, 2);
    const board = vi.spyOn(fixture.ballots.board, 'leavesOf');
    const all = await Promise.all([1, 2, 3].map(() => tally(fixture, pollId)));
    expect(board).toHaveBeenCalledTimes(1);
    const again = await tally(fixture, pollId);
    expect(await tally(fixture, pollId, 'withheld')).toEqual(again);
    expect(board).toHaveBeenCalledTimes(1);
    board.mockRestore();
    for (const one of all) expect(one).toEqual(again);
    expect(again).toMatchObject({
      outcome: 'counted',
      roll: 24,
      ballots: 3,
      options: [
        { optionId: 'prj-a', yes: 2 },
        { optionId: 'prj-b', yes: 1 },
        { optionId: 'prj-c', yes: 1 },
      ],
      allocation: { rule: 'greedy', selected: ['prj-a', 'prj-c'], cost: { amount: 10_000 } },
    });
    const files = await fixture.connection.collection('filepieces').distinct('file', {
      file: new RegExp(`^${pollId}/`),
    });
    expect(files).toHaveLength(5);
  });

  it('that lapses without enough shares withholds what the ballots say, for ever', async () => {
    const pollId = 'pol-lapsed';
    await awaitingRelease(pollId);
    await release(fixture, pollId, 1);
    const result = await tally(fixture, pollId, 'withheld');
    expect(result).toMatchObject({ outcome: 'withheld', ballots: 0, allocation: null });
    await release(fixture, pollId, 2);
    expect(await tally(fixture, pollId)).toEqual(result);
  });
});

describe('a result', () => {
  it('is nobody’s before publication, and everybody’s after it; the round hears once it is decided', async () => {
    const pollId = 'pol-1';
    await awaitingRelease(pollId);
    await release(fixture, pollId, 1, 2);
    const result = await tally(fixture, pollId);
    await fixture.advance(pollId, 'tallied', 'key-release');
    await expect(worker(pollId)).rejects.toMatchObject({ code: 'poll-not-tallied' });
    await expect(anyone(pollId)).rejects.toMatchObject({ code: 'poll-not-published' });
    await fixture.worker.publishPollFiles({ params: { pollId } });
    await fixture.advance(pollId, 'published', 'tallied');
    expect(await worker(pollId)).toEqual(result);
    expect(await anyone(pollId)).toEqual(result);
    const { outcome, ballots, roll, sha256 } = result;
    const event = { pollKind: 'prioritisation', outcome, ballots, roll, result: sha256 };
    expect(await told(pollId)).toEqual({ events: [event], decided: [] });
    await fixture.advance(pollId, 'decided', 'published');
    expect(await worker(pollId)).toEqual(result);
    expect(await told(pollId)).toEqual({ events: [event], decided: ['round/rnd-1'] });
    const elsewhere = fixture.anyone.getPollResult({ params: { municipalityId: 'other', pollId } });
    await expect(elsewhere).rejects.toMatchObject({ code: 'not-found' });
  });

  it('of a poll that was never opened is that it was not held', async () => {
    const pollId = 'pol-not-held';
    await fixture.prepare(pollId, plan, 'roll-frozen');
    await fixture.step(pollId, 'not-held', 'roll-frozen');
    const result = await worker(pollId);
    expect(result).toMatchObject({ outcome: 'not-held', roll: 24, ballots: 0, allocation: null });
    expect(await anyone(pollId)).toEqual(result);
    expect(await told(pollId)).toEqual({ events: [], decided: ['round/rnd-1'] });
    const files = fixture.anyone.getPublication({ params: paramsOf(pollId) });
    await expect(files).rejects.toMatchObject({ code: 'poll-not-published' });
    const csv = fixture.anyone.exportBallotsAsCsv({ params: paramsOf(pollId) });
    await expect(csv).rejects.toMatchObject({ code: 'poll-not-published' });
  });

  it('is annulled by nobody but the appeal body, which upheld an appeal against this poll', async () => {
    const pollId = 'pol-standing';
    const before = await hold(fixture, pollId, plan, [approve(0), approve(0)]);
    const dismissed = await decidedAppeal(pollId, false);
    const elsewhere = await decidedAppeal('pol-lapsed', true);
    const forged = { ...dismissed, decisionId: 'f'.repeat(64), data: { ...elsewhere, upheld: true } };
    const other = { ...(await decidedAppeal(pollId, true)), name: 'end-appeals' };
    for (const command of [null, dismissed, elsewhere, forged, other]) {
      const step = fixture.step(pollId, 'annulled', 'published', command);
      await expect(step).rejects.toMatchObject({ code: 'annulment-not-decided' });
    }
    expect(await anyone(pollId)).toEqual(before);
  });

  it('of a poll that an appeal annulled decides nothing, though what was published stays', async () => {
    const pollId = 'pol-annulled';
    const before = await hold(fixture, pollId, plan, [approve(0), approve(0)]);
    await fixture.step(pollId, 'annulled', 'published', await decidedAppeal(pollId, true));
    const result = await worker(pollId);
    expect(result).toMatchObject({ outcome: 'annulled', ballots: 0, allocation: null });
    expect(result.sha256).not.toBe(before.sha256);
    expect(await anyone(pollId)).toEqual(result);
    expect((await told(pollId)).decided).toEqual(['round/rnd-1']);
    expect((await fixture.anyone.getPublication({ params: paramsOf(pollId) })).files).toHaveLength(14);
  });
});

describe('an export', () => {
  it('has all counted ballots in the order of their hashes, also as a Pabulib file', async () => {
    const pollId = 'pol-export';
    await hold(fixture, pollId, plan, [approve(0), approve(0, 2), approve(1), approve()]);
    const params = paramsOf(pollId);
    const file = parsePabulib(await fixture.anyone.exportBallotsAsPabulib({ params }));
    expect(file.meta.budget).toBe(100);
    expect(file.votes).toHaveLength(4);
    const rows = (await fixture.anyone.exportBallotsAsCsv({ params })).trimEnd().split('\n');
    expect(rows.slice(1)).toEqual(rows.slice(1).toSorted());
    expect(rows).toHaveLength(5);
  });

  it('with the lot decides again what was decided, ties and all', async () => {
    const pollId = 'pol-lot';
    await hold(fixture, pollId, plan, [approve(0), approve(1), approve(2)]);
    const params = paramsOf(pollId);
    const file = parsePabulib(await fixture.anyone.exportBallotsAsPabulib({ params }));
    const lot = await fixture.anyone.exportLot({ params });
    expect(lot.toSorted()).toEqual(plan.options.map(({ optionId }) => optionId).toSorted());
    const { allocation } = plan;
    const again = allocate({ ...electionOf(file), rule: allocation!, lot });
    expect(again.selected.toSorted()).toEqual((await worker(pollId)).allocation!.selected.toSorted());
  });

  it('as a Pabulib file, or of a lot, is none of other polls', async () => {
    const pollId = 'pol-c-1';
    await fixture.prepare(pollId, criteriaPlan, 'open');
    await closeBoard(fixture, pollId);
    await tally(fixture, pollId, 'withheld');
    await publish(fixture, pollId);
    const refused = fixture.anyone.exportBallotsAsPabulib({ params: paramsOf(pollId) });
    await expect(refused).rejects.toMatchObject({ code: 'no-pabulib-form' });
    const undrawn = fixture.anyone.exportLot({ params: paramsOf(pollId) });
    await expect(undrawn).rejects.toMatchObject({ code: 'poll-without-lot' });
  });
});

it('work that failed is begun again by whoever asks next', async () => {
  const underWay = joined();
  const work = vi
    .fn<() => Promise<string>>()
    .mockRejectedValueOnce(new Error('gone'))
    .mockResolvedValue('done');
  await expect(Promise.all([underWay('one', work), underWay('one', work)])).rejects.toThrow('gone');
  expect(await underWay('one', work)).toBe('done');
  expect(work).toHaveBeenCalledTimes(2);
});
