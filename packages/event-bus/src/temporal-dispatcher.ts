import {
  isGrpcServiceError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  type Client,
  type WorkflowStartOptions,
} from '@temporalio/client';
import { TypedSearchAttributes, type SearchAttributePair } from '@temporalio/common';
import { DispatcherUnavailable } from './bus.errors.ts';
import type { Dispatched, WorkflowDispatcher } from './dispatcher.ts';
import type { PlainSearchAttribute, WorkflowSignal, WorkflowStart } from './outbox.rows.ts';

const CALL_TIMEOUT = 10_000;
/** Status codes with which gRPC says "not now": cancelled, deadline exceeded, exhausted, unavailable. */
const NOT_NOW = new Set([1, 4, 8, 14]);

/** Delivers outbox commands to Temporal. */
export function temporalDispatcher(client: Client): WorkflowDispatcher {
  const call = (work: () => Promise<Dispatched>) => client.withDeadline(Date.now() + CALL_TIMEOUT, work);
  return {
    start: (start) => call(() => startOnce(client, start)),
    signal: (signal) => call(() => deliverSignal(client, signal)),
  };
}

async function startOnce(client: Client, start: WorkflowStart): Promise<Dispatched> {
  try {
    await client.workflow.start(start.workflowType, workflowStartOptions(start));
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw asBusError(error);
  }
  return { outcome: 'done' };
}

/** A start as the client of Temporal takes it. */
export function workflowStartOptions(start: WorkflowStart): WorkflowStartOptions {
  return {
    workflowId: start.workflowId,
    taskQueue: start.taskQueue,
    args: [...start.args],
    workflowIdReusePolicy: start.reusePolicy ?? 'REJECT_DUPLICATE',
    typedSearchAttributes: new TypedSearchAttributes((start.searchAttributes ?? []).map(asPair)),
    ...(start.memo && { memo: start.memo }),
    ...(start.staticSummary && { staticSummary: start.staticSummary }),
    ...(start.staticDetails && { staticDetails: start.staticDetails }),
  };
}

function asPair({ name, type, value }: PlainSearchAttribute): SearchAttributePair {
  const typed = type === 'DATETIME' ? new Date(String(value)) : value;
  return { key: { name, type }, value: typed } as SearchAttributePair;
}

async function deliverSignal(client: Client, signal: WorkflowSignal): Promise<Dispatched> {
  const handle = client.workflow.getHandle(signal.workflowId);
  try {
    await handle.signal(signal.signal, ...signal.args);
    return { outcome: 'done' };
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw asBusError(error);
    return await whyNotFound(client, signal.workflowId);
  }
}

/**
 * A closed workflow takes no more facts, so the signal is dropped. A workflow that the engine does not
 * know may not have been started yet, or the engine lost its store: the signal waits.
 */
async function whyNotFound(client: Client, workflowId: string): Promise<Dispatched> {
  try {
    const { status } = await client.workflow.getHandle(workflowId).describe();
    if (status.name === 'RUNNING') throw new Error(`${workflowId} began between two calls`);
    return { outcome: 'dropped', reason: `workflow-${status.name.toLowerCase()}` };
  } catch (error) {
    throw asBusError(error);
  }
}

function asBusError(error: unknown): unknown {
  const cause = error instanceof Error && isGrpcServiceError(error.cause) ? error.cause : error;
  if (isGrpcServiceError(cause) && NOT_NOW.has(cause.code))
    return new DispatcherUnavailable({ cause: error });
  return error;
}
