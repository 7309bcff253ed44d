import { z } from 'zod';
import { defineEvent } from '../define-event.ts';
import { decimal, instant, opaqueId } from '../field.ts';

export const projectObservationRecordedV1 = defineEvent({
  aggregate: 'project',
  name: 'observation-recorded',
  version: 1,
  description: 'A value was observed for a criterion. The value is decimal text.',
  data: z.object({ criterionId: opaqueId, observationId: opaqueId, at: instant, value: decimal }),
  example: {
    criterionId: 'criterion-1',
    observationId: 'observation-9',
    at: '2027-09-01T06:00:00.000Z',
    value: '412',
  },
});
