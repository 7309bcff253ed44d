// The workflow bundle: everything reachable from here runs in the sandbox and must be deterministic.
export { batchLifecycle } from './batch/batch.workflow.ts';
export { measurementLifecycle } from './measurement/measurement.workflow.ts';
export { pilotLifecycle } from './pilot/pilot.workflow.ts';
export { pollLifecycle } from './poll/poll.workflow.ts';
export { projectLifecycle } from './project/project.workflow.ts';
export { roundLifecycle } from './round/round.workflow.ts';
