import { defineEvent } from '../define-event.ts';
import { payoutAttemptExample, payoutFailure } from './payout.ts';

export const payoutRejectedV1 = defineEvent({
  aggregate: 'obligation',
  name: 'rejected',
  version: 1,
  description: 'The bank or the payroll office refused the payment; it needs a new attempt.',
  data: payoutFailure,
  example: { ...payoutAttemptExample, reasonCode: 'AC04' },
});
