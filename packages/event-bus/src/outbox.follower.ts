import type { EventEnvelope } from '@talkoot/event-contracts';
import type { ClientSession, Connection } from 'mongoose';
import { BusError } from './bus.errors.ts';
import { outboxRows, rowOrder, type EventRow } from './outbox.rows.ts';

/** Takes in every event of a service's own outbox once, beside the relay and without Kafka. */
export interface OutboxFollower {
  /** Creates the index; call once at start-up, after the outbox is prepared. */
  prepare(): Promise<void>;
  /** Events that were not taken in yet: each aggregate's in its order, without gaps. */
  pending(limit: number): Promise<EventEnvelope[]>;
  /**
   * Marks events as taken in, inside the transaction of their effect.
   *
   * @throws BusError `follower-overtaken` when another process has taken one of them in: give the transaction up
   */
  taken(session: ClientSession, ids: readonly string[]): Promise<void>;
}

/**
 * @param name what follows, in lower-case letters; each name takes every event in for itself. The mark stands on the
 * row, as the relay's does: a cursor would pass over rows that commit behind it.
 */
export function outboxFollower(connection: Connection, name: string): OutboxFollower {
  const mark = `followed.${name}`;
  return {
    async prepare() {
      await outboxRows(connection).createIndex(rowOrder, {
        name: `followed-${name}`,
        partialFilterExpression: { channel: 'event', [mark]: null },
      });
    },
    async pending(limit) {
      const session = connection.getClient().startSession({ snapshot: true });
      try {
        const rows = (await outboxRows(connection)
          .find({ channel: 'event', [mark]: null }, { session })
          .sort(rowOrder)
          .limit(limit)
          .toArray()) as EventRow[];
        return rows.map((row) => row.envelope);
      } finally {
        await session.endSession();
      }
    },
    async taken(session, ids) {
      const marked = await outboxRows(connection).updateMany(
        { _id: { $in: [...ids] }, [mark]: null },
        { $set: { [mark]: new Date() } },
        { session },
      );
      if (marked.modifiedCount !== ids.length) {
        throw new BusError('follower-overtaken', 'Another process has taken in some of these events');
      }
    },
  };
}
