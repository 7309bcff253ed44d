import type { WorkflowSignal, WorkflowStart } from './outbox.rows.ts';

/** Done (also: had been done before), or can never be done. */
export type Dispatched = { outcome: 'done' } | { outcome: 'dropped'; reason: string };

/**
 * What the relay needs of a workflow engine. Both calls are made at least once and must bear repeats.
 * Throw `DispatcherUnavailable` when the engine cannot be reached; any other error holds up only the
 * one workflow, and the call is tried again.
 */
export interface WorkflowDispatcher {
  start(start: WorkflowStart): Promise<Dispatched>;
  signal(signal: WorkflowSignal): Promise<Dispatched>;
}
