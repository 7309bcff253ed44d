import { z } from 'zod';
import { defineEvent } from '../define-event.ts';
import { moneyAmount, opaqueId, sha256 } from '../field.ts';

export const fundOutcomeReservedV1 = defineEvent({
  aggregate: 'fund',
  name: 'outcome-reserved',
  version: 1,
  description: 'An outcome contract was signed: the most it may pay was set aside in the outcome fund.',
  data: z.object({
    contractId: opaqueId,
    pilotId: opaqueId,
    /** Absent for a contract on the pilot as a whole. */
    projectId: opaqueId.optional(),
    amount: moneyAmount,
    fiscalYear: z.int(),
    contractSha256: sha256,
  }),
  example: {
    contractId: 'contract-4',
    pilotId: 'pilot-1',
    projectId: 'project-7f3a',
    amount: { amount: 600000, currency: 'EUR' },
    fiscalYear: 2027,
    contractSha256: 'c'.repeat(64),
  },
});
