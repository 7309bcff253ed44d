import { z } from 'zod';
import { pageOf, PageQueryShape, route } from '../api.ts';
import { roles } from '../roles.ts';
import { IdShape, InstantShape, MunicipalityParams, ReasonShape, text, TextRefShape } from '../shapes.ts';
import { ProjectParams } from './proposals.ts';

const CommentParams = MunicipalityParams.extend({ commentId: IdShape });

export const CommentShape = z
  .object({
    commentId: IdShape,
    projectId: IdShape,
    author: IdShape,
    kind: z.enum(['comment', 'suggestion']),
    replyTo: IdShape.nullable(),
    /** Null while it is hidden; that it was hidden, and why, stays visible. */
    text: z.string().nullable(),
    state: z.enum(['visible', 'hidden', 'appealed', 'hidden-finally']),
    hidden: z.object({ reason: TextRefShape, at: InstantShape }).nullable(),
    appeal: z.object({ reason: TextRefShape, at: InstantShape }).nullable(),
    decision: z.object({ upheld: z.boolean(), reason: TextRefShape, at: InstantShape }).nullable(),
    at: InstantShape,
  })
  .meta({ id: 'Comment' });

export const discussionRoutes = {
  postComment: route('POST /v1/m/{municipalityId}/projects/{projectId}/comments', {
    summary: 'Comment on a project or suggest a change',
    access: { roles: [...roles] },
    params: ProjectParams,
    body: z.object({
      text: text(4000),
      kind: z.enum(['comment', 'suggestion']).default('comment'),
      replyTo: IdShape.optional(),
    }),
    answer: CommentShape,
  }),
  listComments: route('GET /v1/m/{municipalityId}/projects/{projectId}/comments', {
    summary: 'Comments of a project, oldest first',
    access: { anyone: true },
    params: ProjectParams,
    query: PageQueryShape,
    answer: pageOf(CommentShape),
  }),
  reportComment: route('POST /v1/m/{municipalityId}/comments/{commentId}/reports', {
    summary: 'Tell the moderators that a comment breaks the rules',
    access: { roles: [...roles] },
    params: CommentParams,
    body: z.object({ reason: ReasonShape }),
    answer: z.object({ commentId: IdShape }),
    problems: ['already-reported'],
  }),
  listReportedComments: route('GET /v1/m/{municipalityId}/reported-comments', {
    summary: 'Visible comments that were reported, oldest first',
    access: { roles: ['moderator'] },
    params: MunicipalityParams,
    query: PageQueryShape,
    answer: pageOf(CommentShape.extend({ reports: z.int() })),
  }),
  hideComment: route('POST /v1/m/{municipalityId}/comments/{commentId}/hiding', {
    summary: 'Hide a comment with a published reason',
    access: { roles: ['moderator'] },
    params: CommentParams,
    body: z.object({ reason: ReasonShape }),
    answer: CommentShape,
    problems: ['already-hidden', 'already-decided'],
  }),
  appealHiding: route('POST /v1/m/{municipalityId}/comments/{commentId}/appeal', {
    summary: 'Appeal, as author, against the hiding, once',
    access: { roles: [...roles] },
    params: CommentParams,
    body: z.object({ reason: ReasonShape }),
    answer: CommentShape,
    problems: ['not-author', 'not-hidden', 'appeal-used'],
  }),
  decideHidingAppeal: route('POST /v1/m/{municipalityId}/comments/{commentId}/appeal-decision', {
    summary: 'Decide the appeal; upheld: the comment is shown again',
    access: { roles: ['appeal-body'] },
    params: CommentParams,
    body: z.object({ upheld: z.boolean(), reason: ReasonShape }),
    answer: CommentShape,
    problems: ['not-awaited', 'same-person-twice'],
  }),
};
