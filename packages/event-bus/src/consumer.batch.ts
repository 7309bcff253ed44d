import type { EventEnvelope } from '@talkoot/event-contracts';
import type { EachBatchPayload, KafkaMessage } from 'kafkajs';
import type { ClientSession } from 'mongoose';
import { backOff } from './bell.ts';
import { errorCodeOf } from './bus.errors.ts';
import type { ConsumerRun } from './consumer.run.ts';
import { bury, deadLetters, REPLAY_HEADER, REPLAY_ID_HEADER, type DeadLetterReason } from './dead-letters.ts';
import { applyTogether, inboxId, isOutage, readMessage, type Application, type Outcome } from './inbox.ts';
import { continueTrace } from './trace.ts';

interface Taken {
  topic: string;
  partition: number;
  message: KafkaMessage;
}
type Poison = { reason: DeadLetterReason; type: string | null; errorCode: string | null };

/** The longest pause between two heartbeats. */
const LONGEST_PAUSE = 1_000;

/** Messages that are tried in one transaction; most time goes into commits. */
const TOGETHER = 50;

/** Takes the messages of a partition one after the other; an offset moves once its message is settled. */
export async function consumeBatch(run: ConsumerRun, payload: EachBatchPayload): Promise<void> {
  const { topic, partition, messages } = payload.batch;
  const ended = () => !payload.isRunning() || payload.isStale() || run.stopping.signal.aborted;
  for (let first = 0; first < messages.length && !ended(); first += TOGETHER) {
    const group = messages.slice(first, first + TOGETHER).map((message) => ({ topic, partition, message }));
    const together = await settledTogether(run, group);
    for (const taken of group) {
      if (!together && ended()) return;
      if (!together) await settle(run, taken, () => payload.heartbeat());
      payload.resolveOffset(taken.message.offset);
    }
    await payload.heartbeat();
    await payload.commitOffsetsIfNecessary();
  }
}

/** Whether all could be applied in one transaction. If not, none was, and each is settled on its own. */
async function settledTogether(run: ConsumerRun, group: readonly Taken[]): Promise<boolean> {
  const reads = group.map((taken) => readFor(run, taken));
  if (reads.some((read) => read.kind === 'poison')) return false;
  const applications = reads.filter((read) => read.kind === 'event');
  if (applications.length === 0) return true;
  if (applications.length === 1) return false;
  const traced = applications.map((read) => ({
    ...read,
    handler: (event: EventEnvelope, session: ClientSession) =>
      traceOf(event, () => read.handler(event, session)),
  }));
  try {
    const outcomes = await applyTogether(run.options.connection, run.options.groupId, traced);
    outcomes.forEach((outcome, index) => count(run, traced[index]!.event, outcome));
    return true;
  } catch (error) {
    run.log.debug({ code: errorCodeOf(error), events: traced.length }, 'Events are applied one by one');
    return false;
  }
}

/** Reads a message; a replay for another group is none of ours. */
function readFor(run: ConsumerRun, { message }: Taken) {
  const replayFor = headerOf(message, REPLAY_HEADER);
  if (replayFor !== null && replayFor !== run.options.groupId) return { kind: 'ignored' as const };
  const read = readMessage(message.value?.toString() ?? null, run.options.handlers);
  return read.kind === 'event' ? { ...read, alongside: healing(run, message) } : read;
}

async function settle(run: ConsumerRun, taken: Taken, heartbeat: () => Promise<void>): Promise<void> {
  const read = readFor(run, taken);
  if (read.kind === 'ignored') return;
  if (read.kind === 'poison') {
    await buryAs(run, taken, null, { reason: read.reason, type: read.type, errorCode: null });
    return;
  }
  await traceOf(read.event, () => applyOrBury(run, taken, read, heartbeat));
  await heartbeat();
}

const traceOf = (event: EventEnvelope, work: () => Promise<void>) =>
  continueTrace(
    event.traceparent,
    { name: `process ${event.type}`, kind: 'CONSUMER', attributes: { 'messaging.system': 'kafka' } },
    work,
  );

async function applyOrBury(
  run: ConsumerRun,
  taken: Taken,
  read: Application,
  heartbeat: () => Promise<void>,
): Promise<void> {
  const { connection, groupId, attempts = 5, firstBackOff = 100 } = run.options;
  for (let failures = 0, refusals = 0; ;) {
    try {
      const [outcome = 'duplicate'] = await applyTogether(connection, groupId, [read]);
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

function healing(run: ConsumerRun, message: KafkaMessage) {
  const letter = headerOf(message, REPLAY_ID_HEADER);
  if (letter === null) return undefined;
  return async (session: ClientSession) => {
    await deadLetters(run.options.connection).updateOne(
      { _id: letter },
      { $set: { state: 'healed' } },
      { session },
    );
  };
}

function count(run: ConsumerRun, event: EventEnvelope, outcome: Outcome): void {
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
  const id = event ? inboxId(groupId, event) : (headerOf(message, REPLAY_ID_HEADER) ?? `${groupId} ${place}`);
  if (!run.producer) throw new Error('the consumer is stopping');
  await bury(connection, run.producer, {
    _id: id,
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
