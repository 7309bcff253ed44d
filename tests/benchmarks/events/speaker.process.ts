import { outboxFor, startRelay } from '@talkoot/event-bus';
import { connectMongo } from '@talkoot/http-service';
import { pino } from 'pino';
import { serve } from '../side/serve.ts';
import { now } from './clock.ts';
import { commentEvent } from './comments.ts';
import { atOnce, atPace, numbersOf, type Some } from './sending.ts';

// A service that says something: transactions with an outbox, and the relay beside them.
const [url = '', brokers = ''] = process.argv.slice(2);
const log = pino({ level: 'warn' }, pino.destination(2));
const connection = await connectMongo(url, { appName: 'speaker' });
const outbox = outboxFor(connection, { source: '/services/projects' });
await outbox.prepare();
await connection.createCollection('comments');
const comments = connection.collection<{ _id: number }>('comments');
const relay = startRelay({ connection, brokers: brokers.split(','), clientId: 'speaker', log });

/** A state change and its events, in one transaction; answers when it was committed. */
async function commit(numbers: readonly number[]): Promise<number> {
  await connection.transaction(async (session) => {
    await comments.insertMany(
      numbers.map((_id) => ({ _id })),
      { session },
    );
    await outbox.appendEvents(session, numbers.map(commentEvent));
  });
  relay.wake();
  return now();
}

serve(
  {
    atPace: (some: Some, everyMs: number) => atPace(some, everyMs, (index) => commit([index])),
    atOnce: (some: Some, many: number) => atOnce(some, many, (index) => commit([index])),
    together: (some: Some) => commit(numbersOf(some)),
  },
  async () => {
    await relay.stop();
    await connection.close();
  },
);
