import { defineEvent } from '../define-event.ts';
import { payoutDue, payoutDueExample } from './payout.ts';

export const payoutDueV1 = defineEvent({
  aggregate: 'obligation',
  name: 'due',
  version: 1,
  description: 'A payee became entitled to a payment.',
  data: payoutDue,
  example: payoutDueExample,
});
