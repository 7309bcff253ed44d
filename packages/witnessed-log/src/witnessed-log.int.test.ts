import {
  leafHash,
  newSigningKey,
  parseArchive,
  publicKeyOf,
  requireStanding,
} from '@talkoot/ballot-protocol';
import { connectMongo, inTransaction, prepareModels } from '@talkoot/http-service';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { logStore, witnessedLog } from './index.ts';
import { startTestWitness } from './testing.ts';

const leaf = (n: number) => leafHash(Buffer.from(`leaf ${n}`));
const leaves = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => leaf(from + at));
let connection: Awaited<ReturnType<typeof connectMongo>>;
beforeAll(async () => {
  const url = inject('mongodbUrl').replace(/\/?(\?|$)/, `/log_${randomUUID().slice(0, 8)}$1`);
  connection = await connectMongo(url, { appName: 'log-test' });
});
afterAll(async () => {
  await connection.dropDatabase();
  await connection.close();
});

test('appends, checkpoints, serves tiles', async () => {
  const { secretKey } = newSigningKey();
  const witness = await startTestWitness({ keyOf: () => publicKeyOf(secretKey) });
  const store = logStore(connection);
  await prepareModels(connection);
  const log = witnessedLog(store, { origin: 'a.test/log', secretKey, witnesses: [witness] });
  await log.requireCurrent();
  await inTransaction(connection, (session) => log.append(0, leaves(0, 300), session));
  const first = await log.checkpoint();
  expect(first.size).toBe(300);
  await inTransaction(connection, (session) => log.append(300, leaves(300, 700), session));
  const second = await log.checkpoint();
  requireStanding(second, {
    log: { name: 'a.test/log', publicKey: publicKeyOf(secretKey) },
    witnesses: [witness],
  });
  expect(parseArchive(await log.archive()).map(({ size }) => size)).toEqual([300, 700]);
  expect(await log.tile(0, '000')).toHaveLength(8192);
  expect(await log.tile(0, '002.p/188')).toHaveLength(188 * 32);
  expect(await log.tile(1, '000.p/2')).toHaveLength(64);
  expect(await log.tile(0, '002')).toBeNull();
  await witnessedLog(store, { origin: 'a.test/log', secretKey, witnesses: [witness] }).requireCurrent();
  await witness.close();
});
