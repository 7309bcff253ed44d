import type { Connection } from 'mongoose';
import type { Logger } from 'pino';
import { backOff, type Bell } from './bell.ts';
import { errorCodeOf } from './bus.errors.ts';
import type { Lease } from './lease.ts';
import type { BusMeters } from './meters.ts';
import { outboxRows, rowOrder, type AnyOutboxRow, type Channel } from './outbox.rows.ts';

/** What became of a batch. Rows that are in neither list are still to be delivered. */
export interface Delivery {
  done: string[];
  dropped: { id: string; reason: string }[];
  /** Lanes that failed on their own; the rest of the channel goes on. */
  failed: { lane: string; code: string }[];
}

/** Delivers one channel's rows. Throws when nothing can be delivered at all now. */
export interface Publisher {
  channel: Channel;
  /** The rows are all of this channel, in each lane's order, without gaps. */
  publish(rows: AnyOutboxRow[]): Promise<Delivery>;
  close(): Promise<void>;
}

export interface Pump {
  finished: Promise<void>;
  state(): { errorCode: string | null; blockedLanes: number; lastDeliveryAt: string | null };
}

/** What it takes to deliver what waits in the outbox now. */
export interface DeliveryOptions {
  publisher: Publisher;
  connection: Connection;
  lease: Pick<Lease, 'held'>;
  meters: BusMeters;
  log: Logger;
  batchSize: number;
}

interface PumpOptions extends DeliveryOptions {
  bell: Bell;
  signal: AbortSignal;
  pollInterval: number;
}

/** Lanes that may be left out of a query; more means that the channel as a whole has a problem. */
const MOST_BLOCKED = 500;

/** Moves rows of one channel from the outbox to their publisher, for as long as the lease is held. */
export function startPump(options: PumpOptions): Pump {
  const blocked = new Map<string, { failures: number; until: number }>();
  const state = { errorCode: null as string | null, lastDeliveryAt: null as string | null };
  const loop = async () => {
    let failures = 0;
    while (!options.signal.aborted) {
      try {
        const delivered = options.lease.held() ? await deliverBatch(options, blocked) : 0;
        failures = 0;
        state.errorCode = null;
        if (delivered > 0) state.lastDeliveryAt = new Date().toISOString();
        else await options.bell.wait(untilNext(options.pollInterval, blocked));
      } catch (error) {
        failures += 1;
        state.errorCode = errorCodeOf(error);
        report(options, state.errorCode, failures);
        // The bell is not used: new rows are no reason to try a lost broker sooner.
        await pause(backOff(failures, 100, 5_000), options.signal);
      }
    }
    await options.publisher.close();
  };
  return { finished: loop(), state: () => ({ ...state, blockedLanes: blocked.size }) };
}

function report(options: PumpOptions, code: string, failures: number) {
  const { channel } = options.publisher;
  options.meters.publishFailures.add(1, { channel });
  if (failures === 1) options.log.warn({ channel, code }, 'The relay waits: nothing can be delivered');
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}

function untilNext(pollInterval: number, blocked: Map<string, { until: number }>): number {
  const soonest = Math.min(...[...blocked.values()].map((lane) => lane.until - performance.now()));
  return Math.max(Math.min(pollInterval, soonest), 10);
}

/**
 * Delivers what waits, once: reads, publishes, marks. What is not marked before a crash is delivered again.
 *
 * @returns how many rows are done with
 */
export async function deliverBatch(
  options: DeliveryOptions,
  blocked: Map<string, { failures: number; until: number }>,
): Promise<number> {
  const waiting = [...blocked].filter(([, lane]) => lane.until > performance.now()).map(([id]) => id);
  if (waiting.length > MOST_BLOCKED) throw new Error('too many lanes are held up');
  const rows = await pendingRows(options, waiting);
  if (rows.length === 0 || !options.lease.held()) return 0;
  const delivery = await options.publisher.publish(rows);
  await mark(options, delivery);
  settleLanes(options, blocked, rows, delivery);
  meter(options, rows, delivery);
  return delivery.done.length + delivery.dropped.length;
}

/**
 * A lane's versions commit in order, but a plain scan may miss a row that commits behind its cursor
 * and still see the next one. A snapshot of what the majority holds has no such gap, and nothing
 * that a failover could undo is ever published.
 */
async function pendingRows(options: DeliveryOptions, waiting: string[]): Promise<AnyOutboxRow[]> {
  const session = options.connection.getClient().startSession({ snapshot: true });
  try {
    return await outboxRows(options.connection)
      .find(
        {
          channel: options.publisher.channel,
          publishedAt: null,
          ...(waiting.length > 0 && { lane: { $nin: waiting } }),
        },
        { session },
      )
      .sort(rowOrder)
      .limit(options.batchSize)
      .toArray();
  } finally {
    await session.endSession();
  }
}

async function mark(options: DeliveryOptions, delivery: Delivery): Promise<void> {
  const rows = outboxRows(options.connection);
  const publishedAt = new Date();
  if (delivery.done.length > 0) {
    await rows.updateMany({ _id: { $in: delivery.done } }, { $set: { publishedAt } });
  }
  for (const { id, reason } of delivery.dropped) {
    await rows.updateOne({ _id: id }, { $set: { publishedAt, droppedReason: reason } });
    options.log.warn({ row: id, reason }, 'A workflow command can never be delivered');
  }
}

function settleLanes(
  options: DeliveryOptions,
  blocked: Map<string, { failures: number; until: number }>,
  rows: AnyOutboxRow[],
  delivery: Delivery,
): void {
  const failed = new Map(delivery.failed.map((lane) => [lane.lane, lane.code]));
  for (const { lane } of rows) if (!failed.has(lane)) blocked.delete(lane);
  for (const [lane, code] of failed) {
    const failures = (blocked.get(lane)?.failures ?? 0) + 1;
    blocked.set(lane, { failures, until: performance.now() + backOff(failures, 250, 10_000) });
    options.meters.publishFailures.add(1, { channel: options.publisher.channel });
    if (failures === 1 || failures % 20 === 0)
      options.log.warn({ lane, code, failures }, 'A lane is held up');
  }
}

function meter(options: DeliveryOptions, rows: AnyOutboxRow[], delivery: Delivery): void {
  const { channel } = options.publisher;
  options.meters.published.add(delivery.done.length, { channel });
  options.meters.dropped.add(delivery.dropped.length, { channel });
  const now = Date.now();
  for (const row of rows) options.meters.outboxDelay.record((now - row.at.getTime()) / 1_000, { channel });
}
