import { projectPhaseEnteredV1 } from '@talkoot/event-contracts';
import type { Connection } from 'mongoose';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { eventOf, outboxFor, type Outbox } from './outbox.ts';
import { readOutbox, redispatchWorkflow } from './outbox.reader.ts';
import { outboxRows, type CommandRow } from './outbox.rows.ts';
import { commentOn, freshId, openDatabase } from './testing/bus-bench.ts';

let database: Awaited<ReturnType<typeof openDatabase>>;
let connection: Connection;
let outbox: Outbox;

beforeAll(async () => {
  database = await openDatabase(inject('mongodbUrl'));
  connection = database.connection;
  outbox = outboxFor(connection, { source: '/services/projects' });
  await outbox.prepare();
});
afterAll(() => database.close());

const rowsOf = (aggregateId: string) =>
  outboxRows(connection)
    .find({ lane: `project/${aggregateId}` })
    .sort({ laneSeq: 1 })
    .toArray();

describe('appending events', () => {
  it('stores an event if and only if the state change commits', async () => {
    const project = freshId('project');
    const state = connection.db!.collection<{ _id: string }>('states');
    const change = (id: string, fail: boolean) =>
      connection.transaction(async (session) => {
        await state.insertOne({ _id: id }, { session });
        await outbox.appendEvents(session, [commentOn(project, id)]);
        if (fail) throw new Error('refused after all');
      });
    await expect(change('lost', true)).rejects.toThrow('refused after all');
    await change('kept', false);
    expect((await state.find().toArray()).map(({ _id }) => _id)).toEqual(['kept']);
    const rows = await rowsOf(project);
    expect(rows.map(({ _id }) => _id)).toEqual([`project/${project}/1`]);
    expect(rows[0]).toMatchObject({ key: project, topic: 'talkoot.projects', publishedAt: null });
  });

  it('numbers an aggregate without gaps under concurrent transactions', async () => {
    const project = freshId('project');
    await Promise.all(
      Array.from({ length: 25 }, (_, index) =>
        connection.transaction((session) => outbox.appendEvents(session, [commentOn(project, `c${index}`)])),
      ),
    );
    const rows = await rowsOf(project);
    expect(rows.map(({ laneSeq }) => laneSeq)).toEqual(Array.from({ length: 25 }, (_, index) => index + 1));
    const times = rows.map(({ at }) => at.getTime());
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  it('makes one event of a transaction that the driver runs again', async () => {
    const project = freshId('project');
    let runs = 0;
    await connection.transaction(async (session) => {
      runs += 1;
      await outbox.appendEvents(session, [commentOn(project, 'c1'), commentOn(project, 'c2')]);
      if (runs === 1) {
        const conflict = new (await import('mongoose')).default.mongo.MongoServerError({ message: 'again' });
        conflict.addErrorLabel('TransientTransactionError');
        throw conflict;
      }
    });
    expect(runs).toBe(2);
    expect((await rowsOf(project)).map(({ laneSeq }) => laneSeq)).toEqual([1, 2]);
  });

  it('refuses an event about an aggregate of another municipality', async () => {
    const project = freshId('project');
    const append = (municipalityId: string) =>
      connection.transaction((session) =>
        outbox.appendEvents(session, [{ ...commentOn(project, 'c1'), municipalityId }]),
      );
    await append('municipality-1');
    await expect(append('municipality-2')).rejects.toMatchObject({
      code: 'aggregate-of-another-municipality',
    });
    expect(await rowsOf(project)).toHaveLength(1);
  });

  it('refuses data that the contract does not name, and stores nothing', async () => {
    const project = freshId('project');
    const spoilt = { ...commentOn(project, 'c1'), data: { commentId: 'c1', author: 'Someone' } };
    const append = connection.transaction((session) => outbox.appendEvents(session, [spoilt]));
    await expect(append).rejects.toThrow(/author/);
    expect(await rowsOf(project)).toEqual([]);
  });

  it('leaves out an optional field that is undefined', async () => {
    const project = freshId('project');
    const moved = eventOf({
      event: projectPhaseEnteredV1,
      aggregateId: project,
      municipalityId: 'municipality-1',
      occurredAt: '2027-01-01T00:00:00.000Z',
      data: {
        phase: 'qualified',
        from: 'proposed',
        step: 'qualify',
        awaiting: null,
        dueAt: null,
        pilotId: undefined,
      },
    });
    await connection.transaction((session) => outbox.appendEvents(session, [moved]));
    const { events } = await readOutbox(connection, { limit: 5_000 });
    const stored = events.find((event) => event.subject === project);
    expect(Object.keys(stored?.data as object)).not.toContain('pilotId');
    expect(projectPhaseEnteredV1.envelope.safeParse(stored).success).toBe(true);
  });
});

describe('asking for workflows', () => {
  const start = (workflowId: string, factId: string) => ({
    factId,
    workflowId,
    workflowType: 'projectLifecycle',
    taskQueue: 'lifecycles',
    args: [{ step: 0 }],
    municipalityId: 'municipality-1',
  });

  it('keeps one start and one signal per fact, in the order they were asked for', async () => {
    const workflowId = freshId('project/p');
    const signal = {
      factId: 'fact-1',
      workflowId,
      signal: 'allocated',
      args: [],
      municipalityId: 'municipality-1',
    };
    for (let repeat = 0; repeat < 2; repeat += 1) {
      await connection.transaction(async (session) => {
        await outbox.appendWorkflowStart(session, start(workflowId, 'submitted'));
        await outbox.appendWorkflowSignal(session, signal);
      });
    }
    const rows = (await outboxRows(connection)
      .find({ lane: `workflow/${workflowId}` })
      .sort({ laneSeq: 1 })
      .toArray()) as CommandRow[];
    expect(rows.map(({ command }) => command.kind)).toEqual(['start', 'signal']);
  });

  it('keeps one of two starts that are asked for at the same time', async () => {
    const workflowId = freshId('project/p');
    const ask = () =>
      connection.transaction((session) =>
        outbox.appendWorkflowStart(session, start(workflowId, 'submitted')),
      );
    await Promise.all(Array.from({ length: 8 }, ask));
    expect(await outboxRows(connection).countDocuments({ lane: `workflow/${workflowId}` })).toBe(1);
  });

  it('tells every fact again for a workflow engine that lost it, but never the state of the beginning', async () => {
    const workflowId = freshId('project/p');
    const fact = {
      factId: 'endorsed',
      workflowId,
      signal: 'endorsed',
      args: [],
      municipalityId: 'municipality-1',
    };
    await connection.transaction(async (session) => {
      await outbox.appendWorkflowStart(session, start(workflowId, 'submitted'));
      await outbox.appendWorkflowSignal(session, fact);
    });
    const lane = { lane: `workflow/${workflowId}` };
    await outboxRows(connection).updateMany(lane, { $set: { publishedAt: new Date() } });
    expect(await redispatchWorkflow(connection, { workflowId })).toBe(1);
    const pending = await outboxRows(connection)
      .find({ ...lane, publishedAt: null })
      .toArray();
    expect(pending.map(({ _id }) => _id)).toEqual([`signal/${workflowId}/endorsed`]);
  });
});

describe('reading the outbox', () => {
  it('returns every event once, page by page, in the order of each aggregate', async () => {
    const fresh = await openDatabase(inject('mongodbUrl'));
    const own = outboxFor(fresh.connection, { source: '/services/projects' });
    await own.prepare();
    for (let index = 0; index < 12; index += 1) {
      await fresh.connection.transaction((session) =>
        own.appendEvents(
          session,
          ['a', 'b', 'c'].map((project) => commentOn(project, `c${index}`)),
        ),
      );
    }
    const read: { subject: string; aggregateversion: number }[] = [];
    let afterId: string | undefined;
    do {
      const page = await readOutbox(fresh.connection, { afterId, limit: 5 });
      read.push(...page.events);
      afterId = page.lastId ?? undefined;
    } while (afterId !== undefined);
    expect(read).toHaveLength(36);
    for (const events of Map.groupBy(read, (event) => event.subject).values()) {
      expect(events.map((event) => event.aggregateversion)).toEqual(
        Array.from({ length: 12 }, (_, index) => index + 1),
      );
    }
    await fresh.close();
  });
});
