import type { Connection } from 'mongoose';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { DispatcherUnavailable } from './bus.errors.ts';
import type { Dispatched, WorkflowDispatcher } from './dispatcher.ts';
import { outboxFor } from './outbox.ts';
import { outboxRows, prepareOutbox } from './outbox.rows.ts';
import { startRelay, type Relay } from './relay.ts';
import { freshId, openDatabase, silent, until } from './testing/bus-bench.ts';

let database: Awaited<ReturnType<typeof openDatabase>>;
let connection: Connection;
let relay: Relay | undefined;

beforeEach(async () => {
  database = await openDatabase(inject('mongodbUrl'));
  connection = database.connection;
  await prepareOutbox(connection);
});
afterEach(async () => {
  await relay?.stop();
  await database.close();
});

/** Records what it is asked, and does what `refuse` says first. */
function dispatcherThat(decide: (call: string, times: number) => Dispatched | Error | null) {
  const calls: string[] = [];
  const answer = async (call: string): Promise<Dispatched> => {
    calls.push(call);
    const decided = decide(call, calls.filter((earlier) => earlier === call).length);
    if (decided instanceof Error) throw decided;
    return decided ?? { outcome: 'done' };
  };
  const dispatcher: WorkflowDispatcher = {
    start: (start) => answer(`start ${start.workflowId}`),
    signal: (signal) => answer(`${signal.signal} ${signal.workflowId}`),
  };
  return { calls, dispatcher };
}

function relayTo(dispatcher: WorkflowDispatcher): Relay {
  const brokers = inject('kafkaBrokers').split(',');
  relay = startRelay({ connection, brokers, clientId: 'relay', dispatcher, log: silent });
  return relay;
}

async function ask(workflowId: string, signals: readonly string[]): Promise<void> {
  const outbox = outboxFor(connection, { source: '/services/projects' });
  const municipalityId = 'municipality-1';
  await connection.transaction(async (session) => {
    const start = { factId: 'start', workflowId, workflowType: 'projectLifecycle', taskQueue: 'q', args: [] };
    await outbox.appendWorkflowStart(session, { ...start, municipalityId });
    for (const signal of signals) {
      const fact = { factId: signal, workflowId, signal, args: [], municipalityId };
      await outbox.appendWorkflowSignal(session, fact);
    }
  });
}

const waiting = () => outboxRows(connection).countDocuments({ publishedAt: null });

describe('dispatching workflow commands', () => {
  it('delivers each once when all goes well, in the order of the workflow', async () => {
    const { calls, dispatcher } = dispatcherThat(() => null);
    relayTo(dispatcher);
    const workflowId = freshId('project/p');
    await ask(workflowId, ['one', 'two', 'three']);
    await until('all are delivered', async () => (await waiting()) === 0);
    expect(calls).toEqual(['start', 'one', 'two', 'three'].map((call) => `${call} ${workflowId}`));
  });

  it('holds up only the workflow that fails, and tries it again from where it stopped', async () => {
    const [stuck, fine] = [freshId('project/stuck'), freshId('project/fine')];
    let mended = false;
    const { calls, dispatcher } = dispatcherThat((call) =>
      call === `one ${stuck}` && !mended ? new Error('refused') : null,
    );
    relayTo(dispatcher);
    await ask(stuck, ['one', 'two']);
    await ask(fine, ['one']);
    await until('the other is delivered', () => calls.includes(`one ${fine}`));
    await until('the lane is known to be held up', () => relay?.health().blockedLanes === 1);
    expect(calls).not.toContain(`two ${stuck}`);
    mended = true;
    await until('all are delivered', async () => (await waiting()) === 0);
    expect(calls.filter((call) => call === `start ${stuck}`)).toHaveLength(1);
    expect(calls.filter((call) => call.endsWith(stuck)).slice(-2)).toEqual([`one ${stuck}`, `two ${stuck}`]);
  });

  it('waits for an engine that is away, says so, and loses nothing', async () => {
    let away = true;
    const { calls, dispatcher } = dispatcherThat(() => (away ? new DispatcherUnavailable() : null));
    relayTo(dispatcher);
    const workflowId = freshId('project/p');
    await ask(workflowId, ['one']);
    await until('it says so', () => relay?.health().errorCode === 'dispatcher-unavailable');
    expect(relay?.health().ok).toBe(false);
    away = false;
    await until('all are delivered', async () => (await waiting()) === 0);
    expect(calls.slice(-2)).toEqual([`start ${workflowId}`, `one ${workflowId}`]);
    await until('it is well again', () => relay?.health().ok === true);
  });

  it('marks a command that can never be delivered with the reason, and goes on', async () => {
    const workflowId = freshId('project/p');
    const { calls, dispatcher } = dispatcherThat((call) =>
      call.startsWith('one') ? { outcome: 'dropped', reason: 'workflow-completed' } : null,
    );
    relayTo(dispatcher);
    await ask(workflowId, ['one', 'two']);
    await until('all are settled', async () => (await waiting()) === 0);
    expect(calls).toContain(`two ${workflowId}`);
    const dropped = await outboxRows(connection).findOne({ _id: `signal/${workflowId}/one` });
    expect(dropped).toMatchObject({ droppedReason: 'workflow-completed' });
  });
});
