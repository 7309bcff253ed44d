import { z } from 'zod';
import { defineEvent } from '../define-event.ts';
import { moneyAmount, opaqueId } from '../field.ts';

export const fundCommitmentReleasedV1 = defineEvent({
  aggregate: 'fund',
  name: 'commitment-released',
  version: 1,
  description: 'Money that had been set aside for a project returned to its fund.',
  data: z.object({
    commitmentId: opaqueId,
    projectId: opaqueId,
    pilotId: opaqueId.optional(),
    amount: moneyAmount,
    fiscalYear: z.int().optional(),
  }),
  example: {
    commitmentId: 'commitment-1',
    projectId: 'project-7f3a',
    amount: { amount: 1250000, currency: 'EUR' },
    fiscalYear: 2027,
  },
});
