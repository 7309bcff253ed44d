import type { AnyEventDefinition, EventData } from '@talkoot/event-contracts';
import type { Consumer } from 'kafkajs';
import { backOff } from './bell.ts';
import { errorCodeOf } from './bus.errors.ts';
import { consumeBatch } from './consumer.batch.ts';
import { newRun, type ConsumerHealth, type ConsumerOptions, type ConsumerRun } from './consumer.run.ts';
import { deadLetterProducer } from './dead-letters.ts';
import { prepareInbox, type EventHandler, type EventHandlers } from './inbox.ts';
import { kafkaClient, type KafkaAddress } from './kafka.ts';
import { ensureTopics } from './topics.ts';

export interface EventConsumer {
  health(): ConsumerHealth;
  /** Finishes the events in hand and leaves the group. */
  stop(): Promise<void>;
}

/**
 * Pairs an event with its handler, typed by the event's contract; spread into `handlers`:
 * `{ ...on(payoutSettledV1, book), ...on(payoutReturnedV1, unbook) }`.
 */
export function on<D extends AnyEventDefinition>(
  event: D,
  handler: EventHandler<EventData<D>>,
): EventHandlers {
  return { [event.type]: handler };
}

/**
 * Consumes events, each with exactly one effect, in the order of each key. Starts in the background
 * and outlives losses of Kafka and MongoDB.
 */
export function startConsumer(options: ConsumerOptions): EventConsumer {
  const run = newRun(options);
  const finished = runUntilStopped(run);
  return {
    health: () => ({ ...run.health, counts: { ...run.health.counts } }),
    async stop() {
      run.stopping.abort();
      run.bell.ring();
      await disconnect(run);
      await finished;
      Object.assign(run.health, { ok: false, state: 'stopped' });
    },
  };
}

async function runUntilStopped(run: ConsumerRun): Promise<void> {
  for (let failures = 0; !run.stopping.signal.aborted;) {
    try {
      await joinGroup(run);
      // From here on kafkajs restarts itself after losses; see `restartOnFailure`.
      return;
    } catch (error) {
      failures += 1;
      run.health.errorCode = errorCodeOf(error);
      if (failures === 1) {
        const { groupId } = run.options;
        run.log.warn({ groupId, code: run.health.errorCode }, 'The consumer waits for its servers');
      }
      await disconnect(run);
      await run.bell.wait(backOff(failures, 100, 5_000));
    }
  }
}

async function joinGroup(run: ConsumerRun): Promise<void> {
  const { options, log } = run;
  const address: KafkaAddress = { brokers: options.brokers, clientId: options.groupId };
  const { replicationFactor } = options;
  await prepareInbox(options.connection);
  await ensureTopics(options.brokers, {
    clientId: options.groupId,
    log,
    ...(replicationFactor && { replicationFactor }),
  });
  run.producer = deadLetterProducer(address, log);
  await run.producer.connect();
  run.consumer = newConsumer(run, address);
  await run.consumer.connect();
  await run.consumer.subscribe({ topics: [...options.topics], fromBeginning: true });
  if (run.stopping.signal.aborted) return;
  await run.consumer.run({
    eachBatchAutoResolve: false,
    partitionsConsumedConcurrently: 4,
    eachBatch: (payload) => consumeBatch(run, payload),
  });
}

function newConsumer(run: ConsumerRun, address: KafkaAddress): Consumer {
  const sessionTimeout = run.options.sessionTimeout ?? 10_000;
  const consumer = kafkaClient(address, run.log).consumer({
    groupId: run.options.groupId,
    allowAutoTopicCreation: false,
    sessionTimeout,
    rebalanceTimeout: Math.max(sessionTimeout, 15_000),
    heartbeatInterval: Math.floor(sessionTimeout / 4),
    maxWaitTimeInMs: 250,
    retry: {
      initialRetryTime: 100,
      retries: 5,
      maxRetryTime: 2_000,
      restartOnFailure: async () => !run.stopping.signal.aborted,
    },
  });
  const tell = (change: Partial<ConsumerHealth>) => Object.assign(run.health, change);
  consumer.on(consumer.events.GROUP_JOIN, () => tell({ ok: true, state: 'running', errorCode: null }));
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    const errorCode = errorCodeOf(payload.error);
    tell({ ok: false, state: 'reconnecting', errorCode });
    run.log.warn({ groupId: run.options.groupId, code: errorCode }, 'The consumer lost its group');
  });
  return consumer;
}

async function disconnect(run: ConsumerRun): Promise<void> {
  const { consumer, producer } = run;
  run.consumer = null;
  run.producer = null;
  await consumer?.disconnect().catch(() => undefined);
  await producer?.disconnect().catch(() => undefined);
}
