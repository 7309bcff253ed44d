import { on, startConsumer } from '@talkoot/event-bus';
import { projectCommentPostedV1 } from '@talkoot/event-contracts';
import { connectMongo } from '@talkoot/http-service';
import type { mongo } from 'mongoose';
import { pino } from 'pino';
import { serve } from '../side/serve.ts';
import { numberOf } from './comments.ts';
import { Effects } from './effects.ts';
import type { Some } from './sending.ts';

// A service that hears it: inbox and effect in one transaction. An event has taken effect once that is committed.
const [url = '', brokers = ''] = process.argv.slice(2);
const log = pino({ level: 'warn' }, pino.destination(2));
const connection = await connectMongo(url, { appName: 'listener' });
await connection.createCollection('effects');
const written = connection.collection<{ _id: number }>('effects');
const effects = new Effects();

/** The driver's types leave it out; without it an aborted attempt would pass for an effect. */
type WithOutcome = mongo.ClientSession & { readonly transaction: { readonly isCommitted: boolean } };

function noteOnCommit(session: mongo.ClientSession, index: number): void {
  session.once('ended', () => (session as WithOutcome).transaction.isCommitted && effects.note(index));
}

const consumer = startConsumer({
  connection,
  brokers: brokers.split(','),
  groupId: 'listener',
  topics: ['talkoot.projects'],
  log,
  handlers: on(projectCommentPostedV1, async (event, session) => {
    session.setMaxListeners(0);
    noteOnCommit(session, numberOf(event));
    await written.insertOne({ _id: numberOf(event) }, { session });
  }),
});

serve(
  {
    isRunning: () => consumer.health().state === 'running',
    effects: (some: Some) => effects.of(some),
    /** What stands in the database, and how many events were given up. */
    outcome: async () => ({
      effects: await written.countDocuments(),
      deadLetters: consumer.health().counts.deadLetters,
    }),
  },
  async () => {
    await consumer.stop();
    await connection.close();
  },
);
