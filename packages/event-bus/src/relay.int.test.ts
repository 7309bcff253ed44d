import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { projectCommentPostedV1 } from '@talkoot/event-contracts';
import { startTestServers } from '@talkoot/local-stack/testing';
import type { Connection } from 'mongoose';
import { afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { on, startConsumer } from './consumer.ts';
import { prepareOutbox, outboxRows } from './outbox.rows.ts';
import { startRelay, type Relay, type RelayHealth, type RelayOptions } from './relay.ts';
import { appendAll, commentOn, freshId, listenTo, openDatabase, silent, until } from './testing/bus-bench.ts';
import { ensureTopics } from './topics.ts';

const brokers = inject('kafkaBrokers').split(',');
const stops: (() => Promise<unknown>)[] = [];
let database: Awaited<ReturnType<typeof openDatabase>>;
let connection: Connection;

beforeAll(() => ensureTopics(brokers));
beforeEach(async () => {
  database = await openDatabase(inject('mongodbUrl'));
  connection = database.connection;
  await prepareOutbox(connection);
});
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
  await database.close();
});

function relayOn(settings: Partial<RelayOptions> = {}): Relay {
  const relay = startRelay({
    connection,
    brokers,
    clientId: 'relay',
    log: silent,
    leaseTtl: 2_000,
    ...settings,
  });
  stops.push(() => relay.stop());
  return relay;
}

async function listen(subject: string) {
  const listener = await listenTo(brokers, 'talkoot.projects', subject);
  stops.push(() => listener.stop());
  return listener.heard;
}

/** A relay in its own process; the promise resolves when it is active. */
async function activeChild(): Promise<ChildProcess> {
  const script = fileURLToPath(new URL('testing/relay-process.ts', import.meta.url));
  const child = fork(script, [database.url, brokers.join(',')], { stdio: 'ignore' });
  stops.push(async () => child.kill('SIGKILL'));
  await new Promise<void>((resolve) => {
    child.on('message', (health) => (health as RelayHealth).state === 'active' && resolve());
  });
  return child;
}

const allPublished = async () => (await outboxRows(connection).countDocuments({ publishedAt: null })) === 0;

describe('publishing', () => {
  it('publishes each aggregate in its order while many transactions append at once', async () => {
    relayOn({ batchSize: 7 });
    const projects = Array.from({ length: 4 }, () => freshId('project'));
    const heard = await Promise.all(projects.map(listen));
    await Promise.all(
      projects.flatMap((project) =>
        [0, 1, 2].map((writer) =>
          appendAll(
            connection,
            Array.from({ length: 10 }, (_, index) => commentOn(project, `c${writer}-${index}`)),
          ),
        ),
      ),
    );
    await until('all are heard', () => heard.every((events) => events.length === 30));
    for (const events of heard) {
      expect(events.map(({ event }) => event.aggregateversion)).toEqual(
        Array.from({ length: 30 }, (_, index) => index + 1),
      );
    }
  });

  it('publishes a valid event, unchanged, with the content type of CloudEvents', async () => {
    relayOn();
    const project = freshId('project');
    const heard = await listen(project);
    await appendAll(connection, [commentOn(project, 'c1')]);
    await until('it is heard', () => heard.length === 1);
    expect(projectCommentPostedV1.envelope.parse(heard[0]?.event).data).toEqual({ commentId: 'c1' });
    expect(String(heard[0]?.headers['content-type'])).toMatch(/^application\/cloudevents\+json/);
  });

  it('publishes again what a killed relay had published but not marked, and consumers apply it once', async () => {
    const project = freshId('project');
    const heard = await listen(project);
    const effects = connection.db!.collection<{ _id: string; ids: string[] }>('effects');
    const applied = async () => (await effects.findOne({ _id: project }))?.ids ?? [];
    const consumer = startConsumer({
      connection,
      brokers,
      groupId: freshId('group'),
      topics: ['talkoot.projects'],
      log: silent,
      handlers: on(projectCommentPostedV1, async (event, session) => {
        if (event.subject !== project) return;
        await effects.updateOne({ _id: project }, { $push: { ids: event.id } }, { upsert: true, session });
      }),
    });
    stops.push(() => consumer.stop());
    const child = await activeChild();
    await appendAll(connection, [commentOn(project, 'c1'), commentOn(project, 'c2')]);
    await until('both are heard', () => heard.length === 2);
    const died = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await died;
    // What a kill between producing and marking leaves behind.
    await outboxRows(connection).updateMany({}, { $set: { publishedAt: null } });
    relayOn();
    await appendAll(connection, [commentOn(project, 'c3')]);
    await until('all are heard', () => heard.length >= 5);
    await until('the last is applied', async () => (await applied()).includes(`project/${project}/3`));
    expect(await applied()).toEqual([1, 2, 3].map((version) => `project/${project}/${version}`));
    await until('all are marked', allPublished);
  });

  it('loses nothing and keeps the order when the broker goes away and comes back', async () => {
    const kafka = await startTestServers(['kafka']);
    stops.push(() => kafka.stop());
    const own = kafka.kafkaBrokers.split(',');
    const relay = relayOn({ brokers: own });
    const project = freshId('project');
    await appendAll(connection, [commentOn(project, 'before')]);
    await until('the first is published', allPublished);
    await kafka.kill('kafka');
    await appendAll(
      connection,
      Array.from({ length: 20 }, (_, index) => commentOn(project, `during-${index}`)),
    );
    await until(
      'the relay says what is wrong',
      async () => relay.health().errorCode !== null || (await allPublished()),
    );
    await kafka.waitReady('kafka');
    await appendAll(connection, [commentOn(project, 'after')]);
    await until('all are published', allPublished);
    const listener = await listenTo(own, 'talkoot.projects', project);
    stops.push(() => listener.stop());
    await until('all are heard', () => new Set(listener.heard.map(({ event }) => event.id)).size === 22);
    const firstTimes = [...new Set(listener.heard.map(({ event }) => event.aggregateversion))];
    expect(firstTimes).toEqual(Array.from({ length: 22 }, (_, index) => index + 1));
    expect(relay.health()).toMatchObject({ ok: true, state: 'active', errorCode: null });
  });
});

describe('being the only one', () => {
  it('lets one of two relays be active, and the other take over when it stops', async () => {
    const relays = [relayOn(), relayOn()];
    const states = () => relays.map((relay) => relay.health().state).toSorted();
    await until('one is active', () => states().join() === 'active,standby');
    const active = relays.find((relay) => relay.health().state === 'active');
    const other = relays.find((relay) => relay !== active);
    await active?.stop();
    await until('the other took over', () => other?.health().state === 'active');
    const project = freshId('project');
    const heard = await listen(project);
    await appendAll(connection, [commentOn(project, 'c1')]);
    await until('it publishes', () => heard.length === 1);
    expect(active?.health().state).toBe('stopped');
  });

  it('replaces an active relay that was killed', async () => {
    const child = await activeChild();
    const standby = relayOn();
    await until('it stands by', () => standby.health().state === 'standby');
    child.kill('SIGKILL');
    await until('it took over', () => standby.health().state === 'active');
    expect(standby.health().ok).toBe(true);
  });
});
