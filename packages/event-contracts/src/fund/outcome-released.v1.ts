import { z } from 'zod';
import { defineEvent } from '../define-event.ts';
import { moneyAmount, opaqueId } from '../field.ts';

export const fundOutcomeReleasedV1 = defineEvent({
  aggregate: 'fund',
  name: 'outcome-released',
  version: 1,
  description: 'An outcome contract ended: what it did not pay returned to the outcome fund.',
  data: z.object({
    contractId: opaqueId,
    pilotId: opaqueId,
    /** Absent for a contract on the pilot as a whole. */
    projectId: opaqueId.optional(),
    amount: moneyAmount,
    fiscalYear: z.int(),
  }),
  example: {
    contractId: 'contract-4',
    pilotId: 'pilot-1',
    projectId: 'project-7f3a',
    amount: { amount: 157500, currency: 'EUR' },
    fiscalYear: 2027,
  },
});
