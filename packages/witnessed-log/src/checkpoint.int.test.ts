import {
  leafHash,
  parseArchive,
  planInclusion,
  readProof,
  readRoot,
  requireConsistency,
  requireInclusion,
  requireStanding,
  tileNodes,
  tilePath,
} from '@talkoot/ballot-protocol';
import type { SignedCheckpoint } from '@talkoot/ballot-protocol';
import { connectMongo } from '@talkoot/http-service';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { logStore } from './index.ts';
import type { WitnessedLog } from './index.ts';
import { leaves, logFixture } from './log.fixture.ts';
import type { LogFixture } from './log.fixture.ts';

let fixture: LogFixture;
beforeAll(async () => void (fixture = await logFixture(inject('mongodbUrl'))));
afterAll(() => fixture.stop());

/** Reads a log as a device does, from the tiles it serves. */
function servedBy(log: WitnessedLog, size: number) {
  return tileNodes(size, (tiles) =>
    Promise.all(
      tiles.map(async (tile) => (await log.tile(tile.level, tilePath(tile).replace(/^tile\/\d+\//, '')))!),
    ),
  );
}

test('checkpoints stand, are archived, and prove every leaf from the tiles', async () => {
  const { log, policy } = await fixture.begin();
  const checkpoints: SignedCheckpoint[] = [];
  for (const [from, to] of [
    [0, 1],
    [1, 300],
    [300, 777],
  ] as const) {
    await fixture.append(log, from, leaves(from, to));
    checkpoints.push(await log.checkpoint());
  }
  expect(parseArchive(await log.archive())).toEqual(checkpoints);
  expect(await log.standing()).toEqual(checkpoints.at(-1));
  const read = servedBy(log, 777);
  for (const checkpoint of checkpoints) {
    requireStanding(checkpoint, policy);
    expect(await readRoot(checkpoint.size, read)).toEqual(checkpoint.root);
  }
  for (const index of [0, 255, 256, 776]) {
    const proof = await readProof(planInclusion(index, 777), read);
    const hash = leafHash(Buffer.from(`leaf ${index}`));
    requireInclusion({ leafHash: hash, index, size: 777, root: checkpoints[2]!.root, proof });
  }
});

test('the same head has the same checkpoint for ever, without asking a witness again', async () => {
  const witness = await fixture.witness();
  const { log, open } = await fixture.begin([witness]);
  await fixture.append(log, 0, leaves(0, 3));
  const first = await log.checkpoint();
  witness.setSilent(true);
  expect(await log.checkpoint()).toEqual(first);
  expect(await open().checkpoint()).toEqual(first);
  expect(parseArchive(await log.archive())).toEqual([first]);
});

test('a log without leaves has no checkpoint', async () => {
  const { log } = await fixture.begin();
  await expect(log.checkpoint()).rejects.toMatchObject({ code: 'never-begun' });
});

test('rivals archive one note of a size, and all answer that one', async () => {
  const { log, open, policy } = await fixture.begin();
  await fixture.append(log, 0, leaves(0, 9));
  const answers = await Promise.all(Array.from({ length: 12 }, () => open().checkpoint()));
  const archived = parseArchive(await log.archive());
  expect(archived).toHaveLength(1);
  for (const answer of answers) expect(answer).toEqual(archived[0]);
  requireStanding(archived[0]!, policy);
});

test('a witness that cosigned what was never archived is met where it is', async () => {
  const { log, origin } = await fixture.begin();
  const archive = fixture.connection.collection<{ _id: string }>('log_checkpoints');
  await fixture.append(log, 0, leaves(0, 5));
  await log.checkpoint();
  await archive.deleteOne({ _id: `${origin} 0000000000000005` });
  expect((await log.checkpoint()).size).toBe(5);
  await archive.deleteOne({ _id: `${origin} 0000000000000005` });
  await fixture.append(log, 5, leaves(5, 6));
  expect((await log.checkpoint()).size).toBe(6);
});

test('a head that was overtaken gives way to the present one', async () => {
  const real = await fixture.witness();
  let isFirst = true;
  const slow = await fixture.impostor(
    async (request, response) => {
      const body = Buffer.concat(await request.toArray());
      if (isFirst) {
        isFirst = false;
        await fixture.append(log, 4, leaves(4, 6));
        await rival.checkpoint();
      }
      const answer = await fetch(real.url + request.url, { method: 'POST', body });
      response.writeHead(answer.status).end(Buffer.from(await answer.arrayBuffer()));
    },
    { secretKey: new Uint8Array(), publicKey: real.publicKey as Uint8Array<ArrayBuffer> },
    real.name,
  );
  const { log, open, identity } = await fixture.begin([slow]);
  const rival = open({}, { ...fixture.store });
  identity.witnesses = [real];
  await fixture.append(log, 0, leaves(0, 4));
  expect((await log.checkpoint()).size).toBe(6);
  expect(parseArchive(await log.archive()).map(({ size }) => size)).toEqual([6]);
});

test('two processes that append and checkpoint at once keep one tree', async () => {
  const witnesses = await Promise.all(['first', 'second', 'third'].map((name) => fixture.witness(name)));
  const { log, identity, policy } = await fixture.begin(witnesses);
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
  const order = {
    url: fixture.url,
    until: 24,
    identity: {
      origin: identity.origin,
      secretKey: hex(identity.secretKey),
      witnesses: witnesses.map(({ name, publicKey, url }) => ({ name, publicKey: hex(publicKey), url })),
    },
  };
  const file = new URL('./fixture/appender.process.ts', import.meta.url);
  const counts = await Promise.all(
    [1, 2].map(async () => {
      const child = fork(file, [JSON.stringify(order)]);
      const [[said], [code]] = await Promise.all([once(child, 'message'), once(child, 'exit')]);
      expect(code).toBe(0);
      return said as { appended: number; refused: number };
    }),
  );
  const { size } = await log.head();
  expect(counts[0]!.appended + counts[1]!.appended).toBe(size);
  expect(counts.every(({ appended }) => appended > 0)).toBe(true);
  const last = await log.checkpoint();
  const archived = parseArchive(await log.archive());
  const read = servedBy(log, size);
  for (const checkpoint of archived) {
    requireStanding(checkpoint, policy);
    expect(await readRoot(checkpoint.size, read)).toEqual(checkpoint.root);
  }
  requireConsistency({ first: last, second: archived.at(-1)!, proof: [] });
  await log.requireCurrent();
}, 120_000);

test('another connection to the database serves the same log', async () => {
  const { log, open } = await fixture.begin();
  await fixture.append(log, 0, leaves(0, 2));
  const checkpoint = await log.checkpoint();
  const connection = await connectMongo(fixture.url, { appName: 'log-test' });
  const elsewhere = open({}, logStore(connection));
  expect(await elsewhere.standing()).toEqual(checkpoint);
  expect(await elsewhere.head()).toEqual(await log.head());
  await connection.close();
});

test('a log needs witnesses of different names and keys', async () => {
  const witness = await fixture.witness();
  for (const witnesses of [[], [witness, { ...witness, name: 'other' }]]) {
    await expect(fixture.begin(witnesses)).rejects.toMatchObject({ code: 'witnesses-invalid' });
  }
});
