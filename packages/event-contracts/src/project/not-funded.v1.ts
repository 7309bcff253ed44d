import { z } from 'zod';
import { defineEvent } from '../define-event.ts';
import { code, count } from '../field.ts';

export const projectNotFundedV1 = defineEvent({
  aggregate: 'project',
  name: 'not-funded',
  version: 1,
  description: 'The allocation does not fund the project.',
  data: z.object({ votes: count, reason: code }),
  example: { votes: 44, reason: 'budget-exhausted' },
});
