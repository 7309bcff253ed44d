import { z } from 'zod';
import { defineEvent } from '../define-event.ts';
import { moneyAmount, opaqueId } from '../field.ts';

export const projectSpendingRecordedV1 = defineEvent({
  aggregate: 'project',
  name: 'spending-recorded',
  version: 1,
  description: 'Money was spent within the commitment of the project.',
  data: z.object({ spendingId: opaqueId, amount: moneyAmount, milestoneId: opaqueId.optional() }),
  example: {
    spendingId: 'spending-4',
    amount: { amount: 80000, currency: 'EUR' },
    milestoneId: 'milestone-1',
  },
});
