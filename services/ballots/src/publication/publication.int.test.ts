import {
  lotOrder,
  lotSeed,
  parseCanonical,
  parseComplaints,
  readClosingRecord,
  readManifest,
} from '@talkoot/ballot-protocol';
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { ballotsFixture, bonusPlan, criteriaPlan, plan } from '../ballots.fixture.ts';
import type { BallotsFixture } from '../ballots.fixture.ts';
import {
  closeBoard,
  faultsIn,
  hold,
  mumbled,
  paramsOf,
  publish,
  recounted,
  release,
  tally,
} from '../held-poll.fixture.ts';
import type { PollPlan } from '../poll/poll.ts';
import { sweepPublished } from './sweep.ts';

let fixture: BallotsFixture;
beforeAll(async () => {
  fixture = await ballotsFixture(inject('mongodbUrl'));
});
afterAll(() => fixture.stop());

const approve = (...places: number[]) => ({ type: 'approval', places }) as const;
const file = (pollId: string, name: string) =>
  fixture.anyone.getPublicationFile({ params: { ...paramsOf(pollId), file: name } });
const json = async (pollId: string, name: string) => parseCanonical(await file(pollId, name));

/** What a voter gets who was promised a place on the board which the board then loses. */
async function lostPromise(pollId: string) {
  const leaf = await fixture.leaf(pollId, approve(2));
  const { leafHash, promise } = await fixture.cast(pollId, leaf);
  const lost = await fixture.connection.collection('leaves').deleteOne({ leaf: Buffer.from(leaf) });
  expect(lost.deletedCount).toBe(1);
  return { leafHash, complaint: Buffer.concat([leaf, Buffer.from(promise, 'hex')]) };
}

