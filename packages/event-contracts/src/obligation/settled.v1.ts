import { defineEvent } from '../define-event.ts';
import { payoutAttempt, payoutAttemptExample } from './payout.ts';

export const payoutSettledV1 = defineEvent({
  aggregate: 'obligation',
  name: 'settled',
  version: 1,
  description: 'The payment was booked.',
  data: payoutAttempt,
  example: payoutAttemptExample,
});
