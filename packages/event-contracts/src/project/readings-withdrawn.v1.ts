import { z } from 'zod';
import { defineEvent } from '../define-event.ts';
import { count, opaqueId } from '../field.ts';

export const projectReadingsWithdrawnV1 = defineEvent({
  aggregate: 'project',
  name: 'readings-withdrawn',
  version: 1,
  description:
    'Readings that a data feed delivered count no more. Which ones, and the public reason, is shown with each.',
  data: z.object({ withdrawalId: opaqueId, feedId: opaqueId, criterionId: opaqueId, readings: count }),
  example: {
    withdrawalId: 'withdrawal-1',
    feedId: 'feed-4',
    criterionId: 'criterion-1',
    readings: 500,
  },
});
