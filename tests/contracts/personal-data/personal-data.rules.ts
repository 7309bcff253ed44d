import { TASK_QUEUE } from '@talkoot/workflow-contracts';
import { Client, Connection } from '@temporalio/client';
import kafkajs from 'kafkajs';
import { readFile } from 'node:fs/promises';
import { beforeAll, expect, it } from 'vitest';
import type { RunningSystem } from '../running-system.ts';
import { inDatabase } from '../databases.ts';
import { historiesOf, logsOf, messagesOf, metricsOf, outboxesOf, publicationsOf } from './places.ts';
import { privateValuesOf } from './private-values.ts';
import type { History, RawMessage } from './places.ts';
import { findLeaks } from './search.ts';
import type { Place, Private } from './search.ts';

const personId = /per-[a-z2-7]{20}/g;

export function personalDataRules(system: () => RunningSystem): void {
  let values: Private[];
  let messages: RawMessage[];
  let histories: Place[];
  beforeAll(async () => {
    values = await privateValuesOf(system());
    messages = await messagesOf(system().stack);
    histories = (await historiesOf(system().stack)).map(asPlace);
  });

  it('knows what to look for', () => {
    const counts = new Map(
      values.map(({ kind }) => [kind, values.filter((one) => one.kind === kind).length]),
    );
    const { plan } = system().play;
    expect(counts.get('certificate')).toBeGreaterThanOrEqual(3 * plan.ballots.length);
    expect(counts.get('national id')).toBeGreaterThanOrEqual(plan.ballots.length);
    expect(counts.get('secret')).toBeGreaterThanOrEqual(10);
    expect(counts.get('reference')).toBeGreaterThanOrEqual(plan.ballots.length);
    const typed = values.filter(({ kind }) => kind === 'typed text').map(({ value }) => value);
    for (const { title, description } of plan.proposals) {
      expect(typed).toContain(title);
      expect(typed).toContain(description);
    }
  });

  it('stays out of events, dead letters and outboxes', async () => {
    expect(messages.length).toBeGreaterThan(100);
    const places = [
      ...messages.map((message) => ({ name: message.topic, text: JSON.stringify(message) })),
      ...(await outboxesOf(system().stack)),
    ];
    expect(findLeaks(places, values)).toEqual([]);
  });

  it('stays out of histories, search attributes, memos and details', () => {
    expect(histories.length).toBeGreaterThan(10);
    expect(findLeaks(histories, values)).toEqual([]);
  });

  it('stays out of logs, traces and metrics', async () => {
    const { stack, traceFile } = system();
    const places = [
      ...(await logsOf(stack)),
      ...(await metricsOf(stack)),
      { name: 'traces', text: await readFile(traceFile, 'utf8') },
    ];
    expect(places.filter(({ text }) => text.length < 100)).toEqual([]);
    expect(findLeaks(places, values)).toEqual([]);
  });

  it('stays out of what is published of polls', async () => {
    const { play, stack } = system();
    const places = await publicationsOf(system());
    expect(places.length).toBeGreaterThan(8 * play.polls.length);
    // The titles of projects, the names of trustees and the certificates are public there.
    const kept = values.filter(({ kind }) => kind !== 'typed text' && kind !== 'certificate');
    const people = await Promise.all(
      (['identity', 'auditor'] as const).map((owner) =>
        inDatabase(stack, owner, (database) =>
          database.collection<{ _id: string }>('people').distinct('_id'),
        ),
      ),
    );
    const secrets = [...kept, ...people.flat().map((value) => ({ kind: 'person', value }))];
    const found = places.flatMap(({ name, text }) =>
      secrets.filter(({ value }) => text.includes(value)).map(({ kind }) => `${kind} in ${name}`),
    );
    expect(found).toEqual([]);
    expect(
      findLeaks(
        places.filter(({ name }) => !name.endsWith('.bin')),
        kept,
      ),
    ).toEqual([]);
  });

  it('tells of a poll nothing that names a voter', async () => {
    const { stack, play, traceFile } = system();
    const audited = await inDatabase(stack, 'auditor', (database) =>
      database.collection<{ _id: string }>('people').distinct('_id'),
    );
    const voters = new Set([...play.residents.map((one) => one.personId), ...audited]);
    const votersIn = ({ text }: Place) => [...text.matchAll(personId)].filter(([id]) => voters.has(id));
    const polls = histories.filter(({ name }) => name.startsWith('poll/'));
    expect(polls.length).toBeGreaterThan(3);
    const places: Place[] = [
      ...polls,
      { name: 'Kafka', text: JSON.stringify(messages.filter(({ topic }) => topic === 'talkoot.polls')) },
      ...(await outboxesOf(stack)).filter(({ name }) => name === 'outbox of ballots'),
      ...(await logsOf(stack)).filter(({ name }) => /identity|auditor|ballots/.test(name)),
      { name: 'traces', text: await readFile(traceFile, 'utf8') },
    ];
    expect(places.filter((place) => votersIn(place).length > 0).map(({ name }) => name)).toEqual([]);
  });

  it('is found in a Kafka message and in a history when it is there', async () => {
    const { stack } = system();
    const planted: Private = { kind: 'national id', value: 'LOCAL-0123456789AB' };
    await plantMessage(stack.urls.kafkaBrokers, planted.value);
    const stored = { name: 'Kafka', text: JSON.stringify(await messagesOf(stack)) };
    expect(findLeaks([stored], []).map(({ kind }) => kind)).toEqual(['national id']);
    await plantWorkflow(stack.urls.temporalAddress, planted.value);
    const spoilt = (await historiesOf(stack, "WorkflowType = 'planted'")).map(asPlace);
    const leaks = findLeaks(spoilt, [planted]);
    expect(new Set(leaks.map(({ place }) => place))).toEqual(new Set(['planted-input', 'planted-memo']));
  });
}

const asPlace = ({ workflowId, text }: History): Place => ({ name: workflowId, text });

async function plantMessage(brokers: string, value: string): Promise<void> {
  const kafka = new kafkajs.Kafka({
    clientId: 'planted',
    brokers: brokers.split(','),
    logLevel: kafkajs.logLevel.NOTHING,
  });
  const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
  await producer.connect();
  await producer.send({ topic: 'talkoot.polls', messages: [{ key: 'planted', value }] });
  await producer.disconnect();
}

/** On a queue that nobody serves. */
async function plantWorkflow(address: string, value: string): Promise<void> {
  const connection = await Connection.connect({ address });
  const { workflow } = new Client({ connection });
  const taskQueue = `not-${TASK_QUEUE}`;
  await workflow.start('planted', { workflowId: 'planted-input', taskQueue, args: [{ nested: [value] }] });
  await workflow.start('planted', { workflowId: 'planted-memo', taskQueue, memo: { who: value } });
  await connection.close();
}
