import { z } from 'zod';
import { defineEvent } from '../define-event.ts';
import { moneyAmount, opaqueId } from '../field.ts';

export const fundYearClosedV1 = defineEvent({
  aggregate: 'fund',
  name: 'year-closed',
  version: 1,
  description:
    'A fiscal year of a pilot ended: what was uncommitted lapsed, commitments and reserves were carried over.',
  data: z.object({
    pilotId: opaqueId,
    fiscalYear: z.int(),
    into: z.int(),
    lapsed: moneyAmount,
    carriedOver: moneyAmount,
    allotted: moneyAmount,
  }),
  example: {
    pilotId: 'pilot-1',
    fiscalYear: 2027,
    into: 2028,
    lapsed: { amount: 4200000, currency: 'EUR' },
    carriedOver: { amount: 12500000, currency: 'EUR' },
    allotted: { amount: 100000000, currency: 'EUR' },
  },
});
