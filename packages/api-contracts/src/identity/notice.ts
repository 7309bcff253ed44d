import { z } from 'zod';
import { pageOf, PageQueryShape, route } from '../api.ts';
import { InstantShape, IdShape, MunicipalityParams } from '../shapes.ts';

export const NoticeIdShape = z.string().regex(/^[a-z0-9-]{3,120}$/);
export const NoticeTemplateShape = z.enum(['reminder', 'overdue', 'escalation', 'decision', 'payout']);

export const NoticeShape = z
  .object({
    noticeId: NoticeIdShape,
    template: NoticeTemplateShape,
    subject: z.object({ kind: z.string(), id: IdShape }),
    wait: z.string().nullable(),
    dueAt: InstantShape.nullable(),
    at: InstantShape,
    read: z.boolean(),
  })
  .meta({ id: 'Notice' });

export const noticeRoutes = {
  listNotices: route('GET /v1/m/{municipalityId}/notices', {
    summary: 'Notices for me and for my roles here, newest first',
    access: { signedIn: true },
    params: MunicipalityParams,
    query: PageQueryShape.extend({ unread: z.enum(['true', 'false']).default('false') }),
    answer: pageOf(NoticeShape),
  }),
  markNoticeRead: route('POST /v1/m/{municipalityId}/notices/{noticeId}/read', {
    kind: 'plain',
    summary: 'Mark a notice as read by me',
    access: { signedIn: true },
    params: MunicipalityParams.extend({ noticeId: NoticeIdShape }),
    status: 204,
  }),
};
