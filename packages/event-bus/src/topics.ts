import { topics, type Topic } from '@talkoot/event-contracts';
import type { Admin, ITopicConfig } from 'kafkajs';
import type { Logger } from 'pino';
import { BusError } from './bus.errors.ts';
import { defaultLog, kafkaClient } from './kafka.ts';

const PARTITIONS = 12;
const FOR_EVER = '-1';
const THIRTY_DAYS = String(30 * 24 * 3_600_000);

/** Where messages of a topic go that no attempt could apply. */
export const deadLetterTopic = (topic: string): string => `${topic}.dead-letters`;

/**
 * Creates the four topics (12 partitions; payouts kept for ever, others 30 days) and their dead-letter
 * topics (one partition, for ever). Safe to repeat and to run from several processes.
 *
 * @throws BusError `topic-misshaped` when a topic exists with other than 12 partitions: keys would move.
 */
export async function ensureTopics(
  brokers: readonly string[],
  options: { clientId?: string; replicationFactor?: number; log?: Logger } = {},
): Promise<void> {
  const clientId = options.clientId ?? 'talkoot-topics';
  const admin = kafkaClient({ brokers, clientId }, options.log ?? defaultLog()).admin();
  await admin.connect();
  try {
    await admin.createTopics({
      waitForLeaders: true,
      topics: topics.flatMap((topic) => topicPair(topic, options.replicationFactor ?? 1)),
    });
    await refuseMisshaped(admin);
  } finally {
    await admin.disconnect();
  }
}

function topicPair(topic: Topic, replicationFactor: number): ITopicConfig[] {
  const retention = topic === 'talkoot.payouts' ? FOR_EVER : THIRTY_DAYS;
  const config = (value: string) => [{ name: 'retention.ms', value }];
  return [
    { topic, numPartitions: PARTITIONS, replicationFactor, configEntries: config(retention) },
    {
      topic: deadLetterTopic(topic),
      numPartitions: 1,
      replicationFactor,
      configEntries: config(FOR_EVER),
    },
  ];
}

async function refuseMisshaped(admin: Admin): Promise<void> {
  const found = await admin.fetchTopicMetadata({ topics: [...topics] });
  for (const { name, partitions } of found.topics) {
    if (partitions.length !== PARTITIONS) {
      throw new BusError('topic-misshaped', `${name} has ${partitions.length} partitions, not ${PARTITIONS}`);
    }
  }
}
