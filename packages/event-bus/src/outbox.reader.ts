import type { EventEnvelope } from '@talkoot/event-contracts';
import type { Connection } from 'mongoose';
import { outboxRows, rowOrder, type EventRow } from './outbox.rows.ts';

/** A page of events as they were appended. */
export interface OutboxPage {
  events: EventEnvelope[];
  /** Pass as `afterId` for the next page; null at the end. */
  lastId: string | null;
}

/**
 * Reads a service's events from its outbox: in order within each aggregate, and by the time they were
 * appended across aggregates. Events that commit while the last pages are being read may fall behind
 * the cursor; they reach a projection through its consumer, whose inbox applies each event once.
 *
 * @param options.since only what was appended then or later
 * @param options.limit events per page, 1 to 5,000, default 500
 */
export async function readOutbox(
  connection: Connection,
  options: { afterId?: string | undefined; since?: Date | undefined; limit?: number | undefined } = {},
): Promise<OutboxPage> {
  const limit = Math.min(Math.max(options.limit ?? 500, 1), 5_000);
  const after = options.afterId ? await outboxRows(connection).findOne({ _id: options.afterId }) : null;
  const beyond = after
    ? {
        $or: [
          { at: { $gt: after.at } },
          { at: after.at, lane: { $gt: after.lane } },
          { at: after.at, lane: after.lane, laneSeq: { $gt: after.laneSeq } },
        ],
      }
    : options.since
      ? { at: { $gte: options.since } }
      : {};
  const rows = (await outboxRows(connection)
    .find({ channel: 'event', ...beyond })
    .sort(rowOrder)
    .limit(limit)
    .toArray()) as EventRow[];
  return {
    events: rows.map((row) => row.envelope),
    lastId: rows.length === limit ? (rows.at(-1)?.envelope.id ?? null) : null,
  };
}

/** One event of a service as it was appended; null when there is none. */
export async function readEvent(connection: Connection, id: string): Promise<EventEnvelope | null> {
  const row = await outboxRows(connection).findOne({ _id: id, channel: 'event' });
  return row === null ? null : (row as EventRow).envelope;
}

/**
 * Makes the relay send again every signal of a workflow, for a workflow engine that lost it. The workflow's own
 * deduplication by fact id makes repeats harmless. Its first start is not sent again: it carries the state of the
 * beginning, and a rebuild has started the workflow from the latest.
 *
 * @returns how many will be sent again
 */
export async function redispatchWorkflow(
  connection: Connection,
  options: { workflowId: string },
): Promise<number> {
  const lane = { channel: 'workflow', lane: `workflow/${options.workflowId}` } as const;
  const done = await outboxRows(connection).updateMany(
    { ...lane, 'command.kind': 'signal', publishedAt: { $ne: null } },
    { $set: { publishedAt: null }, $unset: { droppedReason: '' } },
  );
  return done.modifiedCount;
}

/**
 * Makes the relay publish every event of a service again, for topics that lost them or kept them too short.
 * Consumers know an event by its source and id, so repeats are harmless.
 *
 * @returns how many will be published again
 */
export async function republishEvents(connection: Connection): Promise<number> {
  await connection.asPromise();
  const done = await outboxRows(connection).updateMany(
    { channel: 'event', publishedAt: { $ne: null } },
    { $set: { publishedAt: null } },
  );
  return done.modifiedCount;
}
