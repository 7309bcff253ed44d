/**
 * Why an allocation was refused.
 * - `budget-invalid`: not a safe integer of zero or more
 * - `cost-not-positive`: a cost that is not a safe integer above zero
 * - `duplicate-project`: a project listed twice
 * - `unknown-project`, `duplicate-choice`: a ballot that should never have been counted
 * - `lot-incomplete`: the lot is not an order of exactly the projects
 * - `unsupported-vote-type`: the rule does not read this kind of ballot
 */
export type AllocationErrorCode =
  | 'budget-invalid'
  | 'cost-not-positive'
  | 'duplicate-project'
  | 'unknown-project'
  | 'duplicate-choice'
  | 'lot-incomplete'
  | 'unsupported-vote-type';

export class AllocationError extends Error {
  override readonly name = 'AllocationError';
  readonly code: AllocationErrorCode;

  constructor(code: AllocationErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
