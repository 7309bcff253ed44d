import { defineEvent } from '../define-event.ts';
import { payoutAttemptExample, payoutFailure } from './payout.ts';

export const payoutReturnedV1 = defineEvent({
  aggregate: 'obligation',
  name: 'returned',
  version: 1,
  description: 'A settled payment came back; it needs a new attempt.',
  data: payoutFailure,
  example: { ...payoutAttemptExample, reasonCode: 'AC04' },
});
