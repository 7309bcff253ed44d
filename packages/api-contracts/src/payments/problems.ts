import type { ProblemSpec } from '../problem.ts';

/** Refusals of the payments service, beyond those of lifecycles. */
export const paymentsProblems = {
  'fund-overdrawn': { status: 409, title: 'The fund does not hold that much' },
  'funds-differ': { status: 409, title: 'The funds of this pilot were opened with other amounts' },
  'funds-missing': { status: 409, title: 'The pilot has no funds: it is not permitted yet' },
  'shares-not-whole': { status: 422, title: 'The shares of the funds do not add up to one' },
  'commitment-differs': { status: 409, title: 'The project was committed with other amounts' },
  'commitment-closed': { status: 409, title: 'The commitment of this project is closed' },
  'above-commitment': { status: 409, title: 'This is more than what is left of the commitment' },
  'amount-invalid': { status: 422, title: 'The amount must be above zero, in the currency of the pilot' },
  'procurement-reference-missing': {
    status: 422,
    title: 'Paying a contractor needs a procurement reference',
  },
  'bonus-undecided': { status: 409, title: 'The bonus of this project is not decided yet' },
  'bonus-fixed': { status: 409, title: 'The bonus is split into obligations and cannot be decided again' },
  'obligation-unknown': { status: 422, title: 'The municipality has no such obligation' },
  'obligation-not-open': { status: 409, title: 'The obligation is not open for this' },
  'obligation-claimed': { status: 409, title: 'The payee has said how to be paid: it is not unclaimed' },
  'obligation-repeated': { status: 422, title: 'An obligation is named twice' },
  'payee-details-missing': { status: 409, title: 'A payee has not said how to be paid' },
  'iban-invalid': { status: 422, title: 'This is not a valid IBAN' },
  'account-change-unknown': { status: 409, title: 'No such new account waits' },
  'account-missing': { status: 409, title: 'The payee has no account' },
  'registration-expired': { status: 422, title: 'The registration has run out' },
  'not-payable-here': { status: 403, title: 'Only people of this municipality give payment details here' },
  'batch-mixes-pilots': { status: 422, title: 'The obligations of a batch are of one pilot' },
  'own-payment': { status: 403, title: 'Nobody decides on a payment to themselves' },
  'batch-not-released': { status: 409, title: 'The batch is not released yet' },
  'batch-not-instructed': { status: 409, title: 'The batch is not instructed yet' },
  'settlement-differs': { status: 422, title: 'Amount or currency differs from what was instructed' },
} as const satisfies Record<string, ProblemSpec>;
