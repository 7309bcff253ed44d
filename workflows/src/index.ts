export { createActivities } from './activities/activities.ts';
export type { Activities } from './activities/activities.ts';
export type { Clients } from './activities/clients.ts';
export { createWorker, workflowBundle } from './worker.ts';
