import type { EventData, EventEnvelope, AnyEventDefinition } from '@talkoot/event-contracts';
import type { ClientSession, Connection } from 'mongoose';
import { BusError } from './bus.errors.ts';
import {
  laneVersions,
  outboxRows,
  prepareOutbox,
  type CommandRow,
  type EventRow,
  type LaneVersion,
  type WorkflowCommand,
  type WorkflowSignal,
  type WorkflowStart,
} from './outbox.rows.ts';
import { currentTraceparent } from './trace.ts';

/** Far below the broker's limit, so that no single event can block its aggregate. */
const LARGEST_EVENT = 100_000;

/** An event to append. Build it with {@link eventOf} where a list mixes types, to have `data` checked. */
export interface NewEvent<D extends AnyEventDefinition = AnyEventDefinition> {
  event: D;
  aggregateId: string;
  municipalityId: string;
  data: EventData<D>;
  occurredAt: Date | string;
}

/** Names an event with its data checked against the event's own contract at compile time. */
export function eventOf<D extends AnyEventDefinition>(event: NewEvent<D>): NewEvent {
  return event;
}

/** The transactional outbox of one service's database. */
export interface Outbox {
  /**
   * Appends events inside the caller's transaction, in the order given, and allocates each aggregate's
   * next version there. Nothing is published unless the transaction commits. May be called again by a
   * transaction that is run again.
   *
   * @throws ZodError when the data does not fit the contract or names an unknown field.
   * @throws BusError `event-too-large`, `aggregate-of-another-municipality`.
   */
  appendEvents(session: ClientSession, events: readonly NewEvent[]): Promise<EventEnvelope[]>;
  /** Asks for a workflow start; a second request with the same workflow and fact id changes nothing. */
  appendWorkflowStart(
    session: ClientSession,
    start: WorkflowStart & { municipalityId: string },
  ): Promise<void>;
  /** Asks for a signal; a second request with the same workflow and fact id changes nothing. */
  appendWorkflowSignal(
    session: ClientSession,
    signal: WorkflowSignal & { municipalityId: string },
  ): Promise<void>;
  /** Creates collections and indexes; call once at start-up. */
  prepare(): Promise<void>;
}

/**
 * The outbox in a service's database.
 *
 * @param options.source the service that speaks, `/services/projects`. Versions are counted per
 * database, so source and event id together are what is unique.
 */
export function outboxFor(connection: Connection, options: { source: string }): Outbox {
  return {
    appendEvents: (session, events) => appendEvents(connection, session, events, options.source),
    appendWorkflowStart: (session, { municipalityId, ...start }) =>
      appendCommand(connection, session, municipalityId, { kind: 'start', ...start }),
    appendWorkflowSignal: (session, { municipalityId, ...signal }) =>
      appendCommand(connection, session, municipalityId, { kind: 'signal', ...signal }),
    prepare: () => prepareOutbox(connection),
  };
}

async function appendEvents(
  connection: Connection,
  session: ClientSession,
  events: readonly NewEvent[],
  source: string,
): Promise<EventEnvelope[]> {
  const rows: EventRow[] = [];
  // One by one: operations of one session must not overlap.
  for (const appended of events) {
    const lane = `${appended.event.aggregate}/${appended.aggregateId}`;
    const version = await nextVersion(connection, session, lane, appended.municipalityId);
    rows.push(eventRow(appended, lane, version, source));
  }
  if (rows.length > 0) await outboxRows(connection).insertMany(rows, { session });
  return rows.map((row) => row.envelope);
}

function eventRow(appended: NewEvent, lane: string, version: LaneVersion, source: string): EventRow {
  const { event, aggregateId, municipalityId, occurredAt } = appended;
  const traceparent = currentTraceparent();
  const envelope = asJson(
    event.create({
      aggregateId,
      aggregateVersion: version.version,
      municipalityId,
      data: appended.data,
      occurredAt: new Date(occurredAt).toISOString(),
      traceparent,
      source,
    }),
  );
  return {
    _id: envelope.id,
    channel: 'event',
    municipalityId,
    lane,
    laneSeq: version.version,
    at: version.at,
    topic: event.topic,
    key: aggregateId,
    envelope,
    publishedAt: null,
    ...(traceparent === undefined ? {} : { traceparent }),
  };
}

/** As readers will see it: MongoDB would turn an undefined field into null. */
function asJson<T>(value: T): T {
  const text = JSON.stringify(value);
  if (text.length > LARGEST_EVENT) {
    throw new BusError('event-too-large', `${text.length} characters, at most ${LARGEST_EVENT}`);
  }
  return JSON.parse(text) as T;
}

async function nextVersion(
  connection: Connection,
  session: ClientSession,
  lane: string,
  municipalityId: string,
): Promise<LaneVersion> {
  const version = await laneVersions(connection).findOneAndUpdate(
    { _id: lane },
    [
      {
        $set: {
          municipalityId: { $ifNull: ['$municipalityId', municipalityId] },
          version: { $add: [{ $ifNull: ['$version', 0] }, 1] },
          // Never backwards in a lane, even when the database's clock is.
          at: { $max: ['$at', '$$NOW'] },
        },
      },
    ],
    { session, upsert: true, returnDocument: 'after' },
  );
  if (version?.municipalityId !== municipalityId) {
    throw new BusError('aggregate-of-another-municipality', `${lane} belongs to another municipality`);
  }
  return version;
}

async function appendCommand(
  connection: Connection,
  session: ClientSession,
  municipalityId: string,
  command: WorkflowCommand,
): Promise<void> {
  const rows = outboxRows(connection);
  const id = `${command.kind}/${command.workflowId}/${command.factId}`;
  // Looked up, not upserted: a refused insert would abort the caller's transaction.
  if (await rows.findOne({ _id: id }, { session, projection: { _id: 1 } })) return;
  const lane = `workflow/${command.workflowId}`;
  const version = await nextVersion(connection, session, lane, municipalityId);
  const traceparent = currentTraceparent();
  const row: CommandRow = {
    _id: id,
    channel: 'workflow',
    municipalityId,
    lane,
    laneSeq: version.version,
    at: version.at,
    command: JSON.parse(JSON.stringify(command)) as WorkflowCommand,
    publishedAt: null,
    ...(traceparent === undefined ? {} : { traceparent }),
  };
  await rows.insertOne(row, { session });
}
