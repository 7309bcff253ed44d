import { z } from 'zod';
import { defineEvent } from '../define-event.ts';
import { decimal, moneyAmount, opaqueId } from '../field.ts';

export const fundBonusDecidedV1 = defineEvent({
  aggregate: 'fund',
  name: 'bonus-decided',
  version: 1,
  description: 'The bonus of a project was decided: payable = pool x f(score) x the share citizens chose.',
  data: z.object({
    projectId: opaqueId,
    decisionId: opaqueId,
    /** The decision that no longer counts, after an appeal against it was upheld. */
    supersedes: opaqueId.nullable(),
    assessmentId: opaqueId,
    pool: moneyAmount,
    payable: moneyAmount,
    score: decimal,
  }),
  example: {
    projectId: 'project-7f3a',
    decisionId: 'bonus-2',
    supersedes: 'bonus-1',
    assessmentId: 'assessment-2',
    pool: { amount: 500000, currency: 'EUR' },
    payable: { amount: 310000, currency: 'EUR' },
    score: '0.775',
  },
});
