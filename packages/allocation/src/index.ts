export { parsePabulib, pabulibLimits } from './pabulib.parse.ts';
export type {
  PabulibFile,
  PabulibMeta,
  PabulibProject,
  PabulibVote,
  PabulibVoteType,
} from './pabulib.parse.ts';
export { exportPabulib } from './pabulib.export.ts';
export type { PabulibExport } from './pabulib.export.ts';
export { amountText } from './pabulib.amount.ts';
export { PabulibError } from './pabulib.errors.ts';
export type { PabulibErrorCode } from './pabulib.errors.ts';
export { ballotProblems } from './ballot.rule.ts';
export type { BallotLimits, BallotProblem, BallotType } from './ballot.rule.ts';
export { allocateGreedy, greedyInput } from './greedy.rule.ts';
export type { Allocation, Explanation, Reason } from './greedy.rule.ts';
export type { AllocationInput } from './allocation.input.ts';
export { AllocationError } from './allocation.errors.ts';
export type { AllocationErrorCode } from './allocation.errors.ts';
