import { z } from 'zod';
import { defineEvent } from '../define-event.ts';
import { count, sha256 } from '../field.ts';

export const projectCriteriaLockedV1 = defineEvent({
  aggregate: 'project',
  name: 'criteria-locked',
  version: 1,
  description: 'The weighted impact criteria are locked; the hash covers them all.',
  data: z.object({ hash: sha256, criteria: count }),
  example: { hash: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08', criteria: 3 },
});
