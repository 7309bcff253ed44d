import type { WorkflowStart } from '@talkoot/event-bus';
import { workflowStartOptions } from '@talkoot/event-bus/temporal';
import { lifecycles, searchAttributes, TASK_QUEUE, workflowIdOf } from '@talkoot/workflow-contracts';
import type { LifecycleKind, LifecycleState } from '@talkoot/workflow-contracts';
import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import type { Client } from '@temporalio/client';

/** The start of a lifecycle's workflow from a state: the same for a first start and a rebuild. */
export function startOf(
  kind: LifecycleKind,
  state: LifecycleState,
  factId: string,
): WorkflowStart & { municipalityId: string } {
  const value = (name: keyof typeof searchAttributes, content: string) => ({
    ...searchAttributes[name],
    value: content,
  });
  return {
    municipalityId: state.municipalityId,
    factId,
    workflowId: workflowIdOf(kind, state.id),
    workflowType: lifecycles[kind].workflowType,
    taskQueue: TASK_QUEUE,
    args: [state],
    staticSummary: `${kind} ${state.id}`,
    searchAttributes: [
      value('municipality', state.municipalityId),
      value('pilot', state.pilotId),
      ...(state.roundId ? [value('round', state.roundId)] : []),
      value('phase', state.phase),
    ],
  };
}

/** What became of a lifecycle's workflow in a rebuild. */
export type Restarted = 'started' | 'already-running' | 'replaced';

/**
 * Starts the workflow of a lifecycle that has not ended from its recorded state, also where an earlier run was closed.
 * One that runs is left alone, unless `replace` ends it first: then its steps stop before the state is read.
 *
 * @param options.read gives the latest recorded state
 */
export async function restartWorkflow(
  temporal: Client,
  kind: LifecycleKind,
  lifecycleId: string,
  options: { readonly read: () => Promise<LifecycleState>; readonly replace: boolean },
): Promise<Restarted> {
  const replaced = options.replace && (await terminate(temporal, workflowIdOf(kind, lifecycleId)));
  const start = startOf(kind, await options.read(), 'rebuild');
  try {
    const again = workflowStartOptions({ ...start, reusePolicy: 'ALLOW_DUPLICATE' });
    await temporal.workflow.start(start.workflowType, again);
    return replaced ? 'replaced' : 'started';
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return 'already-running';
    throw error;
  }
}

/** Ends a running workflow; false when none runs. */
async function terminate(temporal: Client, workflowId: string): Promise<boolean> {
  try {
    await temporal.workflow.getHandle(workflowId).terminate('replaced by a rebuild from the record');
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
