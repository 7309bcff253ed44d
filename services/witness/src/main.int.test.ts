import { createClient } from '@talkoot/api-contracts';
import { witnessApi } from '@talkoot/api-contracts/witness';
import { cosignedAt, newSigningKey, parseCheckpoint, publicKeyOf } from '@talkoot/ballot-protocol';
import { connectMongo } from '@talkoot/http-service';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, inject, test, vi } from 'vitest';
import { PlayedLog } from './witness.fixture.ts';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));
const mongodbUrl = inject('mongodbUrl').replace(/\/?(\?|$)/, `/witness_${randomUUID().slice(0, 8)}$1`);
const processes: ChildProcess[] = [];

afterAll(async () => {
  for (const child of processes) if (child.exitCode === null) child.kill('SIGKILL');
  const connection = await connectMongo(mongodbUrl, { appName: 'witness-test' });
  await connection.dropDatabase();
  await connection.close();
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

async function run(environment: Record<string, string>) {
  const port = await freePort();
  const env = { PATH: process.env['PATH'], MONGODB_URL: mongodbUrl, PORT: String(port), ...environment };
  const child = spawn(process.execPath, [main], { env, stdio: 'ignore' });
  processes.push(child);
  const baseUrl = `http://127.0.0.1:${port}`;
  const isReady = () =>
    fetch(`${baseUrl}/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  await vi.waitUntil(isReady, { timeout: 30_000, interval: 100 });
  return { child, client: createClient(witnessApi, { baseUrl }) };
}

test('a process that is killed as soon as it has answered keeps its word when it is started again', async () => {
  const { secretKey, publicKey } = newSigningKey();
  const witnessKey = newSigningKey();
  const log = new PlayedLog('talkoot.test/pol-1', secretKey, 9);
  const environment = {
    WITNESS_NAME: 'witness.test',
    WITNESS_KEY: Buffer.from(witnessKey.secretKey).toString('base64'),
    WITNESSED_LOGS: JSON.stringify([
      { prefix: 'talkoot.test/', suffix: '', publicKey: Buffer.from(publicKey).toString('hex') },
    ]),
    LOG_LEVEL: 'silent',
  };
  const first = await run(environment);
  await first.client.addCheckpoint({ body: await log.request(0, 9) });
  first.child.kill('SIGKILL');
  await once(first.child, 'exit');

  const second = await run(environment);
  const { size, note } = await second.client.getTreeHead({ query: { origin: log.origin } });
  expect(size).toBe(9);
  const key = { name: 'witness.test', publicKey: publicKeyOf(witnessKey.secretKey) };
  expect(cosignedAt(parseCheckpoint(Buffer.from(note!)).note, key)).toBeGreaterThan(0);
  const fork = new PlayedLog(log.origin, secretKey, 9, 'other');
  await expect(second.client.addCheckpoint({ body: await fork.request(0, 9) })).rejects.toMatchObject({
    code: 'fork',
  });
  second.child.kill('SIGTERM');
  expect(await once(second.child, 'exit')).toEqual([0, null]);
});
