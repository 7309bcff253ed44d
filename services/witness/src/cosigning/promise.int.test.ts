import { newSigningKey, parseSignatures } from '@talkoot/ballot-protocol';
import { inTransaction } from '@talkoot/http-service';
import { logStore, witnessedLog } from '@talkoot/witnessed-log';
import { afterAll, afterEach, beforeAll, expect, inject, test, vi } from 'vitest';
import { PlayedLog, witnessFixture } from '../witness.fixture.ts';
import type { WitnessFixture } from '../witness.fixture.ts';

let fixture: WitnessFixture;
beforeAll(async () => void (fixture = await witnessFixture(inject('mongodbUrl'), 4)));
afterEach(() => vi.restoreAllMocks());
afterAll(() => fixture.stop());

const issuance = (size = 20, kind?: string, origin = `${fixture.newOrigin()}/issuance/municipality`) =>
  new PlayedLog(origin, fixture.issuanceKey.secretKey, size, kind);

async function cleared() {
  await Promise.all(Object.values(fixture.connection.collections).map((one) => one.deleteMany({})));
}
afterEach(cleared);

test('a witness that was started anew keeps what it promised', async () => {
  const log = issuance();
  await fixture.cosign(await log.request(0, 10));
  const again = await fixture.start();
  expect(await again.headOf(log.origin)).toMatchObject({ size: 10 });
  await expect(again.cosign(await log.request(0, 9))).rejects.toMatchObject({ code: 'rollback' });
  const fork = issuance(20, 'other', log.origin);
  await expect(again.cosign(await fork.request(10, 10))).rejects.toMatchObject({ code: 'fork' });
  await again.cosign(await log.request(10, 11));
  await again.stop();
});

test('no signature leaves before it is stored', async () => {
  const log = issuance();
  const store = vi.spyOn(fixture.witness.cosigned, 'store');
  store.mockRejectedValueOnce(Object.assign(new Error('no primary'), { name: 'MongoNetworkError' }));
  await expect(fixture.cosign(await log.request(0, 3))).rejects.toMatchObject({ code: 'unavailable' });
  const { promise, resolve } = Promise.withResolvers<'stored'>();
  store.mockReturnValueOnce(promise);
  let hasLeft = false;
  const asked = fixture.cosign(await log.request(0, 3)).finally(() => (hasLeft = true));
  await vi.waitUntil(() => store.mock.calls.length === 2);
  await fixture.headOf(log.origin);
  expect(hasLeft).toBe(false);
  resolve('stored');
  expect(parseSignatures(await asked)).toHaveLength(1);
});

test('of two trees that are asked for at once, one is cosigned, whichever process is asked', async () => {
  const other = await fixture.start();
  for (let round = 0; round < 10; round += 1) {
    await cleared();
    const origin = issuance().origin;
    const [one, two] = [issuance(20, 'one', origin), issuance(20, 'two', origin)];
    const asked = await Promise.allSettled([
      fixture.cosign(await one.request(0, 8)),
      other.cosign(await two.request(0, 8)),
      fixture.cosign(await two.request(0, 8)),
      other.cosign(await one.request(0, 8)),
    ]);
    const cosigned = asked.map(({ status }) => status === 'fulfilled');
    const { root } = await fixture.headOf(origin);
    const isOne = root === Buffer.from(one.head(8).root).toString('hex');
    const [oneFirst, twoFirst, twoAgain, oneAgain] = cosigned;
    // The later of two equal requests has to start from size 8.
    expect(isOne ? [twoFirst, twoAgain] : [oneFirst, oneAgain]).toEqual([false, false]);
    expect(cosigned).toContain(true);
    expect((await fixture.connection.collection('watched_counts').findOne({}))!['logs']).toBe(1);
  }
  await other.stop();
});

