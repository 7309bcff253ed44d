import { outboxFor } from '@talkoot/event-bus';
import { connectMongo, DomainError, inTransaction } from '@talkoot/http-service';
import { initialState } from '@talkoot/workflow-contracts';
import type { LifecycleState, RecordedStep } from '@talkoot/workflow-contracts';
import type { Client } from '@temporalio/client';
import type { Connection } from 'mongoose';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createLifecycleRecord, storeText, readText } from './index.ts';
import type { LifecycleRecord } from './index.ts';

let connection: Connection;
let record: LifecycleRecord;
let updates = 0;
let effects: string[] = [];

/** Stands for the engine only where a test needs to count the Updates that reach it. */
const temporal = {
  withDeadline: (_: number, work: () => Promise<unknown>) => work(),
  workflow: { getHandle: () => ({ executeUpdate: () => ((updates += 1), Promise.resolve(answer)) }) },
} as unknown as Client;
const answer = { lifecycleId: 'pil-a', phase: 'sponsored', step: 1, awaiting: 'sponsor', dueAt: null };

beforeAll(async () => {
  connection = await connectMongo(
    inject('mongodbUrl').replace(/\/?(\?|$)/, `/record_${randomUUID().slice(0, 8)}$1`),
    {
      appName: 'lifecycle-record-test',
    },
  );
  const outbox = outboxFor(connection, { source: '/services/projects' });
  await outbox.prepare();
  record = createLifecycleRecord({
    connection,
    outbox,
    temporal,
    onStep: { pilot: (step) => (effects.push(step.name), Promise.resolve()) },
  });
});
afterAll(async () => {
  await connection.dropDatabase();
  await connection.close();
});

const decisionId = 'a'.repeat(64);
const bodyHash = 'b'.repeat(64);
const call = (changes = {}) => ({ operationId: decisionId, bodyHash, person: { id: 'per-1' }, ...changes });
const sponsor = {
  kind: 'pilot',
  lifecycleId: 'pil-a',
  municipalityId: 'mun-a',
  name: 'sponsor',
  as: 'sponsor',
  data: {},
} as const;

function step(number: number, name: string, from: string, phase: string, withCommand = false): RecordedStep {
  const command = { decisionId, bodyHash, name, actor: { id: 'per-1', as: 'sponsor' as const }, data: {} };
  return {
    number,
    name,
    cause: withCommand ? 'decision' : 'phase',
    from,
    phase,
    command: withCommand ? command : null,
    waitEffect: null,
    data: {},
    at: '2026-11-24T00:00:00.000Z',
  };
}
const stateAt = (number: number, phase: string): LifecycleState => ({
  ...initialState('pilot', { id: 'pil-a', municipalityId: 'mun-a', pilotId: 'pil-a' }),
  phase,
  step: number,
});
const send = (one: RecordedStep) =>
  record.handlers.recordStep({
    params: { kind: 'pilot', lifecycleId: 'pil-a' },
    body: { step: one, state: stateAt(one.number, one.phase) },
  } as never);

