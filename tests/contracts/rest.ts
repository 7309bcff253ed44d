import { topics } from '@talkoot/event-contracts';
import type { StackHandle } from '@talkoot/local-stack';
import kafkajs from 'kafkajs';
import type { Admin } from 'kafkajs';
import { expect, vi } from 'vitest';
import { inDatabase, owners, ownersOfEvents } from './databases.ts';

/** Waits until every event and command is delivered, and every consumer has taken in what there is. */
export async function untilAtRest(stack: StackHandle): Promise<void> {
  const admin = new kafkajs.Kafka({
    clientId: 'contract-tests',
    brokers: stack.urls.kafkaBrokers.split(','),
    logLevel: kafkajs.logLevel.NOTHING,
  }).admin();
  await admin.connect();
  try {
    const work = async () => ({
      // First: what seals a book leaves an event in the outbox.
      unsealed: await unsealed(stack),
      undelivered: await undelivered(stack),
      notTakenIn: await notTakenIn(admin),
    });
    const rest = { unsealed: 0, undelivered: 0, notTakenIn: [] };
    await vi.waitFor(async () => expect(await work()).toEqual(rest), {
      timeout: 150_000,
      interval: 200,
    });
  } finally {
    await admin.disconnect();
  }
}

async function undelivered(stack: StackHandle): Promise<number> {
  const counts = ownersOfEvents.map((owner) =>
    inDatabase(stack, owner, (database) =>
      database.collection('outbox').countDocuments({ publishedAt: null }),
    ),
  );
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}

/** Books of the ledger whose newest entry no event has told of: that happens each minute, whether or not anything else does. */
const unsealed = (stack: StackHandle): Promise<number> =>
  inDatabase(stack, 'payments', (database) =>
    database.collection('ledgerbooks').countDocuments({ $expr: { $gt: ['$entries', '$published'] } }),
  );

/** Places of each group that lie before the end of their partition. */
async function notTakenIn(admin: Admin): Promise<string[]> {
  const { groups } = await admin.listGroups();
  const behind: string[] = [];
  for (const { groupId } of groups.filter(({ protocolType }) => protocolType === 'consumer')) {
    for (const { topic, partitions } of await admin.fetchOffsets({ groupId, topics: [...topics] })) {
      const ends = new Map((await admin.fetchTopicOffsets(topic)).map((one) => [one.partition, one.high]));
      // Where nothing was ever taken in, the place is -1.
      const late = partitions.filter(
        ({ partition, offset }) => Number(ends.get(partition) ?? 0) > Math.max(Number(offset), 0),
      );
      behind.push(...late.map(({ partition, offset }) => `${groupId} ${topic}/${partition} at ${offset}`));
    }
  }
  return behind;
}

/** Hashes, at rest, of all collections but those that change while nothing happens. */
export async function fingerprint(stack: StackHandle): Promise<Record<string, string>> {
  await untilAtRest(stack);
  const hashes: Record<string, string> = {};
  for (const owner of owners) {
    const { collections } = await inDatabase(stack, owner, (database) => database.command({ dbHash: 1 }));
    for (const [name, hash] of Object.entries(collections as Record<string, string>)) {
      if (name !== 'relayleases') hashes[`${owner}.${name}`] = hash;
    }
  }
  return hashes;
}
