import { z } from 'zod';
import { pageOf, PageQueryShape, route } from '../api.ts';
import { DecisionAnswerShape } from '../lifecycle-routes.ts';
import { IdShape, InstantShape, MunicipalityParams, ReasonShape, text } from '../shapes.ts';
import { ProjectParams } from './proposals.ts';

const team = { roles: ['resident', 'civil-servant'] } as const;
const SideShape = z.enum(['civil-servants', 'citizens']);

export const HoursShape = z
  .object({
    hoursId: IdShape,
    projectId: IdShape,
    personId: IdShape,
    side: SideShape,
    date: z.iso.date(),
    minutes: z.int(),
    work: z.string(),
    confirmed: z.boolean(),
    at: InstantShape,
  })
  .meta({ id: 'Hours' });

export const SkillExchangeShape = z
  .object({
    skillId: IdShape,
    projectId: IdShape,
    teacher: IdShape,
    learner: IdShape,
    skill: z.string(),
    confirmed: z.boolean(),
    at: InstantShape,
  })
  .meta({ id: 'SkillExchange' });

export const deliveryRoutes = {
  acceptMilestone: route(
    'POST /v1/m/{municipalityId}/projects/{projectId}/milestones/{milestoneId}/acceptances',
    {
      kind: 'move',
      summary: 'Accept a milestone as champion or as lead; both have to',
      access: team,
      params: ProjectParams.extend({ milestoneId: IdShape }),
      body: z.object({ as: z.enum(['champion', 'lead']) }),
      answer: DecisionAnswerShape,
      problems: [
        'not-champion',
        'not-lead',
        'unknown-milestone',
        'already-decided',
        'same-person-twice',
        'not-awaited',
        'suspended',
      ],
    },
  ),
  recordHours: route('POST /v1/m/{municipalityId}/projects/{projectId}/hours', {
    summary: 'Record hours of your own work on the project',
    access: team,
    params: ProjectParams,
    body: z.object({ date: z.iso.date(), minutes: z.int().min(1).max(1440), work: text(500) }),
    answer: HoursShape,
    problems: ['not-on-team', 'hours-ahead', 'wrong-phase'],
  }),
  confirmHours: route('POST /v1/m/{municipalityId}/hours/{hoursId}/confirmation', {
    summary: 'Confirm hours of somebody on the other side',
    access: team,
    params: MunicipalityParams.extend({ hoursId: IdShape }),
    answer: HoursShape,
    problems: ['not-on-team', 'own-hours', 'own-side', 'already-confirmed', 'wrong-phase'],
  }),
  listHours: route('GET /v1/m/{municipalityId}/projects/{projectId}/hours', {
    summary: 'Hours recorded on the project, oldest first',
    access: { anyone: true },
    params: ProjectParams,
    query: PageQueryShape,
    answer: pageOf(HoursShape),
  }),
  recordSkill: route('POST /v1/m/{municipalityId}/projects/{projectId}/skills', {
    summary: 'Record a skill you taught to somebody on the other side',
    access: team,
    params: ProjectParams,
    body: z.object({ learner: IdShape, skill: text(200) }),
    answer: SkillExchangeShape,
    problems: ['not-on-team', 'own-side', 'wrong-phase'],
  }),
  confirmSkill: route('POST /v1/m/{municipalityId}/skills/{skillId}/confirmation', {
    summary: 'Confirm, as learner, what you learned',
    access: team,
    params: MunicipalityParams.extend({ skillId: IdShape }),
    answer: SkillExchangeShape,
    problems: ['not-learner', 'already-confirmed'],
  }),
  listSkills: route('GET /v1/m/{municipalityId}/projects/{projectId}/skills', {
    summary: 'Skills taught in the project, oldest first',
    access: { anyone: true },
    params: ProjectParams,
    query: PageQueryShape,
    answer: pageOf(SkillExchangeShape),
  }),
  rateCollaboration: route('POST /v1/m/{municipalityId}/projects/{projectId}/ratings', {
    summary: 'Rate the collaboration of somebody on the other side, once for each milestone',
    access: team,
    params: ProjectParams,
    body: z.object({ personId: IdShape, milestoneId: IdShape, stars: z.int().min(1).max(5) }),
    answer: z.object({ ratingId: IdShape }),
    problems: ['not-on-team', 'own-side', 'unknown-milestone', 'already-rated', 'wrong-phase'],
  }),
  requestAbandon: route('POST /v1/m/{municipalityId}/projects/{projectId}/abandonment', {
    kind: 'move',
    summary: 'Ask to abandon the project, with a published reason',
    access: { roles: ['resident', 'civil-servant', 'department-manager'] },
    params: ProjectParams,
    body: z.object({ as: z.enum(['champion', 'lead', 'department-manager']), reason: ReasonShape }),
    answer: DecisionAnswerShape,
    problems: ['not-champion', 'not-lead', 'already-decided', 'not-awaited', 'suspended'],
  }),
  confirmAbandon: route('POST /v1/m/{municipalityId}/projects/{projectId}/abandonment/confirmation', {
    kind: 'move',
    summary: 'Confirm, as sponsor and another person, that the project is abandoned',
    access: { roles: ['sponsor'] },
    params: ProjectParams,
    body: z.object({ reason: ReasonShape }),
    answer: DecisionAnswerShape,
    problems: ['no-change-requested', 'already-decided', 'same-person-twice', 'not-awaited', 'suspended'],
  }),
};
