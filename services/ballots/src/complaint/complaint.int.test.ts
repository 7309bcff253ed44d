import { isValidComplaint, leafHash, leafLength, newSigningKey, signPromise } from '@talkoot/ballot-protocol';
import type { HeldPoll } from '@talkoot/ballot-protocol/testing';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { boardFixture, hex } from '../board/board.fixture.ts';
import type { BoardFixture, Bytes } from '../board/board.fixture.ts';

let fixture: BoardFixture;
beforeAll(async () => {
  fixture = await boardFixture(inject('mongodbUrl'));
});
afterAll(() => fixture.stop());

const complain = (pollId: string, ...parts: Uint8Array[]) =>
  fixture.anyone.complain({ params: { pollId }, body: Uint8Array.from(Buffer.concat(parts)) });
/** A promise of the board for any bytes, as an honest board gives it only for leaves that it stores. */
const promiseFor = ({ binding }: HeldPoll, leaf: Uint8Array, by = fixture.boardKey) =>
  signPromise(binding.m, leafHash(leaf), by.secretKey);
const settle = (pollId: string) => fixture.worker.settleComplaints({ params: { pollId } });
const kept = (pollId: string) => fixture.connection.collection('complaints').countDocuments({ poll: pollId });
const hashesOf = async (pollId: string) =>
  (await fixture.soundBoard(pollId)).map((leaf) => hex(leafHash(leaf)));

/** A poll with two ballots, whose board is closed. */
async function closed(pollId: string): Promise<{ poll: HeldPoll; leaves: readonly Bytes[] }> {
  const poll = await fixture.open(pollId);
  const leaves = [await fixture.leaf(pollId), await fixture.leaf(pollId)];
  for (const leaf of leaves) await fixture.cast(pollId, leaf);
  await fixture.endCasting(pollId);
  await fixture.worker.closeBoard({ params: { pollId } });
  return { poll, leaves };
}

