import { z } from 'zod';
import { defineEvent } from '../define-event.ts';
import { opaqueId } from '../field.ts';

export const projectMilestoneAcceptedV1 = defineEvent({
  aggregate: 'project',
  name: 'milestone-accepted',
  version: 1,
  description: 'Champion and lead civil servant both accepted a milestone.',
  data: z.object({ milestoneId: opaqueId }),
  example: { milestoneId: 'milestone-1' },
});
