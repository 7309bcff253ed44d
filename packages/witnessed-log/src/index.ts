export { LogError } from './log.errors.ts';
export type { LogErrorCode } from './log.errors.ts';
export type { LogIdentity } from './log.identity.ts';
export { logStore } from './log.store.ts';
export type { LogStore } from './log.store.ts';
export type { WitnessAddress } from './witness.client.ts';
export { witnessFaults } from './witness.faults.ts';
export { witnessedLog } from './witnessed-log.ts';
export type { WitnessedLog, WitnessedLogOptions } from './witnessed-log.ts';