describe('a complaint', () => {
  it('is taken from opening on, and says whether the leaf is on the board', async () => {
    const pollId = 'pol-1';
    const poll = await fixture.open(pollId);
    const leaf = await fixture.leaf(pollId);
    const { promise } = await fixture.cast(pollId, leaf);
    const early = await complain(pollId, leaf, Buffer.from(promise, 'hex'));
    expect(early).toEqual({ leafHash: hex(leafHash(leaf)), onBoard: false });
    await fixture.endCasting(pollId);
    await fixture.worker.closeBoard({ params: { pollId } });
    expect(await complain(pollId, leaf, Buffer.from(promise, 'hex'))).toMatchObject({ onBoard: true });
    expect(await kept(pollId)).toBe(1);
    const [complaint] = await fixture.board.complaintsOf(pollId);
    const promiser = { manifest: poll.binding.m, boardKey: fixture.boardKey.publicKey };
    expect(isValidComplaint(complaint!, promiser)).toBe(true);
  });

  it('is unfounded without a promise of this board for this leaf in this poll', async () => {
    const { poll, leaves } = await closed('pol-unfounded');
    const [leaf, other] = leaves as [Bytes, Bytes];
    const stranger = newSigningKey();
    const elsewhere = await fixture.prepare('pol-elsewhere');
    for (const parts of [
      [leaf, new Uint8Array(64)],
      [leaf, promiseFor(poll, other)],
      [leaf, promiseFor(poll, leaf, stranger)],
      [leaf, promiseFor(elsewhere, leaf)],
      [leaf, promiseFor(poll, leaf), new Uint8Array(1)],
      [promiseFor(poll, new Uint8Array(0))],
      [new Uint8Array(12)],
      [new Uint8Array(66_000), promiseFor(poll, new Uint8Array(66_000))],
    ]) {
      await expect(complain('pol-unfounded', ...parts)).rejects.toMatchObject({
        code: 'complaint-unfounded',
        status: 422,
      });
    }
    expect(await kept('pol-unfounded')).toBe(0);
  });

  it('is not taken before opening, nor once the board is final, unless it asks for what is there', async () => {
    const pollId = 'pol-over';
    const early = await fixture.prepare('pol-early');
    const foreign = await fixture.leaf('pol-early');
    const refused = complain('pol-early', foreign, promiseFor(early, foreign));
    await expect(refused).rejects.toMatchObject({ code: 'poll-not-open', status: 409 });
    fixture.manifests.set('pol-bare', null);
    await expect(complain('pol-bare', foreign)).rejects.toMatchObject({ code: 'poll-not-open' });
    const { poll, leaves } = await closed(pollId);
    await settle(pollId);
    const lost = await fixture.leaf(pollId);
    const late = complain(pollId, lost, promiseFor(poll, lost));
    await expect(late).rejects.toMatchObject({ code: 'complaints-over', status: 409 });
    const answer = await complain(pollId, leaves[0]!, promiseFor(poll, leaves[0]!));
    expect(answer.onBoard).toBe(true);
    expect(await kept(pollId)).toBe(0);
  });

  it('is refused without room, unless the leaf is stored', async () => {
    const pollId = 'pol-full';
    const { poll, leaves } = await closed(pollId);
    const gates = fixture.connection.collection<{ _id: string }>('gates');
    await gates.updateOne({ _id: pollId }, { $set: { complaints: 10_000 } });
    const lost = await fixture.leaf(pollId);
    const refused = complain(pollId, lost, promiseFor(poll, lost));
    await expect(refused).rejects.toMatchObject({ code: 'too-many-complaints', status: 503 });
    expect(await complain(pollId, leaves[0]!, promiseFor(poll, leaves[0]!))).toMatchObject({ onBoard: true });
    expect(await kept(pollId)).toBe(0);
  });

  it('names nobody and no time', async () => {
    for (const row of await fixture.connection.collection('complaints').find().toArray()) {
      expect(Object.keys(row).toSorted()).toEqual(['_id', 'key', 'leaf', 'poll', 'promise']);
    }
  });
});

