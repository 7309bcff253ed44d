export { DECISION_DEADLINE_MS } from './decision.ts';
export type { DecidingCall, Decision } from './decision.ts';
export { createLifecycleRecord } from './lifecycle.record.ts';
export type { LifecycleRecord, LifecycleRecordOptions, PublicStep, StepEffect } from './lifecycle.record.ts';
export { restartWorkflow, type Restarted } from './lifecycle.start.ts';
export { temporalClient } from './temporal.client.ts';
export { readText, storeText } from './text.store.ts';
