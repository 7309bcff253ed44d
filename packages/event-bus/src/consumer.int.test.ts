import {
  projectCommentPostedV1,
  projectHoursConfirmedV1,
  type EventEnvelope,
} from '@talkoot/event-contracts';
import type { Producer } from 'kafkajs';
import type { ClientSession, Connection } from 'mongoose';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { RetryLater } from './bus.errors.ts';
import { on, startConsumer, type EventConsumer } from './consumer.ts';
import { deadLetterProducer, deadLetters, replayDeadLetters } from './dead-letters.ts';
import type { EventHandlers } from './inbox.ts';
import { prepareOutbox } from './outbox.rows.ts';
import { rebuildProjection } from './projection.ts';
import { appendAll, commentOn, freshId, listenTo, openDatabase, silent, until } from './testing/bus-bench.ts';
import { ensureTopics } from './topics.ts';

const brokers = inject('kafkaBrokers').split(',');
const topic = 'talkoot.projects';
const stops: (() => Promise<unknown>)[] = [];
let database: Awaited<ReturnType<typeof openDatabase>>;
let connection: Connection;
let producer: Producer;

beforeAll(async () => {
  database = await openDatabase(inject('mongodbUrl'));
  connection = database.connection;
  await ensureTopics(brokers);
  producer = deadLetterProducer({ brokers, clientId: 'test' }, silent);
  await producer.connect();
});
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});
afterAll(async () => {
  await producer.disconnect();
  await database.close();
});

function consume(groupId: string, handlers: EventHandlers): EventConsumer {
  const consumer = startConsumer({
    connection,
    brokers,
    groupId,
    topics: [topic],
    handlers,
    attempts: 3,
    firstBackOff: 10,
    log: silent,
  });
  stops.push(() => consumer.stop());
  return consumer;
}

const comment = (project: string, version: number) =>
  projectCommentPostedV1.create({
    aggregateId: project,
    aggregateVersion: version,
    municipalityId: 'municipality-1',
    occurredAt: new Date().toISOString(),
    data: { commentId: `c${version}` },
  });

const send = (project: string, values: readonly unknown[]) =>
  producer.send({
    topic,
    messages: values.map((value) => ({
      key: project,
      value: typeof value === 'string' ? value : JSON.stringify(value),
    })),
  });

const idOf = (letter: { _id: string } | null | undefined): string => {
  if (!letter) throw new Error('no such dead letter');
  const { _id: id } = letter;
  return id;
};

const effects = () => connection.db!.collection<{ _id: string; project: string; comment: string }>('effects');

/** Writes one effect per event; a second one for the same event would be refused by the database. */
const record =
  (project: string) =>
  async (event: EventEnvelope<{ commentId: string }>, session: ClientSession): Promise<void> => {
    if (event.subject !== project) return;
    await effects().insertOne({ _id: event.id, project, comment: event.data.commentId }, { session });
  };

const recorded = async (project: string) =>
  (await effects().find({ project }).toArray()).map(({ comment: text }) => text);

describe('applying events', () => {
  it('applies an event once, however often it is delivered', async () => {
    const project = freshId('project');
    const consumer = consume(freshId('group'), on(projectCommentPostedV1, record(project)));
    await send(project, [comment(project, 1), comment(project, 1), comment(project, 2), comment(project, 1)]);
    await until('the last is applied', async () => (await recorded(project)).includes('c2'));
    await until('the repeats are known', () => consumer.health().counts.duplicates >= 2);
    expect(await recorded(project)).toEqual(['c1', 'c2']);
    expect(consumer.health()).toMatchObject({ ok: true, state: 'running' });
  });

  it('keeps each of two services apart that speak about one aggregate', async () => {
    const project = freshId('project');
    const heard: string[] = [];
    consume(
      freshId('group'),
      on(projectCommentPostedV1, async (event) => {
        if (event.subject === project) heard.push(event.source);
      }),
    );
    await send(project, [comment(project, 1), { ...comment(project, 1), source: '/services/payments' }]);
    await until('both are applied', () => heard.length === 2);
    expect(heard).toEqual(['/services/projects', '/services/payments']);
  });

  it('applies the events of one key in order', async () => {
    const project = freshId('project');
    const orders = connection.db!.collection<{ _id: string; versions: number[] }>('orders');
    const order = async () => (await orders.findOne({ _id: project }))?.versions ?? [];
    let failed = false;
    consume(
      freshId('group'),
      on(projectCommentPostedV1, async (event, session) => {
        if (event.subject !== project) return;
        if (event.aggregateversion === 7 && !failed) {
          failed = true;
          throw new Error('the first attempt fails');
        }
        const applied = { $push: { versions: event.aggregateversion } };
        await orders.updateOne({ _id: project }, applied, { upsert: true, session });
      }),
    );
    const versions = Array.from({ length: 30 }, (_, index) => index + 1);
    await send(
      project,
      versions.map((version) => comment(project, version)),
    );
    await until('all are applied', async () => (await order()).length === 30);
    expect(await order()).toEqual(versions);
  });

  it('undoes a handler that fails half-way, and applies its event at the next attempt', async () => {
    const project = freshId('project');
    let attempts = 0;
    consume(
      freshId('group'),
      on(projectCommentPostedV1, async (event, session) => {
        if (event.subject !== project) return;
        await record(project)(event, session);
        attempts += 1;
        if (attempts < 3) throw new Error('after writing');
      }),
    );
    await send(project, [comment(project, 1)]);
    await until('it is applied', async () => (await recorded(project)).length === 1);
    expect(attempts).toBe(3);
  });

  it('tries an event for as long as what its handler needs is down', async () => {
    const project = freshId('project');
    let attempts = 0;
    consume(
      freshId('group'),
      on(projectCommentPostedV1, async (event, session) => {
        if (event.subject !== project) return;
        attempts += 1;
        if (attempts <= 6) throw new RetryLater('down');
        await record(project)(event, session);
      }),
    );
    await send(project, [comment(project, 1)]);
    await until('it is applied', async () => (await recorded(project)).length === 1);
    expect(attempts).toBe(7);
    expect(await deadLetters(connection).countDocuments({ key: project })).toBe(0);
  });
});

