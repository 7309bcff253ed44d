/**
 * Why a computation was refused.
 * - `number-not-finite`: NaN or infinite, given or reached
 * - `number-malformed`: a text that is not a decimal or fraction, or a number too large to sign
 * - `no-observations`: nothing to estimate from, or more than a million values
 * - `unit-mismatch`: a value in another unit than its criterion's
 * - `goal-equals-baseline`, `direction-contradicts-goal`, `failure-bound-misplaced`: a criterion that cannot be scored
 * - `baseline-missing`: a criterion measured without a baseline
 * - `observed-missing`: a level is needed, for the goal or the failure bound, and only an effect is known
 * - `votes-invalid`: counts that are not integers of zero or more, or more votes than ballots, or ballots than voters
 * - `rules-invalid`: charter values outside their range
 * - `duplicate-id`: a criterion, side effect or obligation twice
 * - `shares-invalid`: weights or ratios that are not integers of zero or more, or no ratio above zero
 */
export type ImpactErrorCode =
  | 'number-not-finite'
  | 'number-malformed'
  | 'no-observations'
  | 'unit-mismatch'
  | 'goal-equals-baseline'
  | 'direction-contradicts-goal'
  | 'failure-bound-misplaced'
  | 'baseline-missing'
  | 'observed-missing'
  | 'votes-invalid'
  | 'rules-invalid'
  | 'duplicate-id'
  | 'shares-invalid';

export class ImpactError extends Error {
  override readonly name = 'ImpactError';
  readonly code: ImpactErrorCode;

  constructor(code: ImpactErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
