import { z } from 'zod';
import { defineEvent } from '../define-event.ts';
import { moneyAmount, opaqueId } from '../field.ts';

export const fundFundsOpenedV1 = defineEvent({
  aggregate: 'fund',
  name: 'funds-opened',
  version: 1,
  description: 'Permission split the money of a pilot into its three funds.',
  data: z.object({
    pilotId: opaqueId,
    fiscalYear: z.int(),
    round: moneyAmount,
    bonus: moneyAmount,
    outcome: moneyAmount,
  }),
  example: {
    pilotId: 'pilot-1',
    fiscalYear: 2027,
    round: { amount: 150000000, currency: 'EUR' },
    bonus: { amount: 15000000, currency: 'EUR' },
    outcome: { amount: 5000000, currency: 'EUR' },
  },
});
