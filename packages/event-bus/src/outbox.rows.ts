import type { EventEnvelope, Topic } from '@talkoot/event-contracts';
import type { Connection, mongo } from 'mongoose';
import { BusError } from './bus.errors.ts';

/** What every row of the outbox carries. Rows are kept for ever: projections rebuild from them. */
interface OutboxRow {
  _id: string;
  municipalityId: string;
  /** What is kept in order: one aggregate, or one workflow. Lanes do not wait for each other. */
  lane: string;
  laneSeq: number;
  /** When the row was added, by the database's clock; within a lane it never goes back. */
  at: Date;
  publishedAt: Date | null;
  traceparent?: string;
  /** When each follower beside the relay has taken the row in. */
  followed?: Record<string, Date>;
}

/** An event on its way to Kafka. Its `_id` is the event's id. */
export interface EventRow extends OutboxRow {
  channel: 'event';
  topic: Topic;
  key: string;
  envelope: EventEnvelope;
}

/** A workflow start or signal on its way to the workflow engine. */
export interface CommandRow extends OutboxRow {
  channel: 'workflow';
  command: WorkflowCommand;
  /** Why it could not be delivered and never will be. */
  droppedReason?: string;
}

export type AnyOutboxRow = EventRow | CommandRow;
export type Channel = AnyOutboxRow['channel'];

/** A typed search attribute as plain data. A DATETIME is ISO 8601 text. */
export interface PlainSearchAttribute {
  name: string;
  type: 'TEXT' | 'KEYWORD' | 'INT' | 'DOUBLE' | 'BOOL' | 'DATETIME' | 'KEYWORD_LIST';
  value: string | number | boolean | readonly string[];
}

/** Everything needed to start a workflow, stored with the state change that asks for it. */
export interface WorkflowStart {
  /** Deduplicates: one start per workflow id and fact. */
  factId: string;
  workflowId: string;
  workflowType: string;
  taskQueue: string;
  args: readonly unknown[];
  searchAttributes?: readonly PlainSearchAttribute[];
  memo?: Record<string, unknown>;
  staticSummary?: string;
  staticDetails?: string;
  /** Default REJECT_DUPLICATE: a lifecycle starts once. A rebuild passes ALLOW_DUPLICATE. */
  reusePolicy?: 'REJECT_DUPLICATE' | 'ALLOW_DUPLICATE' | 'ALLOW_DUPLICATE_FAILED_ONLY';
}

/** A fact told to a running workflow. Put the fact id into `args` too: the workflow deduplicates by it. */
export interface WorkflowSignal {
  factId: string;
  workflowId: string;
  signal: string;
  args: readonly unknown[];
}

export type WorkflowCommand = ({ kind: 'start' } & WorkflowStart) | ({ kind: 'signal' } & WorkflowSignal);

/** Latest version given out in a lane. Updating it makes transactions on one aggregate queue up. */
export interface LaneVersion {
  _id: string;
  municipalityId: string;
  version: number;
  at: Date;
}

/** The native database behind a mongoose connection. */
export function databaseOf(connection: Connection): mongo.Db {
  if (!connection.db) throw new BusError('not-connected', 'The MongoDB connection is not open yet');
  return connection.db;
}

export const outboxRows = (connection: Connection) =>
  databaseOf(connection).collection<AnyOutboxRow>('outbox');

export const laneVersions = (connection: Connection) =>
  databaseOf(connection).collection<LaneVersion>('aggregateversions');

/** Order of publication and of reading: consistent with each lane's own order. */
export const rowOrder = { at: 1, lane: 1, laneSeq: 1 } as const;

/** Creates the outbox's collections and indexes; safe to repeat. */
export async function prepareOutbox(connection: Connection): Promise<void> {
  await connection.asPromise();
  await outboxRows(connection).createIndexes([
    { key: rowOrder, name: 'order' },
    {
      key: { channel: 1, ...rowOrder },
      name: 'pending',
      partialFilterExpression: { publishedAt: null },
    },
    { key: { lane: 1, laneSeq: 1 }, name: 'lane', unique: true },
  ]);
  await databaseOf(connection)
    .createCollection('aggregateversions')
    .catch((error: unknown) => {
      if ((error as { codeName?: string }).codeName !== 'NamespaceExists') throw error;
    });
}
