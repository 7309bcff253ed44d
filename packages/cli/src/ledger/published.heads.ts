// kafkajs 2.2.4 wakes the process a thousand times a second without this mend.
import '@talkoot/event-bus/kafka-guard';
import type { LedgerHead } from '@talkoot/api-contracts/payments/ledger-chain';
import { fundLedgerSealedV1 } from '@talkoot/event-contracts';
import { Kafka, logLevel } from 'kafkajs';
import { randomUUID } from 'node:crypto';
import { LedgerRefused } from './ledger.errors.ts';

const longestMs = 120_000;

/**
 * Every head of a municipality's books that was published, as Kafka kept it: what stands there nobody changes who can only write
 * to the database.
 * @throws LedgerRefused `heads-unreachable` when the topic cannot be read to its end within two minutes
 */
export async function publishedHeads(
  brokers: readonly string[],
  municipalityId: string,
): Promise<LedgerHead[]> {
  const { topic } = fundLedgerSealedV1;
  const kafka = new Kafka({
    brokers: [...brokers],
    clientId: 'talkoot-ledger-verify',
    connectionTimeout: 3_000,
    retry: { retries: 3, initialRetryTime: 100, maxRetryTime: 2_000 },
    logLevel: logLevel.NOTHING,
  });
  try {
    const ends = await endsOf(kafka, topic);
    return ends.size === 0 ? [] : await headsUntil(kafka, topic, ends, municipalityId);
  } catch (cause) {
    throw new LedgerRefused(
      'heads-unreachable',
      `${topic} at ${brokers.join(', ')}: ${(cause as Error).message}`,
      { cause },
    );
  }
}

/** Of each partition that holds something, the offset of its last message. */
async function endsOf(kafka: Kafka, topic: string): Promise<Map<number, bigint>> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const offsets = await admin.fetchTopicOffsets(topic);
    const filled = offsets.filter(({ high, low }) => BigInt(high) > BigInt(low));
    return new Map(filled.map(({ partition, high }) => [partition, BigInt(high) - 1n]));
  } finally {
    await admin.disconnect();
  }
}

async function headsUntil(
  kafka: Kafka,
  topic: string,
  ends: Map<number, bigint>,
  municipalityId: string,
): Promise<LedgerHead[]> {
  const heads: LedgerHead[] = [];
  const done = Promise.withResolvers<void>();
  const late = setTimeout(() => done.reject(new Error('not read to its end in time')), longestMs);
  const consumer = kafka.consumer({
    groupId: `talkoot-ledger-verify-${randomUUID()}`,
    allowAutoTopicCreation: false,
  });
  // What passes by itself (a broker that still loads its groups) is tried again by the consumer, until it is too late.
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    if (!payload.restart) done.reject(payload.error);
  });
  try {
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachMessage: async ({ partition, message }) => {
        const head = headOf(message.value, municipalityId);
        if (head) heads.push(head);
        const end = ends.get(partition);
        if (end !== undefined && BigInt(message.offset) >= end) ends.delete(partition);
        if (ends.size === 0) done.resolve();
      },
    });
    await done.promise;
    return heads;
  } finally {
    clearTimeout(late);
    await consumer.disconnect();
  }
}

function headOf(value: Buffer | null, municipalityId: string): LedgerHead | null {
  let envelope: { type?: unknown; municipalityid?: unknown; data?: unknown };
  try {
    envelope = Object(JSON.parse(value?.toString('utf8') ?? '')) as typeof envelope;
  } catch {
    return null;
  }
  if (envelope.type !== fundLedgerSealedV1.type || envelope.municipalityid !== municipalityId) return null;
  const { pilotId = null, ...head } = envelope.data as Omit<LedgerHead, 'pilotId'> & { pilotId?: string };
  return { pilotId, ...head };
}
