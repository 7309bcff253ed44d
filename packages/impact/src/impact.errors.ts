/**
 * Why a computation was refused.
 * - `number-not-finite`: NaN or infinite, given or reached
 * - `number-malformed`: a text that is not a decimal or fraction, or a number too large to sign
 * - `no-observations`: nothing to estimate from, or more than a million values
 * - `too-few-observations`: fewer periods or comparison units than the method needs
 * - `too-many-observations`: more periods or comparison units than the method takes
 * - `panel-unbalanced`: a unit without a reading of a period that others have; nothing is filled in
 * - `count-negative`: a count below zero
 * - `design-singular`: the data allow more than one answer
 * - `not-converged`: the data lead to no finite answer
 * - `unit-mismatch`: a value in another unit than its criterion's
 * - `goal-equals-baseline`, `direction-contradicts-goal`, `failure-bound-misplaced`: a criterion that cannot be scored
 * - `baseline-missing`: a criterion measured without a baseline
 * - `observed-missing`: a level is needed, for the goal or the failure bound, and only an effect is known
 * - `votes-invalid`: counts that are not integers of zero or more, or more votes than ballots, or ballots than voters
 * - `rules-invalid`: charter values outside their range
 * - `duplicate-id`: a criterion, side effect or obligation twice
 * - `plan-malformed`, `csv-malformed`, `file-too-large`: a plan or data that cannot be read
 * - `column-unknown`, `unit-unknown`: a plan names a column or unit that the data do not have
 * - `period-malformed`: a period that is not written as the plan says
 * - `duplicate-observation`: two readings of one unit in one period
 * - `record-invalid`: evidence of a performance record that is no count, or stars outside 1 to 5
 * - `shares-invalid`: weights or ratios that are not integers of zero or more, or no ratio above zero
 */
export type ImpactErrorCode =
  | 'number-not-finite'
  | 'number-malformed'
  | 'no-observations'
  | 'too-few-observations'
  | 'too-many-observations'
  | 'panel-unbalanced'
  | 'count-negative'
  | 'design-singular'
  | 'not-converged'
  | 'unit-mismatch'
  | 'goal-equals-baseline'
  | 'direction-contradicts-goal'
  | 'failure-bound-misplaced'
  | 'baseline-missing'
  | 'observed-missing'
  | 'votes-invalid'
  | 'rules-invalid'
  | 'duplicate-id'
  | 'plan-malformed'
  | 'csv-malformed'
  | 'file-too-large'
  | 'column-unknown'
  | 'unit-unknown'
  | 'period-malformed'
  | 'duplicate-observation'
  | 'record-invalid'
  | 'shares-invalid';

export class ImpactError extends Error {
  override readonly name = 'ImpactError';
  readonly code: ImpactErrorCode;

  constructor(code: ImpactErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
