import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { paymentsFixture } from '../payments.fixture.ts';
import type { PaymentsFixture } from '../payments.fixture.ts';
import { addWebhook, quickPolicy, receiver, say, until } from './webhook.fixture.ts';

let fixture: PaymentsFixture;
let child: ChildProcess | null = null;
beforeAll(async () => {
  fixture = await paymentsFixture(inject('mongodbUrl'), { policy: quickPolicy });
});
afterAll(async () => {
  child?.kill('SIGKILL');
  await fixture.leave();
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
    // A transaction that a killed process had open holds its rows for a minute; then MongoDB ends it.
    const patience = 75_000;
    const own = await receiver((response) => void setTimeout(() => response.writeHead(204).end(), 5));
    await addWebhook(fixture, own.url);
    const obligations = Array.from({ length: 20 }, (_, number) => `obl-killed-${number}`);
    const told: string[] = [];
    const telling = (async () => {
      for (const step of ['due', 'approved', 'released', 'instructed', 'settled'] as const) {
        for (const one of obligations) told.push(...(await say(fixture, one, [step])));
      }
    })();
    for (const enough of [10, 50]) {
      child = await startChild();
      await until(`${enough} were sent`, () => own.received.length >= enough, patience);
      await kill(child);
    }
    await telling;
    child = await startChild();
    await until('all are there', () => new Set(own.ids()).size === told.length, patience);
    expect(new Set(own.ids())).toEqual(new Set(told));
    for (const one of obligations) {
      const first = [...new Set(own.ids().filter((id) => id.startsWith(`obligation/${one}/`)))];
      expect(first).toEqual(told.filter((id) => id.startsWith(`obligation/${one}/`)));
    }
    await own.stop();
  }, 240_000);
});
