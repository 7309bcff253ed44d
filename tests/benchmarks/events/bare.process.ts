import kafkajs from 'kafkajs';
import { serve } from '../side/serve.ts';
import { now } from './clock.ts';
import { commentMessage, numberOf } from './comments.ts';
import { Effects } from './effects.ts';
import { atOnce, atPace, numbersOf, type Some } from './sending.ts';

// kafkajs as it comes: a message is sent, and handed over. No outbox, no inbox, no database.
const [role = '', brokers = ''] = process.argv.slice(2);
const topic = 'bare';
const kafka = new kafkajs.Kafka({
  brokers: brokers.split(','),
  clientId: 'bare',
  logLevel: kafkajs.logLevel.NOTHING,
});
if (role === 'producer') await produce();
else await consume();

async function produce(): Promise<void> {
  const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
  await producer.connect();
  /** Answers when the message was handed to the producer. */
  const send = async (index: number) => {
    const begun = now();
    await producer.send({ topic, messages: [commentMessage(index)] });
    return begun;
  };
  const together = async (some: Some) => {
    const begun = now();
    await producer.sendBatch({ topicMessages: [{ topic, messages: numbersOf(some).map(commentMessage) }] });
    return begun;
  };
  serve(
    {
      atPace: (some: Some, everyMs: number) => atPace(some, everyMs, send),
      atOnce: (some: Some, many: number) => atOnce(some, many, send),
      together,
    },
    () => producer.disconnect(),
  );
}

async function consume(): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: 12 }] });
  await admin.disconnect();
  const effects = new Effects();
  const consumer = kafka.consumer({ groupId: 'bare' });
  let isRunning = false;
  consumer.on(consumer.events.GROUP_JOIN, () => (isRunning = true));
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ message }) => effects.note(numberOf(JSON.parse(String(message.value)) as never)),
  });
  serve({ isRunning: () => isRunning, effects: (some: Some) => effects.of(some) }, () =>
    consumer.disconnect(),
  );
}