describe('anybody recounts from the published files', () => {
  it('a greedy prioritisation with a vote that was replaced, a blank, one that is no ballot and an honoured complaint', async () => {
    const pollId = 'pol-greedy';
    await fixture.prepare(pollId, plan, 'open');
    const voter = await fixture.voter(pollId);
    for (const [place, ballot] of [approve(2), approve(0, 1)].entries())
      await fixture.cast(pollId, await fixture.leaf(pollId, ballot, voter, place + 1));
    for (const ballot of [approve(0), approve(0, 2), approve(1), approve()])
      await fixture.cast(pollId, await fixture.leaf(pollId, ballot));
    await fixture.cast(pollId, await mumbled(fixture, pollId));
    const { leafHash, complaint } = await lostPromise(pollId);
    await fixture.advance(pollId, 'closed', 'open');
    const { leaves } = await fixture.worker.closeBoard({ params: { pollId } });
    const complained = await fixture.anyone.complain({ params: { pollId }, body: complaint });
    expect(complained).toEqual({ leafHash, onBoard: false });
    expect(await fixture.worker.settleComplaints({ params: { pollId } })).toEqual({
      ballots: 7,
      enough: true,
    });
    await fixture.advance(pollId, 'key-release', 'closed');
    await release(fixture, pollId, 2, 3);
    const result = await tally(fixture, pollId);
    expect(result).toMatchObject({ outcome: 'counted', ballots: 6, blank: 1, rejected: 1 });
    expect(result.options.map(({ yes }) => yes)).toEqual([3, 2, 2]);
    expect(result.allocation!.selected).toEqual(['prj-a', 'prj-c']);
    await publish(fixture, pollId);
    const report = await recounted(fixture, pollId);
    expect(faultsIn(report)).toEqual([]);
    expect(report.holds).toBe(true);
    expect(parseComplaints(await file(pollId, 'complaints.json'))).toHaveLength(1);
    expect(await json(pollId, 'result.json')).toMatchObject({ counted: 6, replaced: 1 });
    const { length } = await file(pollId, 'board.bin');
    expect(length / (leaves + 1)).toBe(complaint.length - 64);
  });

  it('equal shares over points, where the lot decides between equals', async () => {
    const pollId = 'pol-points';
    const points: PollPlan = {
      ...plan,
      options: plan.options.map(({ optionId }) => ({ optionId, cost: { amount: 5000, currency: 'EUR' } })),
      budget: { amount: 5000, currency: 'EUR' },
      ballot: { type: 'points', minChoices: 1, maxChoices: 3, points: 10 },
      allocation: {
        rule: 'equal-shares',
        completion: 'add1u',
        increment: 100,
        exhaustiveStop: true,
        comparison: true,
      },
    };
    const all = [0, 1, 2].map((place) => ({ place, points: 3 }));
    const result = await hold(fixture, pollId, points, [
      { type: 'points', points: all },
      { type: 'points', points: all },
      { type: 'points', points: [] },
    ]);
    const [first, second] = fixture.issuers.map(({ seed }) => seed);
    const seed = lotSeed(fixture.binding(pollId).m, first!, second!);
    const [drawn] = lotOrder(seed, ['prj-a', 'prj-b', 'prj-c']);
    expect(result.allocation).toMatchObject({ rule: 'equal-shares', selected: [drawn] });
    expect(result.options).toEqual(
      ['prj-a', 'prj-b', 'prj-c'].map((optionId) => ({ optionId, yes: 2, no: 0, points: 6 })),
    );
    expect(result.allocation!.explanations.find(({ funded }) => funded)!.explanation).toMatch(
      /6 points from 2 voters/,
    );
    expect(faultsIn(await recounted(fixture, pollId))).toEqual([]);
  });

  it('a criteria vote', async () => {
    const result = await hold(fixture, 'pol-c-1', criteriaPlan, [
      { type: 'yes-no', answers: ['yes', 'no'] },
      { type: 'yes-no', answers: ['yes', null] },
    ]);
    expect(result).toMatchObject({
      ballots: 2,
      options: [
        { optionId: 'crt-1', yes: 2, no: 0 },
        { optionId: 'crt-2', yes: 0, no: 1 },
      ],
      allocation: null,
    });
    expect(faultsIn(await recounted(fixture, 'pol-c-1'))).toEqual([]);
  });

  it('a bonus vote on the share alone, without a side effect to judge', async () => {
    const answers: never[] = [];
    const result = await hold(fixture, 'pol-b-1', { ...bonusPlan, options: [] }, [
      { type: 'bonus', answers, share: 100 },
      { type: 'bonus', answers, share: 50 },
      { type: 'bonus', answers, share: 50 },
      { type: 'bonus', answers, share: null },
    ]);
    expect(result).toMatchObject({
      ballots: 4,
      blank: 1,
      options: [],
      shares: [
        { percent: 50, ballots: 2 },
        { percent: 100, ballots: 1 },
      ],
    });
    expect(faultsIn(await recounted(fixture, 'pol-b-1'))).toEqual([]);
  });

  it('a poll that too few took part in: nothing of what they said is known', async () => {
    const pollId = 'pol-few';
    await fixture.prepare(pollId, plan, 'open');
    await fixture.cast(pollId, await fixture.leaf(pollId, approve(0)));
    expect(await closeBoard(fixture, pollId)).toEqual({ ballots: 1, enough: false });
    const result = await tally(fixture, pollId, 'withheld');
    expect(result).toMatchObject({ outcome: 'withheld', ballots: 0, allocation: null });
    expect(result.options.every(({ yes, no }) => yes + no === 0)).toBe(true);
    await publish(fixture, pollId);
    expect(await json(pollId, 'release.json')).toBe(null);
    expect(await json(pollId, 'result.json')).toBe(null);
    expect(await fixture.anyone.exportBallotsAsCsv({ params: paramsOf(pollId) })).toBe(
      'leaf,yes,no,points,share\n',
    );
    expect(faultsIn(await recounted(fixture, pollId))).toEqual([]);
  });
});

