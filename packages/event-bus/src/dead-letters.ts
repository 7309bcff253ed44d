import type { Connection, mongo } from 'mongoose';
import kafkajs, { type Message, type Producer } from 'kafkajs';
import type { Logger } from 'pino';
import { defaultLog, kafkaClient, type KafkaAddress } from './kafka.ts';
import { databaseOf } from './outbox.rows.ts';
import { deadLetterTopic } from './topics.ts';

/** Why a message could not be applied. */
export type DeadLetterReason = 'not-json' | 'invalid-event' | 'handler-failed';

/** A message that one consumer group gave up on, as kept in its database. */
export interface DeadLetter {
  _id: string;
  group: string;
  topic: string;
  partition: number;
  offset: string;
  key: string | null;
  value: string | null;
  /** Null when the message has no readable type. */
  type: string | null;
  reason: DeadLetterReason;
  /** Name and code of the last error; its message is only in the log. */
  errorCode: string | null;
  state: 'waiting' | 'replayed' | 'healed';
  failedAt: Date;
  /** How often it ended here. */
  times: number;
}

/** Which dead letters to replay. Everything that is waiting when empty. */
export interface DeadLetterFilter {
  group?: string;
  topic?: string;
  type?: string;
  reason?: DeadLetterReason;
  ids?: readonly string[];
}

/** Header that names the group a replayed message is meant for; other groups pass over it. */
export const REPLAY_HEADER = 'talkoot-replay-for';
/** Header that names the dead letter a message is the replay of. */
export const REPLAY_ID_HEADER = 'talkoot-dead-letter';

export const deadLetters = (connection: Connection) =>
  databaseOf(connection).collection<DeadLetter>('deadletters');

/**
 * Keeps a message that cannot be applied: in the group's database and on the topic's dead-letter
 * topic. Both at least once; the same message always has the same id.
 */
export async function bury(
  connection: Connection,
  producer: Producer,
  letter: Omit<DeadLetter, 'state' | 'failedAt' | 'times'>,
): Promise<void> {
  const { _id, ...fields } = letter;
  await deadLetters(connection).updateOne(
    { _id },
    { $set: { ...fields, state: 'waiting', failedAt: new Date() }, $inc: { times: 1 } },
    { upsert: true },
  );
  const headers = {
    'talkoot-group': letter.group,
    'talkoot-reason': letter.reason,
    'talkoot-from': `${letter.topic}/${letter.partition}/${letter.offset}`,
  };
  await producer.send({
    topic: deadLetterTopic(letter.topic),
    acks: -1,
    messages: [{ key: letter.key, value: letter.value, headers }],
  });
}

/** Dead letters that the filter names, oldest first; at most `limit`. */
export async function listDeadLetters(
  connection: Connection,
  filter: DeadLetterFilter = {},
  limit = 100,
): Promise<DeadLetter[]> {
  await connection.asPromise();
  return deadLetters(connection).find(queryOf(filter)).sort({ failedAt: 1, _id: 1 }).limit(limit).toArray();
}

/**
 * Sends dead letters to their topic again, marked for the group that failed. Its running consumer
 * applies them like any message: once, or back to the dead letters.
 *
 * @param options.connection the database of the service whose dead letters these are
 * @returns how many were sent
 */
export async function replayDeadLetters(
  options: { connection: Connection; brokers: readonly string[]; filter?: DeadLetterFilter } & {
    clientId?: string;
    log?: Logger;
  },
): Promise<{ replayed: number }> {
  await options.connection.asPromise();
  const address = { brokers: options.brokers, clientId: options.clientId ?? 'talkoot-replay' };
  const producer = deadLetterProducer(address, options.log ?? defaultLog());
  await producer.connect();
  let replayed = 0;
  try {
    const waiting = deadLetters(options.connection).find(queryOf(options.filter ?? {}));
    for await (const letter of waiting.sort({ failedAt: 1, _id: 1 })) {
      const { _id } = letter;
      // Marked before it is sent: its consumer may heal it at once. A crash here leaves it 'replayed',
      // and a replay by id sends it again.
      await deadLetters(options.connection).updateOne({ _id }, { $set: { state: 'replayed' } });
      await producer.send({ topic: letter.topic, acks: -1, messages: [asReplay(letter)] });
      replayed += 1;
    }
  } finally {
    await producer.disconnect();
  }
  return { replayed };
}

function queryOf(filter: DeadLetterFilter): mongo.Filter<DeadLetter> {
  const { ids, ...fields } = filter;
  return ids
    ? { ...fields, _id: { $in: [...ids] }, state: { $ne: 'healed' } }
    : { ...fields, state: 'waiting' };
}

function asReplay({ _id, group, key, value }: DeadLetter): Message {
  const headers = { [REPLAY_HEADER]: group, [REPLAY_ID_HEADER]: _id };
  return { key, value, headers };
}

/** A producer for single messages. */
export function deadLetterProducer(address: KafkaAddress, log: Logger): Producer {
  return kafkaClient(address, log).producer({
    allowAutoTopicCreation: false,
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
  });
}
