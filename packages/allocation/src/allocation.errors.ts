/**
 * Why an allocation was refused.
 * - `rule-invalid`: the rule or a parameter is none of those described
 * - `budget-invalid`: not a safe integer of zero or more
 * - `cost-not-positive`: a cost that is not a safe integer above zero
 * - `duplicate-project`: a project listed twice
 * - `unknown-project`: a ballot or a conflict group names what is not an option
 * - `duplicate-choice`: a ballot that should never have been counted
 * - `points-invalid`: points missing, not one for each choice, below zero, not whole, or where there should be none
 * - `lot-incomplete`: the lot is not an order of exactly the projects
 * - `unsupported-vote-type`: no rule reads this kind of ballot
 * - `too-many-increments`: the increment is far too small for the costs
 */
export type AllocationErrorCode =
  | 'rule-invalid'
  | 'budget-invalid'
  | 'cost-not-positive'
  | 'duplicate-project'
  | 'unknown-project'
  | 'duplicate-choice'
  | 'points-invalid'
  | 'lot-incomplete'
  | 'unsupported-vote-type'
  | 'too-many-increments';

export class AllocationError extends Error {
  override readonly name = 'AllocationError';
  readonly code: AllocationErrorCode;

  constructor(code: AllocationErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
