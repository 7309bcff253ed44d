import { z } from 'zod';
import { defineEvent } from '../define-event.ts';
import { count, moneyAmount } from '../field.ts';

export const projectFundedV1 = defineEvent({
  aggregate: 'project',
  name: 'funded',
  version: 1,
  description: 'The allocation funds the project.',
  data: z.object({ cost: moneyAmount, votes: count }),
  example: { cost: { amount: 1250000, currency: 'EUR' }, votes: 731 },
});
