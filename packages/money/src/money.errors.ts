/**
 * Why an operation on money was refused.
 * - `currency-mismatch`: two currencies met in one operation
 * - `currency-unknown`: not an ISO 4217 code of a decimal currency
 * - `amount-unsafe`: not an integer of minor units, or beyond ±(2^53 − 1)
 * - `amount-malformed`: a decimal text that is not a number
 * - `amount-too-precise`: a decimal text with more places than the currency has
 * - `amount-negative`: a negative total where only zero or more can be split
 * - `weights-invalid`: weights negative, fractional, all zero, or not one per id
 * - `ids-invalid`: ids repeat
 * - `ratio-malformed`: a text that is neither a decimal nor `p/q`
 * - `portion-invalid`: a denominator that is zero or negative, or a negative numerator
 */
export type MoneyErrorCode =
  | 'currency-mismatch'
  | 'currency-unknown'
  | 'amount-unsafe'
  | 'amount-malformed'
  | 'amount-too-precise'
  | 'amount-negative'
  | 'weights-invalid'
  | 'ids-invalid'
  | 'ratio-malformed'
  | 'portion-invalid';

/** A refusal with a stable code; the message is for people and may change. */
export class MoneyError extends Error {
  override readonly name = 'MoneyError';
  readonly code: MoneyErrorCode;

  constructor(code: MoneyErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
