/**
 * Takes in payouts from Kafka.
 *
 *   KAFKA_BROKERS=127.0.0.1:9092 BOOKS=books.db node kafka-consumer.ts
 *
 * Kafka remembers how far the group has read, and is told so only after an event was booked. Kill this program whenever you
 * like: what was read but not booked is read again, and what was booked twice is known by its id.
 */
// kafkajs 2.2.4 wakes Node 24 a thousand times a second without this mend: copy packages/event-bus/src/kafka.guard.ts.
import '@talkoot/event-bus/kafka-guard';
import { Kafka, logLevel } from 'kafkajs';
import { openBooks } from './books.ts';
import type { PayoutEvent } from './books.ts';

const { KAFKA_BROKERS = '127.0.0.1:9092', BOOKS = 'books.db', GROUP = 'finance-example' } = process.env;

const books = openBooks(BOOKS);
const kafka = new Kafka({ clientId: GROUP, brokers: KAFKA_BROKERS.split(','), logLevel: logLevel.ERROR });
// Ten seconds after it was killed, its partitions go to the next one.
const consumer = kafka.consumer({ groupId: GROUP, sessionTimeout: 10_000 });

await consumer.connect();
// A new group begins with the first event that there ever was: payouts are kept for ever.
await consumer.subscribe({ topic: 'talkoot.payouts', fromBeginning: true });
await consumer.run({
  async eachMessage({ partition, message }) {
    const event = eventFrom(message.value);
    if (event === null) {
      console.error(`Passed over ${partition}/${message.offset}: no event.`);
      return;
    }
    // Source and id together are unique, for ever.
    const taken = books.take(`${event.source} ${event.id}`, event);
    console.log(`${event.type} ${event.data.obligationId}: ${taken}`);
  },
});

async function stop(): Promise<void> {
  await consumer.disconnect();
  books.close();
}
process.once('SIGTERM', () => void stop());
process.once('SIGINT', () => void stop());

/** A message that is no event must not stop all that come after it. */
function eventFrom(value: Buffer | null): PayoutEvent | null {
  try {
    const event = JSON.parse(value!.toString('utf8')) as Partial<PayoutEvent>;
    return event.source && event.id && event.type && event.data ? (event as PayoutEvent) : null;
  } catch {
    return null;
  }
}
