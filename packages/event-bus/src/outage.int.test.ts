import { projectCommentPostedV1 } from '@talkoot/event-contracts';
import { startTestServers } from '@talkoot/local-stack/testing';
import { afterEach, expect, inject, it } from 'vitest';
import { on, startConsumer } from './consumer.ts';
import { outboxRows, prepareOutbox } from './outbox.rows.ts';
import { startRelay } from './relay.ts';
import { appendAll, commentOn, freshId, openDatabase, silent, until } from './testing/bus-bench.ts';

const brokers = inject('kafkaBrokers').split(',');
const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});

it('loses nothing, repeats nothing and buries nothing when MongoDB is killed in the middle', async () => {
  const servers = await startTestServers(['mongod']);
  stops.push(() => servers.stop());
  const { connection, close } = await openDatabase(servers.mongodbUrl);
  stops.push(close);
  await prepareOutbox(connection);
  const project = freshId('project');
  const effects = connection.db!.collection<{ _id: string; versions: number[] }>('effects');
  const relay = startRelay({ connection, brokers, clientId: 'relay', log: silent, batchSize: 5 });
  stops.push(() => relay.stop());
  const consumer = startConsumer({
    connection,
    brokers,
    groupId: freshId('group'),
    topics: ['talkoot.projects'],
    attempts: 2,
    firstBackOff: 10,
    log: silent,
    handlers: on(projectCommentPostedV1, async (event, session) => {
      if (event.subject !== project) return;
      const applied = { $push: { versions: event.aggregateversion } };
      await effects.updateOne({ _id: project }, applied, { upsert: true, session });
    }),
  });
  stops.push(() => consumer.stop());
  const versions = async () => (await effects.findOne({ _id: project }))?.versions ?? [];
  const comments = Array.from({ length: 200 }, (_, index) => commentOn(project, `c${index}`));

  await appendAll(connection, comments.slice(0, 150));
  await until('some are applied', async () => (await versions()).length > 0);
  await servers.kill('mongod');
  await servers.waitReady('mongod');
  await appendAll(connection, comments.slice(150));
  await until('all are applied', async () => (await versions()).length >= 200);

  expect(await versions()).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
  expect(await connection.db!.collection('deadletters').countDocuments({ key: project })).toBe(0);
  await until('all are marked', async () => !(await outboxRows(connection).findOne({ publishedAt: null })));
  await until('both are well', () => relay.health().ok && consumer.health().ok);
});
