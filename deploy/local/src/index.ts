export { diagnose, isIll, type Finding, type Findings } from './doctor/diagnosis.ts';
export { examine } from './doctor/examination.ts';
export { pins, servers, type Pin, type Server } from './provision/pins.ts';
export * from './provision/provision.errors.ts';
export {
  locate,
  provision,
  provisionAll,
  type OnProgress,
  type Progress,
  type Provisioned,
} from './provision/provision.ts';
export { cached, cacheDirectory } from './provision/cache.ts';
export { findPython } from './provision/wheel.ts';
export { attachStack, runningStack } from './stack/attach.ts';
export { dataDirectory } from './stack/data-directory.ts';
export type { StackUrls } from './stack/environment.ts';
export { processNames, type ProcessName } from './stack/process-names.ts';
export * from './stack/stack.errors.ts';
export { startStack, type StackHandle, type StackOptions, type StackProgress } from './stack/stack.ts';
export type { RunningProcess, StackState } from './stack/stack-state.ts';
export * from './supervisor/supervisor.errors.ts';
export type { ProcessState } from './supervisor/supervised-process.ts';
export { personNumber } from './identity-provider/person-number.ts';
