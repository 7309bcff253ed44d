import { defineEvent } from '../define-event.ts';
import { payoutAttempt, payoutAttemptExample } from './payout.ts';

export const payoutReleasedV1 = defineEvent({
  aggregate: 'obligation',
  name: 'released',
  version: 1,
  description: 'A third person released the attempt to be paid.',
  data: payoutAttempt,
  example: payoutAttemptExample,
});
