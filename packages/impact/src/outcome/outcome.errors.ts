/**
 * Why terms or results were refused.
 *
 * Terms:
 * - `terms-malformed`: not of the documented shape; the message names the place
 * - `id-repeated`: an input, measure or payment has an id that another has; a second cap of a group; an outcome twice
 * - `name-unknown`: a name that is no input, measure, payment or group of these terms
 * - `terms-circular`: a measure that depends on itself
 * - `tiers-gap`, `tiers-overlap`: a value that falls into no tier, or into two
 * - `anchors-unordered`: fewer than two anchors, or not in rising order
 * - `steps-unordered`: a waterfall whose last step has an end, or another has none
 * - `range-empty`: a condition, bound or tier that no value can meet
 * - `amount-too-precise`: the amount cap, or an earlier payment, is no whole number of minor units
 * - `currency-unknown`: not an ISO 4217 currency with decimal minor units
 * - `payees-differ`: a cap on the return, and more than one payee
 *
 * Terms or results:
 * - `key-repeated`: an object of the JSON text states a key twice, so that readers could differ on what was signed
 *
 * Results:
 * - `results-malformed`: not of the documented shape; the message names the place
 * - `input-missing`, `input-unknown`, `input-out-of-range`: of inputs, and of the participants of rate cards
 * - `payment-unknown`: an earlier payment on a line that the terms do not have
 * - `division-by-zero`: nothing was assessed, or the comparison is zero
 * - `out-of-range`: a weight, count, share, rate or date that makes no sense at its value
 * - `investment-missing`, `investment-unexpected`: dated flows belong to a cap on the return, and only to it
 * - `flow-signs`: the dated flows do not change sign exactly once, from invested to received
 * - `flow-after-payment`: a flow later than the payment that is being decided
 * - `amount-unsafe`: an amount beyond 2^53 − 1 minor units
 * - `number-too-long`: a value of more than 500 digits, from measures nested without end
 */
export type OutcomeErrorCode =
  | 'terms-malformed'
  | 'id-repeated'
  | 'name-unknown'
  | 'terms-circular'
  | 'tiers-gap'
  | 'tiers-overlap'
  | 'anchors-unordered'
  | 'steps-unordered'
  | 'range-empty'
  | 'amount-too-precise'
  | 'currency-unknown'
  | 'payees-differ'
  | 'key-repeated'
  | 'results-malformed'
  | 'input-missing'
  | 'input-unknown'
  | 'input-out-of-range'
  | 'payment-unknown'
  | 'division-by-zero'
  | 'out-of-range'
  | 'investment-missing'
  | 'investment-unexpected'
  | 'flow-signs'
  | 'flow-after-payment'
  | 'amount-unsafe'
  | 'number-too-long';

export class OutcomeError extends Error {
  override readonly name = 'OutcomeError';
  readonly code: OutcomeErrorCode;

  constructor(code: OutcomeErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
