import { defineEvent } from '../define-event.ts';
import { payoutAttempt, payoutAttemptExample } from './payout.ts';

export const payoutApprovedV1 = defineEvent({
  aggregate: 'obligation',
  name: 'approved',
  version: 1,
  description: 'An approver approved an attempt to pay, as part of a batch.',
  data: payoutAttempt,
  example: payoutAttemptExample,
});
