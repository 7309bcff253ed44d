import { GrowingTree, hashesIn, tilePath, tilesOf } from '@talkoot/ballot-protocol';
import { inTransaction } from '@talkoot/http-service';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { leaves, logFixture } from './log.fixture.ts';
import type { LogFixture } from './log.fixture.ts';

let fixture: LogFixture;
beforeAll(async () => void (fixture = await logFixture(inject('mongodbUrl'))));
afterAll(() => fixture.stop());

function headOf(hashes: readonly Uint8Array[]) {
  const tree = new GrowingTree();
  hashes.forEach((hash) => tree.append(hash));
  return { size: tree.size, root: tree.root() };
}

test('a log that was never begun is the empty tree', async () => {
  const { log } = await fixture.begin();
  expect(await log.head()).toEqual(headOf([]));
  expect(await log.standing()).toBeNull();
  expect(await log.archive()).toHaveLength(0);
  expect(await log.tile(0, '000.p/1')).toBeNull();
});

test('however leaves are appended, the head is that of the tree over all of them', async () => {
  const { log } = await fixture.begin();
  let size = 0;
  for (const count of [1, 1, 254, 1, 300, 0, 83]) {
    const head = await fixture.append(log, size, leaves(size, size + count));
    size += count;
    expect(head).toEqual(headOf(leaves(0, size)));
    expect(await log.head()).toEqual(head);
  }
});

test('tiles are those of the standing checkpoint, whole and in part', async () => {
  const { log } = await fixture.begin();
  await fixture.append(log, 0, leaves(0, 600));
  await log.checkpoint();
  await fixture.append(log, 600, leaves(600, 800));
  for (const tile of tilesOf(600)) {
    const path = tilePath(tile).replace(/^tile\/\d+\//, '');
    const bytes = await log.tile(tile.level, path);
    expect(bytes).toHaveLength(32 * tile.width);
    if (tile.level > 0) continue;
    const first = tile.index * 256;
    expect([...hashesIn(bytes!)].map(hex)).toEqual(leaves(first, first + tile.width).map(hex));
  }
  expect(await log.tile(0, '002.p/80')).toHaveLength(32 * 80);
});

test.each([
  [0, '002.p/89', 'has leaves that no checkpoint covers'],
  [0, '003', 'is beyond the log'],
  [2, '000.p/1', 'is of a level that is not there yet'],
  [0, '2', 'is no path'],
  [0, '../0/000', 'is no path'],
  [0, '000.p/256', 'is no path'],
  [-1, '000', 'is no level'],
  [Number.NaN, '000', 'is no level'],
])('there is no tile %s/%s, which %s', async (level, path) => {
  const { log } = await fixture.begin();
  await fixture.append(log, 0, leaves(0, 600));
  await log.checkpoint();
  await fixture.append(log, 600, leaves(600, 800));
  expect(await log.tile(level, path)).toBeNull();
});

test('an append at another size than the log has is refused, and changes nothing', async () => {
  const { log } = await fixture.begin();
  await fixture.append(log, 0, leaves(0, 3));
  for (const at of [0, 2, 4]) {
    await expect(fixture.append(log, at, leaves(at, at + 1))).rejects.toMatchObject({
      code: 'append-conflict',
    });
  }
  await expect(fixture.append(log, 4, [])).rejects.toMatchObject({ code: 'append-conflict' });
  expect(await log.head()).toEqual(headOf(leaves(0, 3)));
});

test.each([0, 7])('of many that append at size %i one is let in', async (at) => {
  const { log, open } = await fixture.begin();
  await fixture.append(log, 0, leaves(0, at));
  const rivals = Array.from({ length: 8 }, (_, n) => leaves(at, at + 2, `rival ${n}`));
  const outcomes = await Promise.allSettled(rivals.map((hashes) => fixture.append(open(), at, hashes)));
  const won = outcomes.flatMap((one, n) => (one.status === 'fulfilled' ? [n] : []));
  expect(won).toHaveLength(1);
  expect(await log.head()).toEqual(headOf([...leaves(0, at), ...rivals[won[0]!]!]));
  for (const one of outcomes) {
    if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'append-conflict' });
  }
});

test('what is appended in a transaction that fails was never there', async () => {
  const { log } = await fixture.begin();
  await fixture.append(log, 0, leaves(0, 5));
  const failing = inTransaction(fixture.connection, async (session) => {
    await log.append(5, leaves(5, 900), session);
    expect((await log.head(session)).size).toBe(900);
    throw new Error('the caller changed its mind');
  });
  await expect(failing).rejects.toThrow('changed its mind');
  expect(await log.head()).toEqual(headOf(leaves(0, 5)));
  await fixture.append(log, 5, leaves(5, 300));
  await log.checkpoint();
});

test('refuses more leaves at once than a transaction should hold, and what is no hash', async () => {
  const { log } = await fixture.begin();
  const hash = leaves(0, 1)[0]!;
  await expect(fixture.append(log, 0, new Array<Uint8Array>(65_537).fill(hash))).rejects.toMatchObject({
    code: 'append-too-large',
  });
  await expect(fixture.append(log, 0, [hash.subarray(1)])).rejects.toMatchObject({ code: 'hash-malformed' });
  expect((await log.head()).size).toBe(0);
});

test('the largest append is one transaction', async () => {
  const { log } = await fixture.begin();
  await fixture.append(log, 0, leaves(0, 65_536));
  expect((await log.checkpoint()).size).toBe(65_536);
  expect(await log.tile(2, '000.p/1')).toHaveLength(32);
});

test('a log with tiles that do not fit its size refuses to grow and to be signed', async () => {
  const { log, origin } = await fixture.begin();
  await fixture.append(log, 0, leaves(0, 300));
  await log.checkpoint();
  await fixture.append(log, 300, leaves(300, 310));
  const tiles = fixture.connection.collection<{ _id: string }>('log_tiles');
  await tiles.deleteOne({ _id: `${origin} 0 1` });
  await expect(fixture.append(log, 310, leaves(310, 311))).rejects.toMatchObject({ code: 'damaged' });
  await expect(log.checkpoint()).rejects.toMatchObject({ code: 'damaged' });
  await expect(log.requireCurrent()).rejects.toMatchObject({ code: 'damaged' });
  await expect(log.tile(0, '001.p/44')).rejects.toMatchObject({ code: 'damaged' });
});

test('a changed hash is noticed before the next checkpoint is signed', async () => {
  const { log, origin } = await fixture.begin();
  await fixture.append(log, 0, leaves(0, 5));
  const tiles = fixture.connection.collection<{ _id: string }>('log_tiles');
  const hashes = Buffer.concat([...leaves(0, 4), ...leaves(9, 10)]);
  await tiles.updateOne({ _id: `${origin} 0 0` }, { $set: { hashes } });
  await expect(log.checkpoint()).rejects.toMatchObject({ code: 'damaged' });
});

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
