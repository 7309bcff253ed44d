import { randomUUID } from 'node:crypto';
import { startTestServers, type TestServers } from '@talkoot/local-stack/testing';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DispatcherUnavailable } from './bus.errors.ts';
import { temporalDispatcher } from './temporal-dispatcher.ts';

let servers: TestServers;
let connection: Connection;
let client: Client;

beforeAll(async () => {
  servers = await startTestServers(['temporal']);
  connection = await Connection.connect({ address: servers.temporalAddress });
  client = new Client({ connection });
});
afterAll(async () => {
  await connection.close();
  await servers.stop();
});

const startOf = (workflowId: string) => ({
  factId: 'start',
  workflowId,
  workflowType: 'projectLifecycle',
  taskQueue: 'no-worker',
  args: [{ step: 0 }],
  memo: { link: 'x' },
  staticSummary: 'A project',
});
const signalTo = (workflowId: string) => ({
  factId: 'f1',
  workflowId,
  signal: 'allocated',
  args: [{ factId: 'f1' }],
});

describe('delivering to Temporal', () => {
  it('starts a workflow once, however often it is asked, also after it closed', async () => {
    const dispatcher = temporalDispatcher(client);
    const workflowId = `project/${randomUUID()}`;
    expect(await dispatcher.start(startOf(workflowId))).toEqual({ outcome: 'done' });
    const handle = client.workflow.getHandle(workflowId);
    const { runId, type } = await handle.describe();
    expect(type).toBe('projectLifecycle');
    expect(await dispatcher.start(startOf(workflowId))).toEqual({ outcome: 'done' });
    await handle.terminate();
    expect(await dispatcher.start(startOf(workflowId))).toEqual({ outcome: 'done' });
    expect((await handle.describe()).runId).toBe(runId);
  });

  it('starts a closed workflow anew only when the command says so', async () => {
    const dispatcher = temporalDispatcher(client);
    const workflowId = `project/${randomUUID()}`;
    await dispatcher.start(startOf(workflowId));
    const handle = client.workflow.getHandle(workflowId);
    const { runId } = await handle.describe();
    await handle.terminate();
    await dispatcher.start({ ...startOf(workflowId), reusePolicy: 'ALLOW_DUPLICATE' });
    expect((await handle.describe()).runId).not.toBe(runId);
  });

  it('signals a running workflow', async () => {
    const dispatcher = temporalDispatcher(client);
    const workflowId = `project/${randomUUID()}`;
    await dispatcher.start(startOf(workflowId));
    expect(await dispatcher.signal(signalTo(workflowId))).toEqual({ outcome: 'done' });
    const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
    const names = events?.map((event) => event.workflowExecutionSignaledEventAttributes?.signalName);
    expect(names).toContain('allocated');
  });

  it('drops a signal to a closed workflow, with how it closed', async () => {
    const dispatcher = temporalDispatcher(client);
    const workflowId = `project/${randomUUID()}`;
    await dispatcher.start(startOf(workflowId));
    await client.workflow.getHandle(workflowId).terminate();
    const dropped = { outcome: 'dropped', reason: 'workflow-terminated' };
    expect(await dispatcher.signal(signalTo(workflowId))).toEqual(dropped);
  });

  it('keeps a signal to a workflow that the engine does not know', async () => {
    const signal = temporalDispatcher(client).signal(signalTo(`project/${randomUUID()}`));
    await expect(signal).rejects.toThrow(/not found/i);
  });

  it('says that the engine is away when it is', async () => {
    const away = Connection.lazy({ address: '127.0.0.1:1' });
    const dispatcher = temporalDispatcher(new Client({ connection: away }));
    await expect(dispatcher.start(startOf('project/away'))).rejects.toThrow(DispatcherUnavailable);
    await away.close();
  });
});
