import { createLog } from '@talkoot/http-service';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { key, municipalityId, paymentsFixture } from '../payments.fixture.ts';
import type { PaymentsFixture } from '../payments.fixture.ts';
import { startWebhooks } from './webhook.sender.ts';
import type { WebhookSender } from './webhook.sender.ts';
import { newSecret, signedHeaders } from './webhook.signature.ts';
import { addWebhook, quickPolicy, say, until } from './webhook.fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'talkoot-example-'));
const BOOKS = join(folder, 'books.db');
let [url, secret, endpointId] = ['', '', ''];
let fixture: PaymentsFixture;
let sender: WebhookSender;
let example: ChildProcess;

beforeAll(async () => {
  const schedule = Array.from({ length: 60 }, () => 100);
  fixture = await paymentsFixture(inject('mongodbUrl'), { policy: { ...quickPolicy, schedule } });
  url = `http://127.0.0.1:${await freePort()}/payouts`;
  const added = await addWebhook(fixture, url);
  secret = added.secret!;
  endpointId = added.endpoint.endpointId;
  await start();
  sender = startWebhooks({ ...fixture.payments.webhooks, log: createLog('payments', 'silent') });
});
afterAll(async () => {
  await sender.stop();
  example.kill('SIGKILL');
  await fixture.stop();
  rmSync(folder, { recursive: true });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** The sample receiver of deploy/examples, as a finance system's programmer would run it. */
async function start(): Promise<void> {
  const script = fileURLToPath(new URL('../../../../deploy/examples/webhook-receiver.ts', import.meta.url));
  const env = { ...process.env, WEBHOOK_SECRET: secret, PORT: new URL(url).port, BOOKS };
  example = spawn(process.execPath, [script], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  await once(example.stdout!, 'data');
}

async function kill(): Promise<void> {
  const gone = once(example, 'exit');
  example.kill('SIGKILL');
  await gone;
}

function booked(): Record<string, number> {
  const database = new DatabaseSync(BOOKS, { readOnly: true });
  const rows = database
    .prepare('SELECT obligation, SUM(amount) AS sum FROM bookings GROUP BY obligation')
    .all();
  database.close();
  return Object.fromEntries(rows.map((row) => [row['obligation'] as string, row['sum'] as number]));
}

const delivered = async () => {
  const params = { municipalityId, endpointId };
  const { items } = await fixture.clerk.listWebhookDeliveries({ params, query: { limit: 200 } });
  return items.filter((one) => one.state === 'delivered').length;
};

describe('the sample receiver of webhooks', () => {
  it('books each payout once, while it is killed and everything is sent again', async () => {
    const expected: Record<string, number> = {};
    for (let number = 0; number < 8; number += 1) {
      const obligationId = `obl-sample-${number}`;
      expected[obligationId] = 12_550;
      await say(fixture, obligationId, ['due', 'approved', 'settled']);
      if (number === 3) await kill();
    }
    await start();
    await until('all are delivered', async () => (await delivered()) === 24);
    expect(booked()).toEqual(expected);
    const since = new Date(0).toISOString();
    const params = { municipalityId, endpointId };
    await fixture.clerk.replayWebhook({ params, body: { since }, idempotencyKey: key() });
    await until('the replay is over', async () => {
      const { items } = await fixture.clerk.listWebhooks({ params: { municipalityId } });
      return !items[0]!.replayRunning && items[0]!.waiting === 0;
    });
    expect(booked()).toEqual(expected);
  });

  it('refuses what is forged, altered, or recorded and sent again later, and books nothing of it', async () => {
    const before = booked();
    const at = new Date();
    const body = JSON.stringify({
      id: 'obligation/obl-forged/1',
      source: '/services/payments',
      type: 'org.talkoot.payout.settled.v1',
      time: at.toISOString(),
      data: { obligationId: 'obl-forged', amount: { amount: 1, currency: 'EUR' } },
    });
    const message = { webhookId: 'msg_forged', body, at };
    const post = async (headers: Record<string, string>, sent = body) =>
      (await fetch(url, { method: 'POST', headers, body: sent })).status;
    expect(await post({ 'content-type': 'application/json' })).toBe(401);
    expect(await post(signedHeaders(message, [newSecret()]))).toBe(401);
    expect(await post(signedHeaders(message, [secret]), body.replace('"amount":1', '"amount":9'))).toBe(401);
    expect(await post({ ...signedHeaders(message, [secret]), 'webhook-id': 'msg_other' })).toBe(401);
    for (const minutes of [-6, 6]) {
      const other = { ...message, at: new Date(at.getTime() + minutes * 60_000) };
      expect(await post(signedHeaders(other, [secret]))).toBe(401);
    }
    expect(await post(signedHeaders(message, [secret]), 'x'.repeat(300_000))).toBe(413);
    expect(booked()).toEqual(before);
  });
});
