import { Kafka, logLevel } from 'kafkajs';
import { MongoClient } from 'mongodb';
import { expect, inject, test } from 'vitest';
import { randomDatabaseUrl } from './testing.ts';

test('the shared MongoDB takes transactions', async () => {
  const client = new MongoClient(randomDatabaseUrl(inject('mongodbUrl')));
  try {
    const ideas = client.db().collection('ideas');
    await client.withSession((session) =>
      session.withTransaction(
        async () => void (await ideas.insertOne({ title: 'bicycle racks' }, { session })),
      ),
    );
    expect(await ideas.countDocuments()).toBe(1);
  } finally {
    await client.db().dropDatabase();
    await client.close();
  }
});

test('the shared Kafka takes an idempotent record', async () => {
  const kafka = new Kafka({ brokers: inject('kafkaBrokers').split(','), logLevel: logLevel.NOTHING });
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  const topic = `test-${crypto.randomUUID()}`;
  const [written] = await producer.send({ topic, messages: [{ key: 'k', value: 'v' }] });
  await producer.disconnect();
  expect(written?.errorCode).toBe(0);
});