test('of one size only one continuation is ever cosigned', async () => {
  const other = await fixture.start();
  for (let round = 0; round < 10; round += 1) {
    await cleared();
    const origin = issuance().origin;
    const logs = ['a', 'b', 'c', 'd'].map((kind) => issuance(20, kind, origin));
    await fixture.cosign(await logs[0]!.request(0, 2));
    const requests = await Promise.all(logs.map((log) => log.request(2, 12)));
    const asked = await Promise.allSettled(
      requests.map((request, n) => (n % 2 === 0 ? fixture : other).cosign(request)),
    );
    const cosigned = logs.filter((_, n) => asked[n]!.status === 'fulfilled');
    expect(cosigned).toHaveLength(1);
    const root = Buffer.from(cosigned[0]!.head(12).root).toString('hex');
    expect(await fixture.headOf(origin)).toMatchObject({ size: 12, root });
  }
  await other.stop();
});

test('watches so many logs of an entry and no more, and those it has for ever', async () => {
  const logs = [1, 2, 3, 4].map(() => issuance());
  for (const log of logs) await fixture.cosign(await log.request(0, 1));
  const fifth = issuance();
  await expect(fixture.cosign(await fifth.request(0, 1))).rejects.toMatchObject({
    code: 'too-many-logs',
    status: 503,
  });
  expect(await fixture.headOf(fifth.origin)).toMatchObject({ size: 0 });
  await fixture.cosign(await logs[0]!.request(1, 5));
  const board = new PlayedLog(fixture.newOrigin(), fixture.boardKey.secretKey, 3);
  await fixture.cosign(await board.request(0, 3));
});

test('the bound holds for logs that begin at once', async () => {
  const asked = await Promise.allSettled(
    Array.from({ length: 8 }, async () => fixture.cosign(await issuance().request(0, 1))),
  );
  expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(4);
});

test('a log of the database keeps up with this witness; set back it is behind, grown again forked, never cosigned', async () => {
  const { secretKey } = fixture.boardKey;
  const origin = fixture.newOrigin();
  const { connection, url, key } = fixture;
  const open = () =>
    witnessedLog(store, { origin, secretKey, witnesses: [{ ...key, url }] }, { rememberMs: 0 });
  const store = logStore(connection);
  const log = open();
  const leaf = (n: number) => new Uint8Array(32).fill(n);
  const append = async (...hashes: Uint8Array[]) => {
    const { size } = await log.head();
    await inTransaction(connection, (session) => log.append(size, hashes, session));
  };
  await log.requireCurrent();
  await append(leaf(1), leaf(2));
  await log.checkpoint();
  const logs = ['witnessed_logs', 'log_tiles', 'log_checkpoints'].map((name) => connection.collection(name));
  const copy = await Promise.all(logs.map((one) => one.find({}).toArray()));
  await append(leaf(3), leaf(4));
  await log.checkpoint();
  await log.requireCurrent();
  for (const [at, one] of logs.entries()) {
    await one.deleteMany({});
    await one.insertMany(copy[at]!);
  }
  await expect(log.requireCurrent()).rejects.toMatchObject({ code: 'behind' });
  await append(leaf(9));
  await expect(log.checkpoint()).rejects.toMatchObject({ code: 'behind' });
  for (const hash of [leaf(8), leaf(7)]) {
    await append(hash);
    await expect(log.requireCurrent()).rejects.toMatchObject({ code: 'forked' });
    await expect(log.checkpoint()).rejects.toMatchObject({ code: 'forked' });
  }
  expect(await fixture.headOf(origin)).toMatchObject({ size: 4 });
  expect((await log.standing())!.size).toBe(2);
});

test('a log with another key than the witness knows gets nothing', async () => {
  const { connection, url, key } = fixture;
  const { secretKey } = newSigningKey();
  const identity = { origin: fixture.newOrigin(), secretKey, witnesses: [{ ...key, url }] };
  const log = witnessedLog(logStore(connection), identity);
  await inTransaction(connection, (session) => log.append(0, [new Uint8Array(32)], session));
  await expect(log.checkpoint()).rejects.toMatchObject({ code: 'witnesses-silent' });
});
