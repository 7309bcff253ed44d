import { defineEvent } from '../define-event.ts';
import { payoutAttempt, payoutAttemptExample } from './payout.ts';

export const payoutInstructedV1 = defineEvent({
  aggregate: 'obligation',
  name: 'instructed',
  version: 1,
  description: 'The bank or the payroll office was instructed to pay.',
  data: payoutAttempt,
  example: payoutAttemptExample,
});
