import { z } from 'zod';
import { defineEvent } from '../define-event.ts';
import { count, opaqueId } from '../field.ts';

export const projectHoursConfirmedV1 = defineEvent({
  aggregate: 'project',
  name: 'hours-confirmed',
  version: 1,
  description: 'The other side confirmed hours of work.',
  data: z.object({ hoursId: opaqueId, minutes: count }),
  example: { hoursId: 'hours-3', minutes: 90 },
});