describe('dead letters', () => {
  it('puts a poison message aside with a coded reason, goes on, and heals it by replay', async () => {
    const project = freshId('project');
    const groupId = freshId('group');
    let mended = false;
    consume(
      groupId,
      on(projectCommentPostedV1, async (event, session) => {
        if (event.subject !== project) return;
        if (event.data.commentId === 'c1' && !mended) throw new TypeError('cannot');
        await record(project)(event, session);
      }),
    );
    await send(project, [comment(project, 1), comment(project, 2)]);
    await until('the next is applied', async () => (await recorded(project)).includes('c2'));
    const letter = await deadLetters(connection).findOne({ group: groupId, key: project });
    expect(letter).toMatchObject({
      reason: 'handler-failed',
      errorCode: 'TypeError',
      type: projectCommentPostedV1.type,
      state: 'waiting',
      times: 1,
    });
    const aside = await listenTo(brokers, `${topic}.dead-letters`, project);
    stops.push(aside.stop);
    await until('it is on the topic', () => aside.heard.length === 1);
    mended = true;
    const filter = { group: groupId, ids: [idOf(letter)] };
    expect(await replayDeadLetters({ connection, brokers, filter, log: silent })).toEqual({ replayed: 1 });
    await until('it is applied', async () => (await recorded(project)).includes('c1'));
    expect(await deadLetters(connection).findOne({ _id: idOf(letter) })).toMatchObject({ state: 'healed' });
    expect(await replayDeadLetters({ connection, brokers, filter, log: silent })).toEqual({ replayed: 0 });
  });

  it('counts a message that fails again after its replay as the same dead letter', async () => {
    const project = freshId('project');
    const groupId = freshId('group');
    consume(
      groupId,
      on(projectCommentPostedV1, async (event) => {
        if (event.subject === project) throw new Error('still');
      }),
    );
    await send(project, [comment(project, 1)]);
    const letters = () => deadLetters(connection).find({ group: groupId, key: project }).toArray();
    await until('it is put aside', async () => (await letters()).length === 1);
    const filter = { group: groupId, ids: [idOf((await letters())[0])] };
    await replayDeadLetters({ connection, brokers, filter, log: silent });
    await until('it is put aside again', async () => (await letters())[0]?.times === 2);
    expect(await letters()).toHaveLength(1);
    expect((await letters())[0]).toMatchObject({ state: 'waiting' });
  });

  it.each([
    ['not-json', '{"type":'],
    ['not-json', ''],
    ['invalid-event', '42'],
    ['invalid-event', JSON.stringify({ type: projectCommentPostedV1.type, data: {} })],
  ])('puts aside as %s the message %j', async (reason, value) => {
    const project = freshId('project');
    const groupId = freshId('group');
    consume(groupId, on(projectCommentPostedV1, record(project)));
    await send(project, [value, comment(project, 1)]);
    await until('the next is applied', async () => (await recorded(project)).length === 1);
    const letters = await deadLetters(connection).find({ group: groupId, key: project }).toArray();
    expect(letters.map((letter) => letter.reason)).toEqual([reason]);
  });

  it('passes over types it has no handler for, and replays meant for another group', async () => {
    const project = freshId('project');
    const groupId = freshId('group');
    const consumer = consume(groupId, on(projectCommentPostedV1, record(project)));
    await producer.send({
      topic,
      messages: [
        { key: project, value: JSON.stringify({ ...projectHoursConfirmedV1.example, subject: project }) },
        { key: project, value: 'poison', headers: { 'talkoot-replay-for': 'another-group' } },
        { key: project, value: JSON.stringify(comment(project, 1)) },
      ],
    });
    await until('the last is applied', async () => (await recorded(project)).length === 1);
    expect(await deadLetters(connection).countDocuments({ group: groupId, key: project })).toBe(0);
    expect(consumer.health().ok).toBe(true);
  });
});

describe('rebuilding a projection', () => {
  it('comes to the same result from the outbox as from Kafka, and its consumer repeats nothing', async () => {
    const source = await openDatabase(inject('mongodbUrl'));
    stops.push(() => source.close());
    await prepareOutbox(source.connection);
    const project = freshId('project');
    await appendAll(
      source.connection,
      Array.from({ length: 12 }, (_, index) => commentOn(project, `c${index + 1}`)),
    );
    const groupId = freshId('group');
    const rebuild = () =>
      rebuildProjection({
        connection,
        outboxes: [source.connection],
        groupId,
        handlers: on(projectCommentPostedV1, record(project)),
        clear: async () => void (await effects().deleteMany({ project })),
      });
    expect(await rebuild()).toBe(12);
    const first = await recorded(project);
    expect(await rebuild()).toBe(12);
    expect(await recorded(project)).toEqual(first);
    const consumer = consume(groupId, on(projectCommentPostedV1, record(project)));
    await send(project, [comment(project, 12), comment(project, 13)]);
    await until('the new one is applied', async () => (await recorded(project)).includes('c13'));
    await until('the repeat is known', () => consumer.health().counts.duplicates >= 1);
    expect(await deadLetters(connection).countDocuments({ key: project })).toBe(0);
    expect(await recorded(project)).toHaveLength(13);
  });
});
