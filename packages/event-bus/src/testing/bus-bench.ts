import { randomUUID } from 'node:crypto';
import { projectCommentPostedV1, type EventEnvelope } from '@talkoot/event-contracts';
import mongoose, { type Connection } from 'mongoose';
import { pino } from 'pino';
import { kafkaClient } from '../kafka.ts';
import { outboxFor, type NewEvent } from '../outbox.ts';

/** Says nothing: tests look at behaviour. */
export const silent = pino({ level: 'silent' });

/** A connection to a database of its own, dropped and closed by `close`. */
export async function openDatabase(mongodbUrl: string) {
  const url = mongodbUrl.replace('/?', `/test_${randomUUID().replaceAll('-', '')}?`);
  const connection = await mongoose.createConnection(url).asPromise();
  const close = async () => {
    await connection.dropDatabase();
    await connection.close();
  };
  return { url, connection, close };
}

/** Waits for a condition; fails when it does not come true. */
export async function until(what: string, holds: () => unknown, within = 40_000): Promise<void> {
  const end = performance.now() + within;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`never happened: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** An id that no other test uses. */
export const freshId = (subject: string): string => `${subject}-${randomUUID()}`;

/** A small event about a project. */
export const commentOn = (aggregateId: string, commentId: string): NewEvent => ({
  event: projectCommentPostedV1,
  aggregateId,
  municipalityId: 'municipality-1',
  data: { commentId },
  occurredAt: new Date(),
});

/** Appends each event in a transaction of its own. */
export async function appendAll(connection: Connection, events: readonly NewEvent[]): Promise<void> {
  const outbox = outboxFor(connection, { source: '/services/projects' });
  for (const event of events) {
    await connection.withSession((session) =>
      session.withTransaction(() => outbox.appendEvents(session, [event])),
    );
  }
}

/** Reads a topic from its beginning and keeps what is about one subject. */
export async function listenTo(brokers: string[], topic: string, subject: string) {
  const consumer = kafkaClient({ brokers, clientId: 'test' }, silent).consumer({
    groupId: freshId('listener'),
  });
  const heard: { event: EventEnvelope; headers: Record<string, unknown> }[] = [];
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ message }) => {
      if (message.key?.toString() !== subject) return;
      heard.push({
        event: JSON.parse(String(message.value)) as EventEnvelope,
        headers: message.headers ?? {},
      });
    },
  });
  return { heard, stop: () => consumer.disconnect() };
}