describe('the closing record', () => {
  const closed = async (pollId: string) => {
    await fixture.prepare(pollId, plan, 'open');
    const { complaint } = await lostPromise(pollId);
    for (const place of [0, 1]) await fixture.cast(pollId, await fixture.leaf(pollId, approve(place)));
    await fixture.anyone.complain({ params: { pollId }, body: complaint });
    const clerk = (id: string) => fixture.as(id, 'lintula', 'desk-clerk');
    for (const id of ['per-1', 'per-2']) {
      const params = { ...paramsOf(pollId), desk: 'des-library' };
      const asked = { params, idempotencyKey: `${pollId}-${id}`, body: { entered: 2 } };
      await (await clerk(id)).stateDeskTotal(asked);
    }
    const issued = { desks: [{ desk: 'des-library', issued: 2 }] };
    const issuers = [
      { name: 'municipality' as const, ...issued },
      { name: 'auditor' as const, ...issued },
    ];
    await fixture.worker.recordDesks({ params: { pollId }, body: { issuers } });
    await closeBoard(fixture, pollId);
    await release(fixture, pollId, 1, 3);
    await tally(fixture, pollId);
  };

  it('is the last leaf of the board, and names what complaints and desks were to the byte', async () => {
    const pollId = 'pol-closing';
    await closed(pollId);
    const late = (await fixture.as('per-3', 'lintula', 'desk-clerk')).stateDeskTotal({
      params: { ...paramsOf(pollId), desk: 'des-library' },
      idempotencyKey: 'pol-closing-late',
      body: { entered: 1 },
    });
    await expect(late).rejects.toMatchObject({ code: 'totals-over' });
    await publish(fixture, pollId);
    const [complaints, desks, record] = await Promise.all(
      ['complaints.json', 'desks.json', 'closing.json'].map((name) => file(pollId, name)),
    );
    const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
    expect(readClosingRecord(record!)).toEqual({
      protocol: 'talkoot-closing-v1',
      manifest: Buffer.from(fixture.binding(pollId).m).toString('hex'),
      complaints: sha256(complaints!),
      desks: sha256(desks!),
    });
    expect(parseComplaints(complaints!)).toHaveLength(1);
    expect(parseCanonical(desks!)).toEqual([{ desk: 'des-library', issued: 2, entered: 2 }]);
    expect(faultsIn(await recounted(fixture, pollId))).toEqual([]);
  });

  it('lets nothing be published after somebody changed complaints or desks in the database', async () => {
    const pollId = 'pol-changed';
    await closed(pollId);
    const files = () => fixture.worker.publishPollFiles({ params: { pollId } });
    const complaints = fixture.connection.collection<{ poll: string }>('complaints');
    const kept = await complaints.find({ poll: pollId }).toArray();
    await complaints.deleteMany({ poll: pollId });
    await expect(files()).rejects.toMatchObject({
      code: 'closing-differs',
      problem: { detail: 'complaints.json' },
    });
    await complaints.insertMany(kept);
    const closings = fixture.connection.collection<{ _id: string; desks: string }>('closings');
    const { desks } = (await closings.findOne({ _id: pollId }))!;
    const setDesks = (text: string) => closings.updateOne({ _id: pollId }, { $set: { desks: text } });
    await setDesks('[]');
    await expect(files()).rejects.toMatchObject({
      code: 'closing-differs',
      problem: { detail: 'desks.json' },
    });
    await setDesks(desks);
    await publish(fixture, pollId);
    expect(faultsIn(await recounted(fixture, pollId))).toEqual([]);
  });
});

describe('what writers left who died', () => {
  const files = async (pollId: string) =>
    (await fixture.connection.collection('filepieces').distinct('file', { file: { $regex: `^${pollId}/` } }))
      .length;
  const dying = (pollId: string) =>
    fixture.connection.collection<{ _id: string }>('filepieces').insertOne({
      _id: `${pollId}/board.bin/dead#0`,
      file: `${pollId}/board.bin/dead`,
      bytes: Buffer.alloc(9),
    } as never);

  it('is swept when the files stand, and when the service starts, and nothing that is named', async () => {
    const pollId = 'pol-swept';
    await fixture.prepare(pollId, plan, 'open');
    for (const place of [0, 1]) await fixture.cast(pollId, await fixture.leaf(pollId, approve(place)));
    await closeBoard(fixture, pollId);
    await release(fixture, pollId, 1, 2);
    await tally(fixture, pollId);
    await dying(pollId);
    // Another process could be about to name it.
    expect(await sweepPublished(fixture.ballots)).toBe(0);
    await publish(fixture, pollId);
    const { publications, tallies } = fixture.ballots;
    const standing = [...(await publications.find(pollId))!, ...(await tallies.filesOf(pollId))];
    const named = new Set(standing.map(({ id }) => id)).size;
    expect(await files(pollId)).toBe(named);
    await dying(pollId);
    await fixture.connection
      .collection<{ _id: string }>('publications')
      .updateOne({ _id: pollId }, { $set: { swept: false } });
    expect(await sweepPublished(fixture.ballots)).toBe(1);
    expect(await sweepPublished(fixture.ballots)).toBe(0);
    expect(await files(pollId)).toBe(named);
    expect(faultsIn(await recounted(fixture, pollId))).toEqual([]);
  });

  it('of one attempt is nothing when an issuer does not answer in the middle of it', async () => {
    const pollId = 'pol-interrupted';
    await fixture.prepare(pollId, plan, 'open');
    for (const place of [0, 1]) await fixture.cast(pollId, await fixture.leaf(pollId, approve(place)));
    await closeBoard(fixture, pollId);
    await release(fixture, pollId, 1, 2);
    await tally(fixture, pollId);
    const before = await files(pollId);
    const away = vi.spyOn(fixture.ballots.issuers[1], 'getIssuanceFile').mockRejectedValue(new Error('away'));
    await expect(fixture.worker.publishPollFiles({ params: { pollId } })).rejects.toThrow();
    away.mockRestore();
    expect(await files(pollId)).toBe(before);
  });
});

