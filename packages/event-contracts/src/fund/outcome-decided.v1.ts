import { z } from 'zod';
import { defineEvent } from '../define-event.ts';
import { moneyAmount, opaqueId, sha256 } from '../field.ts';

export const fundOutcomeDecidedV1 = defineEvent({
  aggregate: 'fund',
  name: 'outcome-decided',
  version: 1,
  description:
    'An outcome contract was decided on a signed assessment: what the municipality owes, and what it is owed.',
  data: z.object({
    contractId: opaqueId,
    decisionId: opaqueId,
    pilotId: opaqueId,
    projectId: opaqueId,
    assessmentId: opaqueId,
    payable: moneyAmount,
    receivable: moneyAmount,
    fiscalYear: z.int(),
    contractSha256: sha256,
  }),
  example: {
    contractId: 'contract-4',
    decisionId: 'decision-9',
    pilotId: 'pilot-1',
    projectId: 'project-7f3a',
    assessmentId: 'assessment-2',
    payable: { amount: 442500, currency: 'EUR' },
    receivable: { amount: 0, currency: 'EUR' },
    fiscalYear: 2027,
    contractSha256: 'c'.repeat(64),
  },
});
