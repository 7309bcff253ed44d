import { events, type EventEnvelope } from '@talkoot/event-contracts';
import mongoose, { type ClientSession, type Connection } from 'mongoose';
import { RetryLater } from './bus.errors.ts';
import { databaseOf } from './outbox.rows.ts';

/**
 * Applies an event. Everything it writes goes through `session`, in one transaction with the inbox;
 * it may be run again, so it does nothing outside MongoDB.
 */
// oxlint-disable-next-line typescript/no-explicit-any -- handlers of different events share one table
export type EventHandler<Data = any> = (event: EventEnvelope<Data>, session: ClientSession) => Promise<void>;

/** Handlers by event type. Types without a handler are ignored. */
export type EventHandlers = Readonly<Record<string, EventHandler>>;

interface InboxEntry {
  /** Consumer group, source and event id: what is applied once. */
  _id: string;
  group: string;
  type: string;
  at: Date;
}

const inboxEntries = (connection: Connection) => databaseOf(connection).collection<InboxEntry>('inbox');

/** Creates the inbox, so that the first transaction need not. */
export async function prepareInbox(connection: Connection): Promise<void> {
  await connection.asPromise();
  await inboxEntries(connection).createIndex({ group: 1, at: 1 });
}

/** Forgets what a group has applied; a projection that is built anew begins with this. */
export async function forgetInbox(connection: Connection, group: string): Promise<void> {
  await inboxEntries(connection).deleteMany({ group });
}

export const inboxId = (group: string, event: Pick<EventEnvelope, 'source' | 'id'>): string =>
  `${group} ${event.source} ${event.id}`;

/** What a message turned out to be. */
export type ReadMessage =
  | { kind: 'event'; event: EventEnvelope; handler: EventHandler }
  | { kind: 'ignored' }
  | { kind: 'poison'; reason: 'not-json' | 'invalid-event'; type: string | null };

/** Reads a message against its event's contract. */
export function readMessage(value: string | null, handlers: EventHandlers): ReadMessage {
  let parsed: { type?: unknown };
  try {
    parsed = Object(JSON.parse(value ?? '')) as { type?: unknown };
  } catch {
    return { kind: 'poison', reason: 'not-json', type: null };
  }
  const type = typeof parsed.type === 'string' ? parsed.type : null;
  const handler = type === null ? undefined : handlers[type];
  const definition = type === null ? undefined : events[type];
  if (type === null) return { kind: 'poison', reason: 'invalid-event', type };
  if (!handler || !definition) return { kind: 'ignored' };
  const event = definition.envelope.safeParse(parsed);
  if (!event.success) return { kind: 'poison', reason: 'invalid-event', type };
  return { kind: 'event', event: event.data, handler };
}

/** An event with what to do about it. */
export interface Application {
  event: EventEnvelope;
  handler: EventHandler;
  /** More to write in the same transaction, also when the event had been applied before. */
  alongside?: ((session: ClientSession) => Promise<void>) | undefined;
}
export type Outcome = 'applied' | 'duplicate';

/**
 * Applies events once, in the order given: inbox entries and all effects commit together or not at all.
 *
 * @returns the outcome of each event
 */
export async function applyTogether(
  connection: Connection,
  group: string,
  applications: readonly Application[],
): Promise<Outcome[]> {
  const session = await connection.startSession();
  try {
    return await session.withTransaction(() => applyIn(session, connection, group, applications), {
      writeConcern: { w: 'majority' },
    });
  } finally {
    await session.endSession();
  }
}

async function applyIn(
  session: ClientSession,
  connection: Connection,
  group: string,
  applications: readonly Application[],
): Promise<Outcome[]> {
  const ids = applications.map(({ event }) => inboxId(group, event));
  const found = inboxEntries(connection).find({ _id: { $in: ids } }, { session, projection: { _id: 1 } });
  const known = new Set((await found.toArray()).map(({ _id }) => _id));
  const fresh = applications.filter(({ event }) => {
    const id = inboxId(group, event);
    return !known.has(id) && known.add(id);
  });
  // All at once, not one by one: round trips are what a group of events costs. A repeat that commits elsewhere
  // meanwhile conflicts here, and this transaction runs again.
  if (fresh.length > 0) {
    const at = new Date();
    const entries = fresh.map(({ event }) => ({ _id: inboxId(group, event), group, type: event.type, at }));
    await inboxEntries(connection).insertMany(entries, { session });
  }
  const outcomes: Outcome[] = [];
  for (const application of applications) {
    const isFresh = fresh.includes(application);
    outcomes.push(isFresh ? 'applied' : 'duplicate');
    if (isFresh) await application.handler(application.event, session);
    await application.alongside?.(session);
  }
  return outcomes;
}

const { mongo } = mongoose;
const AWAY = [
  RetryLater,
  mongo.MongoNetworkError,
  mongo.MongoServerSelectionError,
  mongo.MongoNotConnectedError,
  mongo.MongoTopologyClosedError,
  mongo.MongoExpiredSessionError,
];

/** Whether a failure says nothing about the event: the database (or what a handler needs) is away. */
export function isOutage(error: unknown): boolean {
  if (AWAY.some((kind) => error instanceof kind)) return true;
  // A bulk write whose connection broke wraps that error, and often has none of its labels.
  if (error instanceof mongo.MongoServerError && error.errorResponse instanceof Error) {
    return isOutage(error.errorResponse);
  }
  return (
    error instanceof mongo.MongoError &&
    (error.name === 'MongoWaitQueueTimeoutError' ||
      error.hasErrorLabel('TransientTransactionError') ||
      error.hasErrorLabel('UnknownTransactionCommitResult') ||
      error.hasErrorLabel('RetryableWriteError'))
  );
}
