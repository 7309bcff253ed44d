import type { ClientSession, Connection, Schema } from 'mongoose';
import { Crashed } from '../world/world.ts';
import type { Process, World } from '../world/world.ts';
import { MongoInvalid } from './refusals.ts';
import type { Document } from './document.ts';
import type { FindOptions, Update } from './language.ts';
import { noSuchTransaction, writeConflict } from './memory.database.ts';
import type { IndexOptions, MemoryCollection, MemoryDatabase, Transaction } from './memory.database.ts';
import { modelOf } from './memory.model.ts';
import {
  aggregateIn,
  deleteIn,
  findIn,
  insertInto,
  replaceIn,
  updateManyIn,
  updateOneIn,
} from './operations.ts';
import type { UpdateOptions } from './operations.ts';

/** Who may do something now: the scheduler of a run, or a test that does one thing after the other. */
export type Turns = Pick<World, 'perform' | 'faults' | 'random' | 'now'>;

interface Session {
  transaction: Transaction;
  /** Reads one snapshot and writes nothing. */
  readonly isSnapshot?: boolean;
}
type InSession = { readonly session?: ClientSession | null | undefined };

const LONGEST_TRANSACTION = 120_000;
const labelled = (error: unknown, label: string) =>
  (error as { hasErrorLabel?: (label: string) => boolean }).hasErrorLabel?.(label) === true;

/**
 * The part of a mongoose connection that services use, on a memory database. Each operation is an action of its process: it
 * takes its turn, and a crash or an aborted transaction may come between any two.
 */
export function connectMemory(database: MemoryDatabase, turns: Turns, process: Process): Connection {
  const access = { database, turns, process };
  const collection = (name: string) => collectionOf(access, name);
  const createCollection = (name: string) =>
    turns.perform(process, `createCollection ${name}`, () => void database.collection(name));
  const models: Record<string, unknown> = {};
  const connection = {
    models,
    collection,
    asPromise: () => Promise.resolve(connection),
    createCollection,
    db: {
      collection,
      createCollection,
      command: (command: { collMod?: string; validator?: Document }) =>
        turns.perform(process, 'command', () => {
          if (command.collMod === undefined) throw new MongoInvalid(JSON.stringify(command));
          database.collection(command.collMod).validate(command.validator ?? null);
        }),
    },
    model(name: string, schema: Schema, collectionName: string) {
      for (const [keys, options] of schema.indexes()) {
        database.collection(collectionName).createIndex(keys, options as IndexOptions);
      }
      return (models[name] ??= modelOf(collection(collectionName)));
    },
    transaction: <T>(work: (session: ClientSession) => Promise<T>) => {
      const session: Session = { transaction: database.begin() };
      return inTransaction(access, session, () => work(session as unknown as ClientSession));
    },
    async startSession() {
      const session = {
        transaction: database.begin(),
        withTransaction: <T>(work: () => Promise<T>) => inTransaction(access, session, work),
        endSession: async () => undefined,
      };
      return session;
    },
    getClient: () => ({
      startSession: () => ({
        transaction: database.begin(),
        isSnapshot: true,
        endSession: async () => undefined,
      }),
    }),
  };
  return connection as unknown as Connection;
}

interface Access {
  readonly database: MemoryDatabase;
  readonly turns: Turns;
  readonly process: Process;
}

/** Runs `work` again after a conflict, and commits again after an answer that was lost, as a driver does. */
async function inTransaction<T>(access: Access, session: Session, work: () => Promise<T>): Promise<T> {
  const { database, turns, process } = access;
  const until = turns.now + LONGEST_TRANSACTION;
  for (;;) {
    const transaction = database.begin();
    session.transaction = transaction;
    try {
      const result = await work();
      await turns.perform(process, 'commit', () => commit(access, transaction));
      return result;
    } catch (error) {
      database.abort(transaction);
      if (error instanceof Crashed) throw error;
      if (!labelled(error, 'TransientTransactionError') || turns.now >= until) throw error;
    }
  }
}

function commit({ database, turns }: Access, transaction: Transaction): void {
  if (turns.random.chance(turns.faults.abort)) throw noSuchTransaction();
  database.commitOf(transaction);
}

