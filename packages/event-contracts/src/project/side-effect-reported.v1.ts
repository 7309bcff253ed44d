import { z } from 'zod';
import { defineEvent } from '../define-event.ts';
import { opaqueId } from '../field.ts';

export const projectSideEffectReportedV1 = defineEvent({
  aggregate: 'project',
  name: 'side-effect-reported',
  version: 1,
  description: 'Somebody reported an unexpected effect, good or bad, with evidence.',
  data: z.object({ sideEffectId: opaqueId, direction: z.enum(['good', 'bad']).optional() }),
  example: { sideEffectId: 'side-effect-2', direction: 'good' },
});
