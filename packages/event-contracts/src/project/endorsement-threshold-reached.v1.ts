import { z } from 'zod';
import { defineEvent } from '../define-event.ts';
import { count } from '../field.ts';

export const projectEndorsementThresholdReachedV1 = defineEvent({
  aggregate: 'project',
  name: 'endorsement-threshold-reached',
  version: 1,
  description: 'Enough residents endorsed the proposal: the municipality must answer.',
  data: z.object({ endorsements: count, threshold: count }),
  example: { endorsements: 120, threshold: 120 },
});