describe('settling complaints', () => {
  it('publishes promised leaves that were lost, once, and counts their voters', async () => {
    const pollId = 'pol-lost';
    const { poll, leaves } = await closed(pollId);
    const lost = await Promise.all(Array.from({ length: 5 }, () => fixture.leaf(pollId)));
    for (const leaf of [...lost, ...lost, leaves[0]!]) await complain(pollId, leaf, promiseFor(poll, leaf));
    expect(await kept(pollId)).toBe(6);
    expect((await fixture.gates.find(pollId))!.complaints).toBe(6);
    const [answer, joined] = await Promise.all([settle(pollId), settle(pollId)]);
    expect([answer, joined]).toEqual([
      { ballots: 7, enough: true },
      { ballots: 7, enough: true },
    ]);
    expect(await settle(pollId)).toEqual(answer);
    const expected = [...leaves, ...lost].map((leaf) => hex(leafHash(leaf)));
    expect((await hashesOf(pollId)).toSorted()).toEqual(expected.toSorted());
    expect(await fixture.worker.closeBoard({ params: { pollId } })).toEqual({ leaves: 2 });
    expect(await complain(pollId, lost[0]!, promiseFor(poll, lost[0]!))).toMatchObject({ onBoard: true });
  });

  it('publishes a leaf that was stored too late to be on the board, if it was promised', async () => {
    const pollId = 'pol-late';
    const poll = await fixture.open(pollId);
    await fixture.endCasting(pollId);
    await fixture.worker.closeBoard({ params: { pollId } });
    const late = await fixture.leaf(pollId);
    const { publicKey, hash } = { publicKey: late.slice(0, 32), hash: leafHash(late) };
    const session = await fixture.connection.startSession();
    await fixture.leaves.insert([{ hash, poll: pollId, publicKey, sequence: 1, bytes: late }], session);
    await session.endSession();
    await complain(pollId, late, promiseFor(poll, late));
    expect(await settle(pollId)).toMatchObject({ ballots: 1 });
    expect(await hashesOf(pollId)).toEqual([hex(hash)]);
  });

  it('publishes what was promised whatever else it is, and counts no voter for it', async () => {
    const pollId = 'pol-dishonest';
    const { poll } = await closed(pollId);
    const voter = await fixture.voter(pollId);
    const twice = [await fixture.leaf(pollId, voter), await fixture.leaf(pollId, voter)];
    const nonsense = new Uint8Array(leafLength(poll.binding.manifest)).fill(7);
    for (const leaf of [...twice, nonsense]) await complain(pollId, leaf, promiseFor(poll, leaf));
    expect(await settle(pollId)).toMatchObject({ ballots: 3 });
    const hashes = await hashesOf(pollId);
    expect(hashes).toHaveLength(5);
    for (const leaf of [...twice, nonsense]) expect(hashes).toContain(hex(leafHash(leaf)));
  });

  it('cannot publish a leaf of another length, and keeps the complaint', async () => {
    const pollId = 'pol-length';
    const { poll } = await closed(pollId);
    const long = new Uint8Array(leafLength(poll.binding.manifest) + 1);
    expect(await complain(pollId, long, promiseFor(poll, long))).toMatchObject({ onBoard: false });
    expect(await settle(pollId)).toMatchObject({ ballots: 2 });
    expect(await hashesOf(pollId)).toHaveLength(2);
    expect((await fixture.board.complaintsOf(pollId)).map(({ leaf }) => leaf.length)).toEqual([long.length]);
  });

  it('closes the board first, and goes on where a silent witness interrupted it', async () => {
    const pollId = 'pol-interrupted';
    const poll = await fixture.open(pollId);
    await fixture.cast(pollId, await fixture.leaf(pollId));
    await fixture.endCasting(pollId);
    const lost = await fixture.leaf(pollId);
    await complain(pollId, lost, promiseFor(poll, lost));
    fixture.witness.setSilent(true);
    await expect(settle(pollId)).rejects.toMatchObject({ code: 'witnesses-silent', status: 503 });
    fixture.witness.setSilent(false);
    expect(await settle(pollId)).toMatchObject({ ballots: 2 });
    expect(await hashesOf(pollId)).toHaveLength(2);
  });

  it('collides with a complaint that is just being kept', async () => {
    const pollId = 'pol-collision';
    await closed(pollId);
    const [keeping, settling] = await Promise.all([
      fixture.connection.startSession(),
      fixture.connection.startSession(),
    ]);
    keeping.startTransaction();
    settling.startTransaction();
    await fixture.gates.countComplaint(pollId, keeping);
    const writeConflict = 112;
    await expect(fixture.gates.settle(pollId, settling)).rejects.toMatchObject({ code: writeConflict });
    await keeping.abortTransaction();
    await Promise.all([keeping.endSession(), settling.endSession()]);
  });

  it('settles or refuses every complaint that races it', async () => {
    const pollId = 'pol-race';
    const { poll } = await closed(pollId);
    const lost = await Promise.all(Array.from({ length: 20 }, () => fixture.leaf(pollId)));
    const sent = lost.map((leaf) => complain(pollId, leaf, promiseFor(poll, leaf)));
    await Promise.race(sent);
    const [answers] = await Promise.all([Promise.allSettled(sent), settle(pollId)]);
    const hashes = await hashesOf(pollId);
    for (const [at, one] of answers.entries()) {
      expect(hashes.includes(hex(leafHash(lost[at]!)))).toBe(one.status === 'fulfilled');
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'complaints-over' });
    }
    expect(await kept(pollId)).toBe(answers.filter(({ status }) => status === 'fulfilled').length);
  });
});
