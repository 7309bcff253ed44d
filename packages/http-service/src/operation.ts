import type { ClientSession, Connection } from 'mongoose';
import type { Call } from './call.ts';
import { DomainError } from './domain.error.ts';
import { inTransaction } from './transaction.ts';

interface Operation {
  readonly _id: string;
  readonly bodyHash: string;
  /** The answer as JSON text, so that it is repeated to the letter. */
  readonly answer: string | null;
  readonly at: Date;
}
type Key = Pick<Call, 'operationId' | 'bodyHash'>;

const prepared = new WeakMap<Connection, Promise<unknown>>();
const runningOn = new WeakMap<Connection, Map<string, Promise<unknown>>>();

/**
 * Makes a `create` happen once for each Idempotency-Key: `work` and the record of its answer are one transaction.
 * A repetition gets the stored answer and runs nothing. Calls with the same key wait for the one that runs.
 * The answer must survive JSON.
 * @throws DomainError `idempotency-key-reused` when the key was used with another path, query or body.
 */
export async function once<T>(
  connection: Connection,
  call: Key,
  work: (session: ClientSession) => Promise<T>,
): Promise<T> {
  const { operationId } = call;
  if (operationId === '') throw new Error('This route asks for no Idempotency-Key: it cannot run once');
  const running = runningOn.get(connection) ?? new Map<string, Promise<unknown>>();
  runningOn.set(connection, running);
  for (let before = running.get(operationId); before; before = running.get(operationId)) {
    await before.catch(() => undefined);
  }
  const result = runOrReplay(connection, call, work);
  running.set(operationId, result);
  try {
    return await result;
  } finally {
    if (running.get(operationId) === result) running.delete(operationId);
  }
}

async function runOrReplay<T>(
  connection: Connection,
  call: Key,
  work: (session: ClientSession) => Promise<T>,
): Promise<T> {
  await prepare(connection);
  const done = await findOperation(connection, call.operationId);
  if (done) return replay(done, call) as T;
  try {
    return await inTransaction(connection, (session) => runInside(connection, call, work, session));
  } catch (error) {
    // Another process finished the same operation between the look and the insert.
    const other = isDuplicate(error) ? await findOperation(connection, call.operationId) : null;
    if (other) return replay(other, call) as T;
    throw error;
  }
}

async function runInside<T>(
  connection: Connection,
  call: Key,
  work: (session: ClientSession) => Promise<T>,
  session: ClientSession,
): Promise<T> {
  const operations = operationsOf(connection);
  const done = await operations.findOne({ _id: call.operationId }, { session });
  if (done) return replay(done, call) as T;
  // Claimed before the work, so that a rival in another process conflicts at once.
  const claim = { _id: call.operationId, bodyHash: call.bodyHash, answer: null, at: new Date() };
  await operations.insertOne(claim, { session });
  const answer = JSON.stringify(await work(session)) ?? null;
  await operations.updateOne({ _id: call.operationId }, { $set: { answer } }, { session });
  return answerOf(answer) as T;
}

function replay(done: Operation, call: Key): unknown {
  if (done.bodyHash !== call.bodyHash) throw new DomainError('idempotency-key-reused');
  return answerOf(done.answer);
}

function answerOf(answer: string | null): unknown {
  return answer === null ? undefined : JSON.parse(answer);
}

function operationsOf(connection: Connection) {
  return connection.collection<Operation>('operations');
}

function findOperation(connection: Connection, id: string): Promise<Operation | null> {
  return operationsOf(connection).findOne({ _id: id }, { readConcern: { level: 'majority' } });
}

/** A collection made inside a transaction conflicts with its twin: make it before the first one. */
function prepare(connection: Connection): Promise<unknown> {
  const known = prepared.get(connection);
  if (known) return known;
  const making = connection.createCollection('operations').catch((error: unknown) => {
    prepared.delete(connection);
    if ((error as { code?: number }).code !== 48) throw error;
  });
  prepared.set(connection, making);
  return making;
}

function isDuplicate(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === 11_000;
}