describe('the record of a lifecycle', () => {
  it('starts a lifecycle once, whoever asks', async () => {
    const start = () =>
      inTransaction(connection, (session) => record.start(session, 'pilot', stateAt(0, 'new')));
    await start();
    await expect(start()).rejects.toThrow(/duplicate key/);
    const rows = await connection.db!.collection('outbox').find({ channel: 'workflow' }).toArray();
    expect(rows).toHaveLength(1);
  });

  it('sends a decision as an Update once and refuses other municipalities without sending', async () => {
    await expect(record.decide(call(), { ...sponsor, municipalityId: 'mun-b' })).rejects.toMatchObject({
      code: 'not-found',
    });
    expect(updates).toBe(0);
    await expect(record.decide(call(), sponsor)).resolves.toEqual(answer);
    expect(updates).toBe(1);
  });

  it('refuses without sending when the service itself must refuse', async () => {
    const check = () => Promise.reject(new DomainError('projects-open'));
    await expect(record.decide(call(), { ...sponsor, check })).rejects.toMatchObject({
      code: 'projects-open',
    });
    expect(updates).toBe(1);
  });

  it('refuses a step whose predecessor is not recorded, so that the worker tries again', async () => {
    await expect(send(step(2, 'later', 'drafted', 'sponsored'))).rejects.toMatchObject({
      code: 'step-out-of-order',
    });
  });

  it('records a step once with its effects and event, however often it is sent', async () => {
    const first = step(1, 'sponsor', 'drafted', 'sponsored', true);
    const sent = await Promise.all([send(first), send(first), send(first)]);
    expect(sent.filter(({ body }) => body.recorded)).toHaveLength(1);
    await send(first);
    expect(new Set(effects)).toEqual(new Set(['sponsor']));
    const events = await connection.db!.collection('outbox').find({ channel: 'event' }).toArray();
    expect(events.map((row) => row['envelope'].type)).toEqual(['org.talkoot.pilot.phase-entered.v1']);
  });

  it('refuses the step of another run, which must not go on beside the recorded one', async () => {
    const recorded = step(1, 'sponsor', 'drafted', 'sponsored', true);
    const refusal = { code: 'step-of-another-run' };
    await expect(send({ ...recorded, at: '2026-11-24T00:00:00.001Z' })).rejects.toMatchObject(refusal);
    await expect(send({ ...recorded, name: 'sponsorship-lapsed' })).rejects.toMatchObject(refusal);
    await expect(record.stateOf('pilot', 'pil-a')).resolves.toMatchObject({ phase: 'sponsored', step: 1 });
  });

  it('answers a recorded decision for ever from its record, and never for another body', async () => {
    await expect(record.decide(call(), sponsor)).resolves.toMatchObject({ phase: 'sponsored', step: 1 });
    expect(updates).toBe(1);
    const other = call({ bodyHash: 'c'.repeat(64) });
    await expect(record.decide(other, sponsor)).rejects.toMatchObject({ code: 'idempotency-key-reused' });
  });

  it('shows who acted only by capacity', async () => {
    const page = await record.steps('pilot', 'pil-a', { limit: 10 });
    expect(page.items).toHaveLength(1);
    expect(JSON.stringify(page)).not.toContain('per-1');
    expect(page.items[0]).toMatchObject({ name: 'sponsor', actedAs: 'sponsor' });
  });

  it('gives back the last state, from which a workflow is rebuilt', async () => {
    const { body } = await record.handlers.getLifecycle({
      params: { kind: 'pilot', lifecycleId: 'pil-a' },
    } as never);
    expect(body).toMatchObject({ terminal: false, state: { phase: 'sponsored', step: 1 } });
  });

  it('lists what has not ended, and on request only what is overdue', async () => {
    const list = async (query: object) =>
      (await record.handlers.listLifecycles({ query: { limit: 10, ...query } } as never)).body.items;
    const here = { id: 'pil-a', kind: 'pilot', phase: 'sponsored', municipalityId: 'mun-a', overdue: false };
    expect(await list({ kind: 'pilot' })).toMatchObject([here]);
    expect(await list({ kind: 'round' })).toEqual([]);
    expect(await list({ overdue: 'true' })).toEqual([]);
    const late = { ...stateAt(1, 'sponsored'), wait: { name: 'sponsorship', outcome: null, overdue: true } };
    await connection.db!.collection('lifecycles').updateOne({}, { $set: { state: late } });
    expect(await list({ overdue: 'true' })).toMatchObject([{ ...here, overdue: true }]);
  });

  it('stores a text once per operation and gives it only to its municipality', async () => {
    const store = () => storeText(connection, call(), 'mun-a', 'reason', 'Because it rains');
    const reference = await store();
    expect(await store()).toEqual(reference);
    expect(await readText(connection, 'mun-a', reference.id)).toMatchObject({ text: 'Because it rains' });
    expect(await readText(connection, 'mun-b', reference.id)).toBeNull();
  });

  it('answers a repeated call from the record that its first attempt left while it was sent again', async () => {
    const meanwhile = 'd'.repeat(64);
    const again = call({ operationId: meanwhile });
    // The run that took the decision was lost; the rebuilt one has it among what it has seen.
    const check = async () => {
      const { command, ...second } = step(2, 'ask', 'sponsored', 'asked', true);
      await send({ ...second, command: { ...command!, decisionId: meanwhile } });
      throw new DomainError('already-decided');
    };
    await expect(record.decide(again, { ...sponsor, check })).resolves.toMatchObject({ step: 2 });
    await expect(
      record.decide(call({ operationId: meanwhile, bodyHash: 'c'.repeat(64) }), sponsor),
    ).rejects.toMatchObject({ code: 'idempotency-key-reused' });
  });
});
