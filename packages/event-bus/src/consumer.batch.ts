import type { EventEnvelope } from '@talkoot/event-contracts';
import type { EachBatchPayload, KafkaMessage } from 'kafkajs';
import type { ClientSession } from 'mongoose';
import { backOff } from './bell.ts';
import { errorCodeOf } from './bus.errors.ts';
import type { ConsumerRun } from './consumer.ts';
import { bury, deadLetters, REPLAY_HEADER, REPLAY_ID_HEADER, type DeadLetterReason } from './dead-letters.ts';
import { applyOnce, inboxId, isOutage, readMessage, type EventHandler } from './inbox.ts';
import { continueTrace } from './trace.ts';

interface Taken {
  topic: string;
  partition: number;
  message: KafkaMessage;
}
type Poison = { reason: DeadLetterReason; type: string | null; errorCode: string | null };

/** The longest pause between two heartbeats. */
const LONGEST_PAUSE = 1_000;

/** Takes the messages of a partition one after the other; an offset moves once its message is settled. */
export async function consumeBatch(run: ConsumerRun, payload: EachBatchPayload): Promise<void> {
  const { batch } = payload;
  for (const message of batch.messages) {
    if (!payload.isRunning() || payload.isStale() || run.stopping.signal.aborted) return;
    await settle(run, { topic: batch.topic, partition: batch.partition, message }, payload.heartbeat);
    payload.resolveOffset(message.offset);
    await payload.heartbeat();
    await payload.commitOffsetsIfNecessary();
  }
}

async function settle(run: ConsumerRun, taken: Taken, heartbeat: () => Promise<void>): Promise<void> {
  const { groupId, handlers } = run.options;
  const replayFor = headerOf(taken.message, REPLAY_HEADER);
  if (replayFor !== null && replayFor !== groupId) return;
  const read = readMessage(taken.message.value?.toString() ?? null, handlers);
  if (read.kind === 'ignored') return;
  if (read.kind === 'poison') {
    await buryAs(run, taken, null, { reason: read.reason, type: read.type, errorCode: null });
    return;
  }
  const { event } = read;
  const span = {
    name: `process ${event.type}`,
    kind: 'CONSUMER',
    attributes: { 'messaging.system': 'kafka', 'messaging.destination.name': taken.topic },
  } as const;
  await continueTrace(event.traceparent, span, () => applyOrBury(run, taken, read, heartbeat));
}

async function applyOrBury(
  run: ConsumerRun,
  taken: Taken,
  read: { event: EventEnvelope; handler: EventHandler },
  heartbeat: () => Promise<void>,
): Promise<void> {
  const { connection, groupId, attempts = 5, firstBackOff = 100 } = run.options;
  for (let failures = 0, refusals = 0; ;) {
    try {
      const outcome = await applyOnce(connection, groupId, read, healing(run, taken));
      return count(run, read.event, outcome);
    } catch (error) {
      failures += 1;
      if (!isOutage(error)) refusals += 1;
      const context = { groupId, event: read.event.id, code: errorCodeOf(error), failures };
      if (refusals >= attempts) {
        run.log.error({ ...context, err: error }, 'An event becomes a dead letter');
        const { type } = read.event;
        return buryAs(run, taken, read.event, { reason: 'handler-failed', type, errorCode: context.code });
      }
      if (failures === 1) run.log.warn(context, 'An event is tried again');
      run.meters.retries.add(1, { group: groupId });
      // Leaving here makes Kafka deliver the event again after the restart.
      if (run.stopping.signal.aborted) throw error;
      await pause(backOff(failures, firstBackOff, 5_000), heartbeat);
    }
  }
}

async function pause(ms: number, heartbeat: () => Promise<void>): Promise<void> {
  for (let left = ms; left > 0; left -= LONGEST_PAUSE) {
    await new Promise((resolve) => setTimeout(resolve, Math.min(left, LONGEST_PAUSE)));
    await heartbeat();
  }
}

function healing(run: ConsumerRun, taken: Taken) {
  const letter = headerOf(taken.message, REPLAY_ID_HEADER);
  if (letter === null) return undefined;
  return async (session: ClientSession) => {
    await deadLetters(run.options.connection).updateOne(
      { _id: letter },
      { $set: { state: 'healed' } },
      { session },
    );
  };
}

function count(run: ConsumerRun, event: EventEnvelope, outcome: 'applied' | 'duplicate'): void {
  const group = run.options.groupId;
  run.meters.applied.add(1, { group, outcome });
  if (outcome === 'duplicate') {
    run.health.counts.duplicates += 1;
    return;
  }
  run.health.counts.applied += 1;
  run.meters.effectDelay.record((Date.now() - Date.parse(event.time)) / 1_000, { group });
}

async function buryAs(
  run: ConsumerRun,
  taken: Taken,
  event: EventEnvelope | null,
  poison: Poison,
): Promise<void> {
  const { connection, groupId } = run.options;
  const { topic, partition, message } = taken;
  const place = `${topic}/${partition}/${message.offset}`;
  const _id = event
    ? inboxId(groupId, event)
    : (headerOf(message, REPLAY_ID_HEADER) ?? `${groupId} ${place}`);
  if (!run.producer) throw new Error('the consumer is stopping');
  await bury(connection, run.producer, {
    _id,
    ...poison,
    group: groupId,
    topic,
    partition,
    offset: message.offset,
    key: message.key?.toString() ?? null,
    value: message.value?.toString() ?? null,
  });
  run.log.error({ groupId, place, reason: poison.reason }, 'A message became a dead letter');
  run.health.counts.deadLetters += 1;
  run.meters.applied.add(1, { group: groupId, outcome: 'dead-letter' });
}

function headerOf(message: KafkaMessage, name: string): string | null {
  const value = message.headers?.[name];
  return value === undefined ? null : String(value);
}
