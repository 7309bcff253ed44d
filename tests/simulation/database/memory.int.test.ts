import fc from 'fast-check';
import { connectMongo } from '@talkoot/http-service';
import type { ClientSession, Connection } from 'mongoose';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { connectMemory } from './memory.connection.ts';
import { MemoryDatabase } from './memory.database.ts';
import type { Transaction } from './memory.database.ts';
import { atOnce } from './turns.ts';

/** One database under test: where things are kept, and how a transaction is opened. */
interface Side {
  readonly connection: Connection;
  begin(): Promise<ClientSession>;
  commit(session: ClientSession): Promise<unknown>;
  abort(session: ClientSession): Promise<unknown>;
}

type Step =
  | { readonly act: 'begin' | 'commit' | 'abort'; readonly in: number }
  | {
      readonly act: 'insert';
      readonly in: number;
      readonly id: string;
      readonly key: number;
      readonly open: boolean;
    }
  | { readonly act: 'add'; readonly in: number; readonly id: string; readonly amount: number }
  | { readonly act: 'take'; readonly in: number; readonly id: string; readonly amount: number }
  | {
      readonly act: 'rekey';
      readonly in: number;
      readonly id: string;
      readonly key: number;
      readonly open: boolean;
    }
  | { readonly act: 'count'; readonly in: number; readonly id: string }
  | { readonly act: 'remove'; readonly in: number; readonly id: string }
  | { readonly act: 'read'; readonly in: number };

type Write = Extract<Step, { act: 'insert' | 'add' | 'take' | 'rekey' | 'count' | 'remove' | 'read' }>;

const id = fc.constantFrom('a', 'b', 'c');
const inSession = fc.integer({ min: 0, max: 2 });
const key = fc.integer({ min: 1, max: 3 });
const amount = fc.integer({ min: 0, max: 4 });
const open = fc.boolean();
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ act: fc.constantFrom('begin' as const, 'commit' as const, 'abort' as const), in: inSession }),
  fc.record({ act: fc.constantFrom('begin' as const, 'commit' as const), in: inSession }),
  fc.record({ act: fc.constant('insert' as const), in: inSession, id, key, open }),
  fc.record({ act: fc.constant('add' as const), in: inSession, id, amount }),
  fc.record({ act: fc.constant('add' as const), in: inSession, id, amount: fc.constant(13) }),
  fc.record({ act: fc.constant('take' as const), in: inSession, id, amount }),
  fc.record({ act: fc.constant('rekey' as const), in: inSession, id, key, open }),
  fc.record({ act: fc.constant('count' as const), in: inSession, id }),
  fc.record({ act: fc.constant('remove' as const), in: inSession, id }),
  fc.record({ act: fc.constant('read' as const), in: inSession }),
);
/** Two rows that everybody sees, and two transactions under way. */
const before: readonly Step[] = [
  { act: 'insert', in: 0, id: 'a', key: 1, open: true },
  { act: 'insert', in: 0, id: 'b', key: 2, open: true },
  { act: 'add', in: 0, id: 'a', amount: 3 },
  { act: 'begin', in: 0 },
  { act: 'begin', in: 1 },
];

let real: Connection;
beforeAll(async () => {
  const url = inject('mongodbUrl').replace(/\/?(\?|$)/, `/memory_${randomUUID().slice(0, 8)}$1`);
  real = await connectMongo(url, { appName: 'memory-test' });
});
afterAll(async () => {
  await real.dropDatabase();
  await real.close();
});

async function prepare(connection: Connection): Promise<void> {
  await connection.createCollection('rows').catch(() => undefined);
  const rows = connection.collection('rows');
  await rows.createIndex(
    { key: 1 },
    { name: 'open-key', unique: true, partialFilterExpression: { open: true } },
  );
  await rows.createIndex({ key: 1, twin: 1 }, { name: 'twin', unique: true });
  await connection.db!.command({ collMod: 'rows', validator: { $expr: { $ne: ['$balance', 13] } } });
}

function mongoSide(connection: Connection): Side {
  return {
    connection,
    begin: async () => {
      const session = await connection.startSession();
      session.startTransaction({ readConcern: { level: 'snapshot' }, writeConcern: { w: 'majority' } });
      return session;
    },
    commit: (session) => session.commitTransaction(),
    abort: (session) => session.abortTransaction(),
  };
}

