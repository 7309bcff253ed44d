import { eventOf, outboxFor, republishEvents, startRelay } from '@talkoot/event-bus';
import type { NewEvent } from '@talkoot/event-bus';
import { payoutDueV1, payoutReturnedV1, payoutSettledV1 } from '@talkoot/event-contracts';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import mongoose from 'mongoose';
import type { Connection } from 'mongoose';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';

const run = randomUUID().slice(0, 8);
const folder = mkdtempSync(join(tmpdir(), 'talkoot-example-'));
const BOOKS = join(folder, 'books.db');
const brokers = inject('kafkaBrokers');
let connection: Connection;
let relay: ReturnType<typeof startRelay>;
let consumer: ChildProcess;

beforeAll(async () => {
  const url = inject('mongodbUrl').replace('/?', `/example_${run}?`);
  connection = await mongoose.createConnection(url).asPromise();
  await outboxFor(connection, { source: '/services/payments' }).prepare();
  const log = pino({ level: 'silent' });
  relay = startRelay({ connection, brokers: brokers.split(','), clientId: 'example', log });
});
afterAll(async () => {
  consumer.kill('SIGKILL');
  await relay.stop();
  await connection.dropDatabase();
  await connection.close();
  rmSync(folder, { recursive: true });
});

const definitions = { due: payoutDueV1, settled: payoutSettledV1, returned: payoutReturnedV1 } as const;
const obligation = (number: number) => `obl-${run}-${number}`;

async function say(number: number, ...steps: (keyof typeof definitions)[]): Promise<void> {
  const obligationId = obligation(number);
  const events = steps.map((step): NewEvent => {
    const event = definitions[step];
    const data = { ...event.example.data, obligationId };
    return eventOf({
      event,
      aggregateId: obligationId,
      municipalityId: 'lintula',
      data,
      occurredAt: new Date(),
    });
  });
  const outbox = outboxFor(connection, { source: '/services/payments' });
  await connection.transaction((session) => outbox.appendEvents(session, events));
  relay.wake();
}

function start(): void {
  const script = fileURLToPath(new URL('kafka-consumer.ts', import.meta.url));
  const env = { ...process.env, KAFKA_BROKERS: brokers, BOOKS, GROUP: `finance-${run}` };
  consumer = spawn(process.execPath, [script], { env, stdio: 'ignore' });
}

async function kill(): Promise<void> {
  const gone = once(consumer, 'exit');
  consumer.kill('SIGKILL');
  await gone;
}

/** Bookings of this test: the topic is shared. */
function bookings(): { obligation: string; amount: number; account: string }[] {
  const database = new DatabaseSync(BOOKS, { readOnly: true });
  try {
    const rows = database
      .prepare('SELECT obligation, amount, account FROM bookings WHERE obligation LIKE ? ORDER BY rowid')
      .all(`obl-${run}-%`);
    return rows as ReturnType<typeof bookings>;
  } finally {
    database.close();
  }
}

async function until(what: string, holds: () => boolean, within = 30_000): Promise<void> {
  const end = performance.now() + within;
  const isSo = () => {
    try {
      return holds();
    } catch {
      // The books are not opened yet.
      return false;
    }
  };
  while (!isSo()) {
    if (performance.now() > end) throw new Error(`never happened: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

it('books each payout once, through duplicates and after it was killed', async () => {
  for (let number = 0; number < 5; number += 1) await say(number, 'due', 'settled');
  start();
  await until('all are booked', () => bookings().length === 5);
  await kill();
  // Everything is published once more, and something new happens meanwhile.
  await republishEvents(connection);
  relay.wake();
  await say(0, 'returned');
  await say(5, 'due', 'settled');
  start();
  await until('the news are booked', () => bookings().length >= 7);
  await republishEvents(connection);
  relay.wake();
  await say(6, 'settled');
  await until('the last is booked', () => bookings().some((one) => one.obligation === obligation(6)));
  const booked = bookings();
  expect(booked.map(({ amount }) => amount).toSorted((a, b) => a - b)).toEqual([
    -12_550,
    ...Array(7).fill(12_550),
  ]);
  expect(new Set(booked.map(({ account }) => account))).toEqual(new Set(['401500']));
  const ofFirst = booked.filter((one) => one.obligation === obligation(0)).map(({ amount }) => amount);
  expect(ofFirst).toEqual([12_550, -12_550]);
});
