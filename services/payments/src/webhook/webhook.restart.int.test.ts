import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { startTestServers } from '@talkoot/local-stack/testing';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { paymentsFixture } from '../payments.fixture.ts';
import type { PaymentsFixture } from '../payments.fixture.ts';
import { addWebhook, quickPolicy, receiver, say, until } from './webhook.fixture.ts';

let servers: Awaited<ReturnType<typeof startTestServers>>;
let fixture: PaymentsFixture;
let child: ChildProcess | null = null;
beforeAll(async () => {
  servers = await startTestServers(['mongod']);
  fixture = await paymentsFixture(servers.mongodbUrl, { policy: quickPolicy });
  // A transaction that a killed process had open holds its rows until the server ends it: after a minute, unless told.
  const admin = fixture.connection.getClient().db('admin');
  await admin.command({ setParameter: 1, transactionLifetimeLimitSeconds: 3 });
});
afterAll(async () => {
  child?.kill('SIGKILL');
  await fixture.stop();
  await servers.stop();
});

async function startChild(): Promise<ChildProcess> {
  const script = fileURLToPath(new URL('sender.process.fixture.ts', import.meta.url));
  const started = fork(script, [fixture.mongodbUrl, fixture.payeeKey.toString('base64')], {
    stdio: 'inherit',
  });
  await once(started, 'message');
  return started;
}

async function kill(running: ChildProcess): Promise<void> {
  const gone = once(running, 'exit');
  running.kill('SIGKILL');
  await gone;
}

describe('a sender that is killed', () => {
  it('in the middle, again and again, loses nothing and keeps each obligation in order', async () => {
    const own = await receiver((response) => void setTimeout(() => response.writeHead(204).end(), 5));
    await addWebhook(fixture, own.url);
    const obligations = Array.from({ length: 20 }, (_, number) => `obl-killed-${number}`);
    const told: string[] = [];
    const telling = (async () => {
      for (const step of ['due', 'approved', 'released', 'instructed', 'settled'] as const) {
        for (const one of obligations) told.push(...(await say(fixture, one, [step])));
      }
    })();
    for (const enough of [10, 40, 70]) {
      child = await startChild();
      await until(`${enough} were sent`, () => own.received.length >= enough, 20_000);
      await kill(child);
    }
    await telling;
    child = await startChild();
    await until('all are there', () => new Set(own.ids()).size === told.length, 20_000);
    expect(new Set(own.ids())).toEqual(new Set(told));
    for (const one of obligations) {
      const first = [...new Set(own.ids().filter((id) => id.startsWith(`obligation/${one}/`)))];
      expect(first).toEqual(told.filter((id) => id.startsWith(`obligation/${one}/`)));
    }
    await own.stop();
  }, 120_000);
});