function memorySide(database: MemoryDatabase, connection: Connection): Side {
  const of = (session: ClientSession) => (session as unknown as { transaction: Transaction }).transaction;
  return {
    connection,
    begin: async () => ({ transaction: database.begin() }) as unknown as ClientSession,
    commit: async (session) => database.commitOf(of(session)),
    abort: async (session) => database.abort(of(session)),
  };
}

/** Does each step and says what came of it: a value, or the code of what was refused. */
async function play(side: Side, steps: readonly Step[]): Promise<unknown[]> {
  const sessions = new Map<number, ClientSession>();
  const outcomes: unknown[] = [];
  for (const step of steps) {
    try {
      outcomes.push(await take(side, sessions, step));
    } catch (error) {
      const { code } = error as { code?: unknown };
      if (code === undefined) throw error;
      outcomes.push({ refused: code });
    }
  }
  for (const session of sessions.values()) await side.abort(session);
  const rows = await side.connection.collection('rows').find().sort({ _id: 1 }).toArray();
  return [...outcomes, rows];
}

async function take(side: Side, sessions: Map<number, ClientSession>, step: Step): Promise<unknown> {
  const rows = side.connection.collection('rows');
  const session = sessions.get(step.in);
  if (step.act === 'begin') {
    if (!session) sessions.set(step.in, await side.begin());
    return 'begun';
  }
  // Outside of a transaction a write waits for those who write: here it would wait for ever.
  if (!session && step.act !== 'read' && sessions.size > 0) return 'left out';
  if (step.act === 'commit' || step.act === 'abort') {
    if (!session) return 'nothing open';
    sessions.delete(step.in);
    await (step.act === 'commit' ? side.commit(session) : side.abort(session));
    return step.act;
  }
  return write(rows, step as Write, session ? { session } : {});
}

async function write(
  rows: ReturnType<Connection['collection']>,
  step: Write,
  options: { session?: ClientSession },
): Promise<unknown> {
  if (step.act === 'read') {
    const filter = { balance: { $gte: 0 } };
    const found = await rows.find(filter, options).sort({ _id: 1 }).toArray();
    const values = [
      await rows.distinct('key', filter, options),
      await rows.distinct('taken', filter, options),
    ];
    return [found, ...values.map((some) => some.map(String).toSorted())];
  }
  const filter = { _id: step.id as never };
  switch (step.act) {
    case 'insert': {
      const row = { _id: step.id as never, key: step.key, open: step.open, twin: step.id, balance: 0 };
      return void (await rows.insertOne(row, options));
    }
    case 'add': {
      const done = await rows.updateOne(filter, { $inc: { balance: step.amount } }, options);
      return [done.matchedCount, done.modifiedCount];
    }
    case 'take': {
      const holds = { ...filter, balance: { $gte: step.amount } };
      const update = { $inc: { balance: -step.amount }, $push: { taken: step.amount } };
      return (await rows.bulkWrite([{ updateOne: { filter: holds, update: update as never } }], options))
        .matchedCount;
    }
    case 'rekey': {
      const { key, open } = step;
      return rows.findOneAndUpdate(filter, { $set: { key, open } }, { ...options, returnDocument: 'after' });
    }
    case 'count': {
      const pipeline = [
        { $set: { version: { $add: [{ $ifNull: ['$version', 0] }, 1] }, key: { $ifNull: ['$key', 9] } } },
      ];
      const upsert = { ...options, upsert: true, returnDocument: 'after' } as const;
      return (await rows.findOneAndUpdate(filter, pipeline, upsert))?.['version'];
    }
    case 'remove':
      return (await rows.deleteOne(filter, options)).deletedCount;
  }
}

describe('the memory database', () => {
  beforeEach(async () => {
    await prepare(real);
    await real.collection('rows').deleteMany({});
  });

  it('answers, refuses and keeps what MongoDB does, whatever is done to it in up to three transactions', async () => {
    const steps = fc.array(anyStep, { minLength: 5, maxLength: 30 }).map((more) => [...before, ...more]);
    await fc.assert(
      fc.asyncProperty(steps, async (steps) => {
        await real.collection('rows').deleteMany({});
        const database = new MemoryDatabase();
        const memory = connectMemory(database, atOnce, { name: 'test', alive: true });
        await prepare(memory);
        expect(await play(memorySide(database, memory), steps)).toEqual(await play(mongoSide(real), steps));
      }),
      { numRuns: 400 },
    );
  });
});
