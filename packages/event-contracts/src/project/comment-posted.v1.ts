import { z } from 'zod';
import { defineEvent } from '../define-event.ts';
import { opaqueId } from '../field.ts';

export const projectCommentPostedV1 = defineEvent({
  aggregate: 'project',
  name: 'comment-posted',
  version: 1,
  description: 'Somebody commented on the project. The text stays in the service.',
  data: z.object({ commentId: opaqueId }),
  example: { commentId: 'comment-12' },
});
