import {
  leafHash,
  parseCheckpoint,
  planInclusion,
  readProof,
  requireInclusion,
  requireStanding,
  tileNodes,
  tilePath,
} from '@talkoot/ballot-protocol';
import { boardTileParams } from '@talkoot/api-contracts/ballots';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { boardFixture, hex } from './board.fixture.ts';
import type { BoardFixture, Bytes } from './board.fixture.ts';

let fixture: BoardFixture;
beforeAll(async () => {
  fixture = await boardFixture(inject('mongodbUrl'));
});
afterAll(() => fixture.stop());

async function castSome(pollId: string, number: number, by = fixture): Promise<string[]> {
  const leaves = await Promise.all(Array.from({ length: number }, () => fixture.leaf(pollId)));
  return Promise.all(leaves.map(async (leaf) => (await by.cast(pollId, leaf)).leafHash));
}
const checkpointOf = async (pollId: string) =>
  parseCheckpoint(Buffer.from(await fixture.anyone.getBoardCheckpoint({ params: { pollId } })));
const sizeOf = async (pollId: string) => (await checkpointOf(pollId)).size;
const hashesOf = async (pollId: string) =>
  (await fixture.soundBoard(pollId)).map((leaf) => hex(leafHash(leaf)));
const close = (pollId: string) => fixture.worker.closeBoard({ params: { pollId } });
const settle = (pollId: string) => fixture.worker.settleComplaints({ params: { pollId } });

