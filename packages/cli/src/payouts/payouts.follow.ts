// kafkajs 2.2.4 wakes the process a thousand times a second without this mend.
import '@talkoot/event-bus/kafka-guard';
import { Kafka, logLevel, type Consumer, type EachMessagePayload } from 'kafkajs';
import { payoutReader, type PayoutEvent } from './payout.event.ts';
import type { Journal } from './payout.journal.ts';

export const PAYOUTS_TOPIC = 'talkoot.payouts';

export interface FollowOptions {
  readonly brokers: readonly string[];
  /** Offsets are kept under this name: a group that was here before goes on where it stopped. */
  readonly group: string;
  /** Where a new group begins. */
  readonly fromBeginning: boolean;
  /** Ends when nothing came for so long. */
  readonly untilIdleMs?: number;
  readonly journal: Journal;
  readonly signal: AbortSignal;
  /** Called once for each payout event, before its offset moves. */
  readonly onEvent: (event: PayoutEvent) => void;
  readonly onTrouble: (text: string) => void;
}

export interface Followed {
  readonly events: number;
  readonly duplicates: number;
  readonly invalid: number;
}

/** Kafka could not be reached at the start, or refuses this consumer. */
export class PayoutsUnreachable extends Error {
  override readonly name = 'PayoutsUnreachable';
  readonly code = 'payouts-unreachable';
}

/**
 * Follows the payout events as a finance system does, with nothing but the topic and the committed schemas: checks each
 * message, takes each event in once, and moves the offset after that. Losing Kafka on the way is waited out.
 */
export async function followPayouts(options: FollowOptions): Promise<Followed> {
  const counts = { events: 0, duplicates: 0, invalid: 0 };
  const ended = Promise.withResolvers<void>();
  const idle = idleClock(options.untilIdleMs, ended.resolve);
  const consumer = consumerOf(options);
  const read = payoutReader();
  consumer.on(consumer.events.GROUP_JOIN, () => idle.touch());
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    idle.pause();
    if (payload.restart) options.onTrouble('Kafka does not answer; it is waited for.');
    else ended.reject(unreachable(options, payload.error));
  });
  const stop = () => ended.resolve();
  options.signal.addEventListener('abort', stop, { once: true });
  try {
    await begin(consumer, options, (payload) => {
      idle.touch();
      take(read, payload, options, counts);
    });
    if (options.signal.aborted) stop();
    await ended.promise;
  } finally {
    options.signal.removeEventListener('abort', stop);
    idle.pause();
    await consumer.disconnect();
    options.journal.close();
  }
  return counts;
}

function take(
  read: ReturnType<typeof payoutReader>,
  { partition, message }: EachMessagePayload,
  { journal, onEvent, onTrouble }: FollowOptions,
  counts: { events: number; duplicates: number; invalid: number },
): void {
  const found = read(message.value);
  if (found.kind === 'other') return;
  if (found.kind === 'invalid') {
    counts.invalid += 1;
    return onTrouble(`Passed over ${PAYOUTS_TOPIC}/${partition}/${message.offset}: ${found.why}.`);
  }
  if (journal.has(found.event)) {
    counts.duplicates += 1;
    return;
  }
  journal.add(found.event);
  onEvent(found.event);
  counts.events += 1;
}

async function begin(
  consumer: Consumer,
  options: FollowOptions,
  eachMessage: (payload: EachMessagePayload) => void,
): Promise<void> {
  try {
    await consumer.connect();
    await consumer.subscribe({ topic: PAYOUTS_TOPIC, fromBeginning: options.fromBeginning });
    await consumer.run({ eachMessage: async (payload) => eachMessage(payload), autoCommitThreshold: 50 });
  } catch (error) {
    throw unreachable(options, error);
  }
}

const unreachable = ({ brokers }: FollowOptions, cause: unknown) =>
  new PayoutsUnreachable(
    `payouts-unreachable: ${PAYOUTS_TOPIC} cannot be read at ${brokers.join(', ')}: ${(cause as Error).message}`,
    { cause },
  );

function consumerOf({ brokers, group, signal }: FollowOptions): Consumer {
  const kafka = new Kafka({
    brokers: [...brokers],
    clientId: group,
    connectionTimeout: 3_000,
    retry: { retries: 5, initialRetryTime: 100, maxRetryTime: 2_000 },
    logLevel: logLevel.NOTHING,
  });
  return kafka.consumer({
    groupId: group,
    allowAutoTopicCreation: false,
    sessionTimeout: 10_000,
    heartbeatInterval: 2_500,
    maxWaitTimeInMs: 250,
    retry: { retries: 5, restartOnFailure: async () => !signal.aborted },
  });
}

/** Calls `over` once nothing happened for `ms`; never without `ms`, and not while it is paused. */
function idleClock(ms: number | undefined, over: () => void) {
  let timer: NodeJS.Timeout | undefined;
  const pause = () => clearTimeout(timer);
  return {
    pause,
    touch() {
      pause();
      if (ms !== undefined) timer = setTimeout(over, ms);
    },
  };
}
