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
export { allocate } from './allocate.ts';
export type { Allocation } from './allocate.ts';
export type { Explanation, Reason } from './explanation.ts';
export { requireDecidable } from './increment.bounds.ts';
export { AllocationRuleShape } from './allocation.rule.ts';
export type { AllocationRule } from './allocation.rule.ts';
export type { AllocationInput, CountedBallot, Election } from './allocation.input.ts';
export { electionOf } from './pabulib.election.ts';
export { AllocationError } from './allocation.errors.ts';
export type { AllocationErrorCode } from './allocation.errors.ts';