describe('the board', () => {
  it('opens with the manifest, again without effect, and has none before', async () => {
    const pollId = 'pol-opening';
    const params = { pollId };
    const poll = await fixture.prepare(pollId);
    const early = fixture.anyone.getBoardCheckpoint({ params });
    await expect(early).rejects.toMatchObject({ code: 'poll-without-board', status: 409 });
    await Promise.all([fixture.board.open(poll.manifestBytes), fixture.board.open(poll.manifestBytes)]);
    const before = await fixture.anyone.getBoardCheckpoint({ params });
    await fixture.board.open(poll.manifestBytes);
    expect(await fixture.anyone.getBoardCheckpoint({ params })).toBe(before);
    const tile = await fixture.anyone.getBoardTile({ params: { pollId, level: '0', path: '000.p/1' } });
    expect(hex(tile)).toBe(hex(leafHash(poll.manifestBytes)));
    fixture.manifests.set('pol-bare', null);
    const bare = fixture.anyone.getBoardTile({ params: { pollId: 'pol-bare', level: '0', path: '000' } });
    await expect(bare).rejects.toMatchObject({ code: 'poll-without-board' });
  });

  it('does not open while the witnesses are silent', async () => {
    const poll = await fixture.prepare('pol-unheard');
    fixture.witness.setSilent(true);
    const opened = fixture.board.open(poll.manifestBytes);
    await expect(opened).rejects.toMatchObject({ code: 'witnesses-silent' });
    fixture.witness.setSilent(false);
    await fixture.board.open(poll.manifestBytes);
    expect(await sizeOf('pol-unheard')).toBe(1);
  });

  it('publishes nothing before twice the batch size waits, then a half of it', async () => {
    const pollId = 'pol-batch';
    await fixture.open(pollId);
    await castSome(pollId, 5);
    await fixture.board.publishDue(pollId);
    expect(await sizeOf(pollId)).toBe(1);
    await castSome(pollId, 1);
    await fixture.board.publishDue(pollId);
    expect(await sizeOf(pollId)).toBe(4);
    expect(await hashesOf(pollId)).toHaveLength(3);
  });

  it('publishes beside the casting, unasked', async () => {
    const pollId = 'pol-unasked';
    await fixture.open(pollId);
    await castSome(pollId, 12);
    await expect.poll(() => sizeOf(pollId), { timeout: 10_000 }).toBeGreaterThan(1 + 6);
    await fixture.soundBoard(pollId);
  });

  it('proves to a device from its tiles that a leaf is there, and shows none of a tree that stands not yet', async () => {
    const pollId = 'pol-tiles';
    const poll = await fixture.open(pollId);
    const promised = await castSome(pollId, 20);
    await fixture.endCasting(pollId);
    await close(pollId);
    const checkpoint = await checkpointOf(pollId);
    requireStanding(checkpoint, {
      log: { name: poll.binding.manifest.board.origin, publicKey: fixture.boardKey.publicKey },
      witnesses: [fixture.witness],
    });
    const published = await hashesOf(pollId);
    expect(published.toSorted()).toEqual(promised.toSorted());
    const tile = async (path: string) => {
      const params = boardTileParams(pollId, path);
      return Uint8Array.from(await fixture.anyone.getBoardTile({ params }));
    };
    const read = tileNodes(checkpoint.size, (tiles) => Promise.all(tiles.map((one) => tile(tilePath(one)))));
    const index = published.indexOf(promised[7]!) + 1;
    const proof = await readProof(planInclusion(index, checkpoint.size), read);
    requireInclusion({ leafHash: Buffer.from(promised[7]!, 'hex'), index, proof, ...checkpoint });
    await expect(tile('tile/0/000.p/22')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('lets a silent witness delay publication, but not casting', async () => {
    const pollId = 'pol-silent';
    await fixture.open(pollId);
    await castSome(pollId, 1);
    fixture.witness.setSilent(true);
    const promised = await castSome(pollId, 25);
    fixture.faults.length = 0;
    await fixture.board.publishDue(pollId);
    expect(await sizeOf(pollId)).toBe(1);
    expect(fixture.faults).toContain(fixture.witness.name);
    fixture.witness.setSilent(false);
    await fixture.board.publishDue(pollId);
    // One batch after the other, until fewer than twice the batch size wait.
    await expect.poll(() => sizeOf(pollId), { timeout: 15_000 }).toBeGreaterThan(1 + 20);
    const published = await hashesOf(pollId);
    expect(promised.filter((hash) => published.includes(hash)).length).toBeGreaterThanOrEqual(20);
  });

  it('counts voters: fifty leaves of one key make no batch, and are published together', async () => {
    const pollId = 'pol-eager';
    await fixture.open(pollId);
    const eager = await fixture.voter(pollId);
    const own: string[] = [];
    for (let sequence = 1; sequence <= 50; sequence += 1)
      own.push((await fixture.cast(pollId, await fixture.leaf(pollId, eager, sequence))).leafHash);
    await castSome(pollId, 4);
    await fixture.board.publishDue(pollId);
    expect(await sizeOf(pollId)).toBe(1);
    await castSome(pollId, 1);
    await fixture.board.publishDue(pollId);
    const published = await hashesOf(pollId);
    const ofEager = published.filter((hash) => own.includes(hash)).length;
    expect([0, 50]).toContain(ofEager);
    expect(published).toHaveLength(ofEager === 0 ? 3 : 52);
  });

  it('finds what was left behind when nobody casts any more', async () => {
    const pollId = 'pol-left';
    await fixture.open(pollId);
    const other = await fixture.another();
    // Neither process has stored enough itself.
    await castSome(pollId, 4);
    await other.board.publishDue(pollId);
    await castSome(pollId, 3, { ...fixture, cast: other.cast });
    expect(await sizeOf(pollId)).toBe(1);
    const stop = other.board.watch();
    await expect.poll(() => sizeOf(pollId), { timeout: 15_000 }).toBeGreaterThan(1);
    await stop();
    await fixture.soundBoard(pollId);
  });

  it('is one board, whichever of several processes publishes', async () => {
    const pollId = 'pol-rivals';
    await fixture.open(pollId);
    const processes = [fixture, await fixture.another(), await fixture.another()];
    const leaves = await Promise.all(Array.from({ length: 90 }, () => fixture.leaf(pollId)));
    await Promise.all(leaves.map((leaf, at) => processes[at % 3]!.cast(pollId, leaf)));
    await Promise.all(processes.map((one) => one.board.publishDue(pollId)));
    await fixture.endCasting(pollId);
    const answers = await Promise.all(processes.map((one) => one.board.close(pollId)));
    expect(answers).toEqual([{ leaves: 90 }, { leaves: 90 }, { leaves: 90 }]);
    expect((await hashesOf(pollId)).toSorted()).toEqual(leaves.map((leaf) => hex(leafHash(leaf))).toSorted());
  });
});

describe('closing the board', () => {
  it('is refused while ballots come in, and before they do', async () => {
    await fixture.prepare('pol-soon');
    await expect(close('pol-soon')).rejects.toMatchObject({ code: 'poll-not-closed', status: 409 });
    await fixture.open('pol-open');
    await expect(close('pol-open')).rejects.toMatchObject({ code: 'poll-not-closed' });
    await expect(settle('pol-open')).rejects.toMatchObject({ code: 'poll-not-closed' });
  });

  it('publishes what waits, and answers the same again, also once the board is final', async () => {
    const pollId = 'pol-closed';
    await fixture.open(pollId);
    const promised = await castSome(pollId, 8);
    await fixture.endCasting(pollId);
    expect(await close(pollId)).toEqual({ leaves: 8 });
    const closed = await fixture.board.archiveOf(pollId);
    expect(await close(pollId)).toEqual({ leaves: 8 });
    expect(await fixture.board.archiveOf(pollId)).toEqual(closed);
    expect(await settle(pollId)).toEqual({ ballots: 8, enough: true });
    const settled = await fixture.board.archiveOf(pollId);
    expect(await settle(pollId)).toEqual({ ballots: 8, enough: true });
    expect(await close(pollId)).toEqual({ leaves: 8 });
    expect(await fixture.board.archiveOf(pollId)).toEqual(settled);
    expect((await hashesOf(pollId)).toSorted()).toEqual(promised.toSorted());
  });

  it('closes a board without any ballot, of which there are not enough', async () => {
    await fixture.open('pol-empty');
    await fixture.endCasting('pol-empty');
    expect(await close('pol-empty')).toEqual({ leaves: 0 });
    expect(await settle('pol-empty')).toEqual({ ballots: 0, enough: false });
    expect(await fixture.soundBoard('pol-empty')).toEqual([]);
  });

  it('counts keys, not ballots, against the minimum', async () => {
    const pollId = 'pol-again';
    await fixture.open(pollId, { minima: { roll: 10, counted: 3 } });
    const [one, other] = [await fixture.voter(pollId), await fixture.voter(pollId)];
    for (const sequence of [1, 2, 3]) await fixture.cast(pollId, await fixture.leaf(pollId, one, sequence));
    await fixture.cast(pollId, await fixture.leaf(pollId, other));
    await fixture.endCasting(pollId);
    expect(await close(pollId)).toEqual({ leaves: 4 });
    expect(await settle(pollId)).toEqual({ ballots: 2, enough: false });
  });

  it('goes on where it was interrupted', async () => {
    const pollId = 'pol-interrupted';
    await fixture.open(pollId);
    const promised = await castSome(pollId, 5);
    await fixture.endCasting(pollId);
    fixture.witness.setSilent(true);
    await expect(close(pollId)).rejects.toMatchObject({ code: 'witnesses-silent', status: 503 });
    expect(await sizeOf(pollId)).toBe(1);
    fixture.witness.setSilent(false);
    const other = await fixture.another();
    expect(await other.board.close(pollId)).toEqual({ leaves: 5 });
    expect((await hashesOf(pollId)).toSorted()).toEqual(promised.toSorted());
  });

  it('leaves out what was stored after it, however much that is', async () => {
    const pollId = 'pol-sealed';
    await fixture.open(pollId);
    await castSome(pollId, 2);
    await fixture.endCasting(pollId);
    await close(pollId);
    await manyLeaves(pollId, await fixture.leaf(pollId), 20);
    await fixture.board.publishDue(pollId);
    expect(await close(pollId)).toEqual({ leaves: 2 });
    expect(await settle(pollId)).toMatchObject({ ballots: 2 });
    expect(await fixture.soundBoard(pollId)).toHaveLength(2);
  });

  it('publishes more than fit into one transaction', async () => {
    const pollId = 'pol-large';
    await fixture.open(pollId);
    const leaf = await fixture.leaf(pollId);
    await manyLeaves(pollId, leaf, 12_000);
    await fixture.endCasting(pollId);
    const [answer, joined] = await Promise.all([close(pollId), close(pollId)]);
    expect([answer, joined]).toEqual([{ leaves: 12_000 }, { leaves: 12_000 }]);
    expect(await fixture.soundBoard(pollId)).toHaveLength(12_000);
  });
});

/** Leaves as they are stored, told apart by their key alone: nobody checks them any more. */
async function manyLeaves(pollId: string, like: Bytes, number: number): Promise<void> {
  const leaves = Array.from({ length: number }, (_, at) => {
    const bytes = Uint8Array.from(like);
    new DataView(bytes.buffer).setUint32(0, at);
    return { hash: leafHash(bytes), poll: pollId, publicKey: bytes.slice(0, 32), sequence: 1, bytes };
  });
  const session = await fixture.connection.startSession();
  await fixture.leaves.insert(leaves, session);
  await session.endSession();
}

describe('a board that was set back', () => {
  const logs = ['witnessed_logs', 'log_tiles', 'log_checkpoints', 'leaves'] as const;
  const collection = (name: string) => fixture.connection.collection<{ _id: never }>(name);

  it('is noticed: it promises and publishes nothing', async () => {
    const pollId = 'pol-restored';
    await fixture.open(pollId);
    const copies = await Promise.all(logs.map((name) => collection(name).find().toArray()));
    await castSome(pollId, 6);
    await fixture.board.publishDue(pollId);
    expect(await sizeOf(pollId)).toBe(4);
    for (const [at, name] of logs.entries()) {
      await collection(name).deleteMany({});
      if (copies[at]!.length > 0) await collection(name).insertMany(copies[at]!);
    }
    const restarted = await fixture.another();
    const cast = restarted.cast(pollId, await fixture.leaf(pollId));
    await expect(cast).rejects.toMatchObject({ code: 'board-not-current', status: 503 });
    await fixture.endCasting(pollId);
    const closed = restarted.worker.closeBoard({ params: { pollId } });
    await expect(closed).rejects.toMatchObject({ code: 'board-not-current', status: 503 });
    expect(await sizeOf(pollId)).toBe(1);
    const published = { poll: pollId, batch: { $gt: 0 } };
    expect(await fixture.connection.collection('leaves').countDocuments(published)).toBe(0);
  });
});