function collectionOf(access: Access, name: string) {
  const { turns, process } = access;
  const collection = access.database.collection(name);
  const run = <T>(
    operation: string,
    { session }: InSession,
    work: (on: MemoryCollection, transaction: Transaction) => T,
  ): Promise<T> =>
    inTurn(access, { label: `${operation} ${name}`, session }, (transaction) =>
      work(collection, transaction),
    );
  return {
    findOne: async (filter: Document, options: FindOptions & InSession = {}) => {
      const found = await run('findOne', options, (on, of) =>
        findIn(on, of, filter, { ...options, limit: 1 }),
      );
      return found[0] ?? null;
    },
    find: (filter: Document = {}, options: FindOptions & InSession = {}) =>
      cursorOf(options, (settled) => run('find', options, (on, of) => findIn(on, of, filter, settled))),
    aggregate: (pipeline: readonly Document[], options: InSession = {}) => ({
      toArray: () => run('aggregate', options, (on, of) => aggregateIn(on, of, pipeline)),
    }),
    countDocuments: (filter: Document = {}, options: InSession = {}) =>
      run('count', options, (on, of) => findIn(on, of, filter).length),
    distinct: (field: string, filter: Document = {}, options: InSession = {}) =>
      run('distinct', options, (on, of) => [
        ...new Set(findIn(on, of, filter).flatMap((one) => valuesAt(one, field.split('.')))),
      ]),
    insertOne: (document: Document, options: InSession = {}) =>
      run('insertOne', options, (on, of) => {
        insertInto(on, of, [document]);
        return { acknowledged: true, insertedId: document['_id'] };
      }),
    insertMany: (documents: Document[], options: InSession = {}) =>
      run('insertMany', options, (on, of) => {
        insertInto(on, of, documents);
        return { acknowledged: true, insertedCount: documents.length };
      }),
    updateOne: (filter: Document, update: Update, options: UpdateOptions & InSession = {}) =>
      run('updateOne', options, (on, of) => updateOneIn(on, of, filter, update, options)),
    updateMany: (filter: Document, update: Update, options: InSession = {}) =>
      run('updateMany', options, (on, of) => updateManyIn(on, of, filter, update)),
    findOneAndUpdate: (filter: Document, update: Update, options: UpdateOptions & InSession = {}) =>
      run('findOneAndUpdate', options, (on, of) => {
        const { before, after } = updateOneIn(on, of, filter, update, options);
        return options.returnDocument === 'after' ? after : before;
      }),
    bulkWrite: (writes: readonly Document[], options: InSession = {}) =>
      run('bulkWrite', options, (on, of) => bulkIn(on, of, writes)),
    replaceOne: (filter: Document, document: Document, options: UpdateOptions & InSession = {}) =>
      run('replaceOne', options, (on, of) => replaceIn(on, of, filter, document, options)),
    deleteOne: (filter: Document, options: InSession = {}) =>
      run('deleteOne', options, (on, of) => ({ deletedCount: deleteIn(on, of, filter, 1) })),
    deleteMany: (filter: Document, options: InSession = {}) =>
      run('deleteMany', options, (on, of) => ({ deletedCount: deleteIn(on, of, filter, Infinity) })),
    createIndex: (keys: Document, options: IndexOptions = {}) =>
      turns.perform(process, `createIndex ${name}`, () => collection.createIndex(keys, options)),
    createIndexes: (indexes: readonly (IndexOptions & { readonly key: Document })[]) =>
      turns.perform(process, `createIndexes ${name}`, () => {
        for (const { key, ...options } of indexes) collection.createIndex(key, options);
      }),
  };
}

/** What stands at a path, of lists each of their members; what is not there is nothing. */
function valuesAt(value: unknown, path: readonly string[]): unknown[] {
  if (Array.isArray(value)) return value.flatMap((one) => valuesAt(one, path));
  const [name, ...rest] = path;
  if (name === undefined) return value === undefined ? [] : [value];
  return typeof value === 'object' && value !== null ? valuesAt((value as Document)[name], rest) : [];
}

export type NativeCollection = ReturnType<typeof collectionOf>;

interface Operation {
  readonly label: string;
  readonly session: ClientSession | null | undefined;
}

/** An operation in a transaction may find that rivals conflict with it; one of its own waits until they are done. */
async function inTurn<T>(
  { database, turns, process }: Access,
  { label, session }: Operation,
  work: (transaction: Transaction) => T,
): Promise<T> {
  const { transaction, isSnapshot } = (session ?? {}) as Partial<Session>;
  if (isSnapshot) return turns.perform(process, label, () => work(transaction!));
  if (transaction) {
    return turns.perform(process, label, () => {
      if (transaction.state !== 'open') throw noSuchTransaction();
      if (turns.random.chance(turns.faults.abort)) throw abortOf(database, transaction, writeConflict());
      try {
        return work(transaction);
      } catch (error) {
        throw abortOf(database, transaction, error);
      }
    });
  }
  for (;;) {
    try {
      return await turns.perform(process, label, () => database.inOwnTransaction(work));
    } catch (error) {
      if (!labelled(error, 'TransientTransactionError')) throw error;
    }
  }
}

/** A failed operation ends its transaction. */
function abortOf(database: MemoryDatabase, transaction: Transaction, error: unknown): unknown {
  database.abort(transaction);
  return error;
}

function bulkIn(on: MemoryCollection, of: Transaction, writes: readonly Document[]) {
  const sums = { matchedCount: 0, modifiedCount: 0, upsertedCount: 0, insertedCount: 0 };
  for (const write of writes) {
    const [kind, what] = Object.entries(write)[0] as [string, Document];
    if (kind === 'insertOne') {
      insertInto(on, of, [what['document'] as Document]);
      sums.insertedCount += 1;
    } else if (kind === 'updateOne') {
      const options = { upsert: what['upsert'] === true };
      const done = updateOneIn(on, of, what['filter'] as Document, what['update'] as Update, options);
      sums.matchedCount += done.matchedCount;
      sums.modifiedCount += done.modifiedCount;
      sums.upsertedCount += done.upsertedCount;
    } else throw new MongoInvalid(`bulkWrite of ${kind}`);
  }
  return sums;
}

/** A cursor that is read at once, when its first document is asked for. */
function cursorOf(given: FindOptions, read: (settled: FindOptions) => Promise<Document[]>) {
  let settled: FindOptions = given;
  const refine = (more: FindOptions) => {
    settled = { ...settled, ...more };
    return cursor;
  };
  const cursor = {
    sort: (sort: FindOptions['sort']) => refine({ sort }),
    limit: (limit: number) => refine({ limit }),
    skip: (skip: number) => refine({ skip }),
    project: (projection: Document) => refine({ projection }),
    batchSize: () => cursor,
    toArray: () => read(settled),
    async *[Symbol.asyncIterator]() {
      yield* await read(settled);
    },
  };
  return cursor;
}
