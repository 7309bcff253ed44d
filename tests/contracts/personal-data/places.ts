import { deadLetterTopic } from '@talkoot/event-bus';
import { topics } from '@talkoot/event-contracts';
import type { StackHandle } from '@talkoot/local-stack';
import { TASK_QUEUE } from '@talkoot/workflow-contracts';
import { Client, Connection } from '@temporalio/client';
import kafkajs from 'kafkajs';
import type { KafkaMessage } from 'kafkajs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pMap from 'p-map';
import { inDatabase, owners, ownersOfEvents } from '../databases.ts';
import type { RunningSystem } from '../running-system.ts';
import type { Place } from './search.ts';

export interface RawMessage {
  readonly topic: string;
  readonly partition: number;
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Everything that Kafka holds, dead letters too, as the broker has it. */
export async function messagesOf(stack: StackHandle): Promise<RawMessage[]> {
  const kafka = new kafkajs.Kafka({
    clientId: 'contract-tests',
    brokers: stack.urls.kafkaBrokers.split(','),
    logLevel: kafkajs.logLevel.NOTHING,
  });
  const names = topics.flatMap((topic) => [topic, deadLetterTopic(topic)]);
  const admin = kafka.admin();
  await admin.connect();
  const awaited = new Map<string, bigint>();
  for (const topic of names) {
    for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
      if (BigInt(high) > BigInt(low)) awaited.set(`${topic}/${partition}`, BigInt(high) - 1n);
    }
  }
  const messages: RawMessage[] = [];
  const groupId = `contract-tests-${Date.now()}`;
  const consumer = kafka.consumer({ groupId });
  const all = Promise.withResolvers<void>();
  const late = setTimeout(
    () => all.reject(new Error(`Kafka did not hand out ${[...awaited.keys()].join()}`)),
    60_000,
  );
  await consumer.connect();
  await consumer.subscribe({ topics: names, fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ topic, partition, message }) => {
      messages.push(rawOf(topic, partition, message));
      const place = `${topic}/${partition}`;
      if (BigInt(message.offset) >= (awaited.get(place) ?? 0n)) awaited.delete(place);
      if (awaited.size === 0) all.resolve();
    },
  });
  if (awaited.size === 0) all.resolve();
  try {
    await all.promise;
  } finally {
    clearTimeout(late);
    await consumer.disconnect();
    // A group that stays would look like a consumer that has fallen behind.
    await admin.deleteGroups([groupId]);
    await admin.disconnect();
  }
  return messages;
}

function rawOf(topic: string, partition: number, message: KafkaMessage): RawMessage {
  const headers = Object.entries(message.headers ?? {}).map(([name, value]) => [name, String(value)]);
  return {
    topic,
    partition,
    key: String(message.key),
    value: String(message.value),
    headers: Object.fromEntries(headers) as Record<string, string>,
  };
}

export interface History {
  readonly workflowId: string;
  readonly text: string;
}

/**
 * Everything that Temporal holds of every workflow: each event of each run with its inputs, updates, signals and
 * results, the search attributes, the memo, summaries, and the current details of lifecycles.
 */
export async function historiesOf(stack: StackHandle, query = ''): Promise<History[]> {
  const connection = await Connection.connect({ address: stack.urls.temporalAddress });
  const { workflow } = new Client({ connection });
  const runs: { workflowId: string; runId: string; taskQueue: string }[] = [];
  for await (const run of workflow.list({ query })) runs.push(run);
  const read = async ({ workflowId, runId, taskQueue }: (typeof runs)[number]) => {
    const handle = workflow.getHandle(workflowId, runId);
    const details = taskQueue === TASK_QUEUE ? await handle.query('__temporal_workflow_metadata') : null;
    const all = [await handle.fetchHistory(), (await handle.describe()).raw, details];
    return { workflowId, text: JSON.stringify(all, readable) };
  };
  const histories = await pMap(runs, read, { concurrency: 4 });
  await connection.close();
  return histories;
}

/** Protocol buffers write bytes as base64; what is in a payload has to be read. */
function readable(name: string, value: unknown): unknown {
  return name === 'data' && typeof value === 'string' ? Buffer.from(value, 'base64').toString('utf8') : value;
}

export async function logsOf(stack: StackHandle): Promise<Place[]> {
  const folder = join(stack.data, 'logs');
  return Promise.all(
    (await readdir(folder)).map(async (name) => ({
      name: `log ${name}`,
      text: await readFile(join(folder, name), 'utf8'),
    })),
  );
}

export async function metricsOf({ urls }: StackHandle): Promise<Place[]> {
  const processes = [...owners, 'worker'] as const;
  return Promise.all(
    processes.map(async (name) => ({
      name: `metrics of ${name}`,
      text: await (await fetch(`${urls[name]}/metrics`)).text(),
    })),
  );
}

/** The public files of every poll that was held; bytes are a character each. */
export async function publicationsOf({ play }: Pick<RunningSystem, 'play'>): Promise<Place[]> {
  const places: Place[] = [];
  const { ballots } = play.visitor;
  for (const { pollId } of play.polls) {
    const params = { municipalityId: play.plan.municipality.id, pollId };
    const { files } = await ballots.getPublication({ params });
    for (const { name: file } of files) {
      const bytes = await ballots.getPublicationFile({ params: { ...params, file } });
      places.push({ name: `${pollId}/${file}`, text: Buffer.from(bytes).toString('latin1') });
    }
  }
  return places;
}

export async function outboxesOf(stack: StackHandle): Promise<Place[]> {
  return Promise.all(
    ownersOfEvents.map((owner) =>
      inDatabase(stack, owner, async (database) => ({
        name: `outbox of ${owner}`,
        text: JSON.stringify(await database.collection('outbox').find().toArray()),
      })),
    ),
  );
}
