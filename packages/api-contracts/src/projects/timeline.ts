import { z } from 'zod';
import { pageOf, PageQueryShape, route } from '../api.ts';
import { DecisionAnswerShape, LifecycleViewShape } from '../lifecycle-routes.ts';
import { IdShape, InstantShape, MunicipalityParams, ReasonShape, Sha256Shape } from '../shapes.ts';
import { ProjectParams } from './proposals.ts';

export const TimelineEntryShape = z
  .object({
    /** Source and id of the event; null where they would tell what one person is paid. */
    eventId: z.string().nullable(),
    source: z.string(),
    type: z.string(),
    /** What the event is about; null as `eventId` is. */
    subject: z.string().nullable(),
    at: InstantShape,
    data: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'TimelineEntry' });
export type TimelineEntry = z.infer<typeof TimelineEntryShape>;

const LifecycleParams = MunicipalityParams.extend({
  kind: z.enum(['pilot', 'round', 'project', 'measurement']),
  lifecycleId: IdShape,
});
const changers = { roles: ['sponsor', 'appeal-body', 'poll-officer', 'budget-authority'] } as const;
const ChangeShape = z.enum(['extend', 'suspend', 'resume', 'rectify']);

export const timelineRoutes = {
  listTimeline: route('GET /v1/m/{municipalityId}/projects/{projectId}/timeline', {
    summary:
      'What happened to a project, from the events of all services, oldest first; of payouts to people only role and instant',
    access: { anyone: true },
    params: ProjectParams,
    query: PageQueryShape,
    answer: pageOf(TimelineEntryShape),
  }),
  rebuildTimeline: route('POST /internal/v1/timeline/rebuild', {
    kind: 'plain',
    summary: 'Drop the timelines and build them again from the outbox and the topics',
    access: { services: ['cli'] },
    answer: z.object({ entries: z.int() }),
  }),
  getText: route('GET /v1/m/{municipalityId}/texts/{textId}', {
    summary: 'A published text: a reason, a report, evidence',
    access: { anyone: true },
    params: MunicipalityParams.extend({ textId: IdShape }),
    answer: z.object({
      id: IdShape,
      purpose: z.string(),
      text: z.string().nullable(),
      sha256: Sha256Shape,
      at: InstantShape,
    }),
  }),
  showLifecycle: route('GET /v1/m/{municipalityId}/lifecycles/{kind}/{lifecycleId}', {
    summary: 'Phase, who is awaited, since when and until when',
    access: { anyone: true },
    params: LifecycleParams,
    answer: LifecycleViewShape,
  }),
  requestWaitChange: route('POST /v1/m/{municipalityId}/lifecycles/{kind}/{lifecycleId}/wait-changes', {
    kind: 'move',
    summary: 'Ask to extend, suspend, resume or rectify the running wait, with a published reason',
    access: changers,
    params: LifecycleParams,
    body: z.object({ change: ChangeShape, due: InstantShape.optional(), reason: ReasonShape }),
    answer: DecisionAnswerShape,
    problems: ['invalid-change', 'not-awaited', 'already-decided', 'suspended'],
  }),
  confirmWaitChange: route(
    'POST /v1/m/{municipalityId}/lifecycles/{kind}/{lifecycleId}/wait-changes/confirmation',
    {
      kind: 'move',
      summary: 'Confirm exactly the requested change, its new due instant included, as a second person',
      access: changers,
      params: LifecycleParams,
      body: z.object({ change: ChangeShape, due: InstantShape.optional() }),
      answer: DecisionAnswerShape,
      problems: [
        'invalid-change',
        'no-change-requested',
        'same-person-twice',
        'not-awaited',
        'already-decided',
      ],
    },
  ),
};