describe('a publication', () => {
  it('is listed with sizes and hashes, and its files never change', async () => {
    const { files } = await fixture.anyone.getPublication({ params: paramsOf('pol-greedy') });
    expect(files.map(({ name }) => name).toSorted()).toEqual([
      'board.bin',
      'board.checkpoints',
      'closing.json',
      'complaints.json',
      'desks.json',
      'issuance.auditor.bin',
      'issuance.auditor.checkpoints',
      'issuance.municipality.bin',
      'issuance.municipality.checkpoints',
      'manifest.json',
      'release.json',
      'result.json',
      'roll.auditor.bin',
      'roll.municipality.bin',
    ]);
    for (const { name, sha256, bytes } of files) {
      const params = { ...paramsOf('pol-greedy'), file: name };
      const answer = await fixture.anyone.raw('getPublicationFile', { params });
      const content = Buffer.from(await answer.arrayBuffer());
      expect(content).toHaveLength(bytes);
      expect(createHash('sha256').update(content).digest('hex')).toBe(sha256);
      expect(answer.headers.get('etag')).toBe(`"${sha256}"`);
      expect(answer.headers.get('content-length')).toBe(String(bytes));
      expect(answer.headers.get('cache-control')).toMatch(/immutable/);
      const known = { 'if-none-match': `"${sha256}"`, 'cache-control': 'max-age=0' };
      const again = await fetch(answer.url, { headers: known });
      expect([again.status, (await again.arrayBuffer()).byteLength]).toEqual([304, 0]);
      const head = await fetch(answer.url, { method: 'HEAD' });
      expect([head.status, head.headers.get('content-length')]).toEqual([200, String(bytes)]);
    }
    const again = await fixture.worker.publishPollFiles({ params: { pollId: 'pol-greedy' } });
    expect(again.files).toEqual(files);
    await expect(file('pol-greedy', 'secret.json')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('is the manifest alone before the result is published, and nothing before there is a manifest', async () => {
    const pollId = 'pol-early';
    await fixture.prepare(pollId, plan, 'roll-frozen');
    await expect(file(pollId, 'manifest.json')).rejects.toMatchObject({ code: 'poll-not-published' });
    await fixture.makeKey(pollId);
    await fixture.worker.publishManifest({ params: { pollId }, body: await fixture.wantedManifest(pollId) });
    const { m } = readManifest(await file(pollId, 'manifest.json'));
    const { manifestSha256 } = await fixture.anyone.getPoll({ params: paramsOf(pollId) });
    expect(Buffer.from(m).toString('hex')).toBe(manifestSha256);
    for (const name of ['result.json', 'release.json', 'board.bin'])
      await expect(file(pollId, name)).rejects.toMatchObject({ code: 'poll-not-published' });
    const params = paramsOf(pollId);
    for (const route of [
      'getPublication',
      'exportBallotsAsCsv',
      'exportBallotsAsPabulib',
      'getPollResult',
    ] as const)
      await expect(fixture.anyone[route]({ params })).rejects.toMatchObject({ code: 'poll-not-published' });
    const files = fixture.worker.publishPollFiles({ params: { pollId } });
    await expect(files).rejects.toMatchObject({ code: 'poll-not-tallied' });
  });

  it('waits for the officer, though its files are written', async () => {
    const pollId = 'pol-written';
    await fixture.prepare(pollId, plan, 'open');
    for (const place of [0, 1]) await fixture.cast(pollId, await fixture.leaf(pollId, approve(place)));
    await closeBoard(fixture, pollId);
    await release(fixture, pollId, 1, 2);
    await tally(fixture, pollId);
    const { files } = await fixture.worker.publishPollFiles({ params: { pollId } });
    expect(files).toHaveLength(14);
    for (const name of ['result.json', 'board.bin'])
      await expect(file(pollId, name)).rejects.toMatchObject({ code: 'poll-not-published' });
    const elsewhere = { municipalityId: 'other', pollId };
    const crossing = fixture.anyone.getPublication({ params: elsewhere });
    await expect(crossing).rejects.toMatchObject({ code: 'not-found' });
  });

  it('is not written with another roll than that of the manifest, and is once the issuer shows the right one', async () => {
    const pollId = 'pol-roll';
    await fixture.prepare(pollId, plan, 'open');
    for (const place of [0, 1]) await fixture.cast(pollId, await fixture.leaf(pollId, approve(place)));
    await closeBoard(fixture, pollId);
    await release(fixture, pollId, 1, 2);
    await tally(fixture, pollId);
    const wrong = vi.spyOn(fixture.ballots.issuers[1], 'getRollFile').mockResolvedValue(new Uint8Array(32));
    const files = fixture.worker.publishPollFiles({ params: { pollId } });
    await expect(files).rejects.toMatchObject({ code: 'issuers-differ' });
    wrong.mockRestore();
    await publish(fixture, pollId);
    expect(faultsIn(await recounted(fixture, pollId))).toEqual([]);
  });
});
