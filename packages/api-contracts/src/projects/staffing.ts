import { z } from 'zod';
import { route } from '../api.ts';
import { DecisionAnswerShape } from '../lifecycle-routes.ts';
import { IdShape, InstantShape, Sha256Shape, text } from '../shapes.ts';
import { ProjectParams } from './proposals.ts';

export const PotShape = z.enum(['civil-servants', 'champions', 'volunteers']).meta({ id: 'Pot' });
export type Pot = z.infer<typeof PotShape>;

export const MilestoneShape = z
  .object({ id: IdShape, title: text(200), due: z.iso.date().optional() })
  .meta({ id: 'Milestone' });

/** How the pots share a bonus, as whole-number ratios; none of them may be negative, one must be positive. */
export const PotsShape = z
  .object({
    'civil-servants': z.int().min(0).max(1000),
    champions: z.int().min(0).max(1000),
    volunteers: z.int().min(0).max(1000),
  })
  .meta({ id: 'Pots' });

export const TeamShape = z
  .object({
    lead: IdShape.nullable(),
    civilServants: z.array(z.object({ personId: IdShape, hours: z.int() })),
    champion: IdShape,
    coChampions: z.array(IdShape),
    volunteers: z.array(
      z.object({
        personId: IdShape,
        acceptedByChampion: z.boolean(),
        acceptedByLead: z.boolean(),
        accepted: z.boolean(),
      }),
    ),
    assignedAt: InstantShape.nullable(),
  })
  .meta({ id: 'Team' });

export const AgreementShape = z
  .object({
    sha256: Sha256Shape,
    pots: PotsShape,
    members: z.array(z.object({ personId: IdShape, pot: PotShape, weight: z.int() })),
    milestones: z.array(MilestoneShape),
    signedBy: z.array(IdShape),
    signed: z.boolean(),
    proposedAt: InstantShape,
  })
  .meta({ id: 'TeamAgreement' });

export const staffingRoutes = {
  assignStaff: route('POST /v1/m/{municipalityId}/projects/{projectId}/assignment', {
    kind: 'move',
    summary: 'Assign civil servants with hours and name the lead',
    access: { roles: ['department-manager'] },
    params: ProjectParams,
    body: z.object({
      lead: IdShape,
      civilServants: z
        .array(z.object({ personId: IdShape, hours: z.int().min(1).max(100_000) }))
        .min(1)
        .max(100),
    }),
    answer: DecisionAnswerShape,
    problems: [
      'lead-not-assigned',
      'not-civil-servant',
      'both-sides',
      'has-measured',
      'too-many-members',
      'not-awaited',
      'suspended',
    ],
  }),
  volunteer: route('POST /v1/m/{municipalityId}/projects/{projectId}/volunteers', {
    summary: 'Offer to help deliver the project',
    access: { roles: ['resident'] },
    params: ProjectParams,
    answer: z.object({ personId: IdShape }),
    problems: ['already-volunteered', 'already-champion', 'both-sides', 'has-measured', 'wrong-phase'],
  }),
  acceptVolunteer: route(
    'POST /v1/m/{municipalityId}/projects/{projectId}/volunteers/{personId}/acceptances',
    {
      summary: 'Accept a volunteer, as champion or as lead; both have to',
      access: { roles: ['resident', 'civil-servant'] },
      params: ProjectParams.extend({ personId: IdShape }),
      body: z.object({ as: z.enum(['champion', 'lead']) }),
      answer: z.object({ personId: IdShape, accepted: z.boolean() }),
      problems: ['not-champion', 'not-lead', 'already-accepted', 'has-measured', 'wrong-phase'],
    },
  ),
  showTeam: route('GET /v1/m/{municipalityId}/projects/{projectId}/team', {
    summary: 'Who delivers the project, by opaque id',
    access: { anyone: true },
    params: ProjectParams,
    answer: TeamShape,
  }),
  proposeAgreement: route('POST /v1/m/{municipalityId}/projects/{projectId}/agreements', {
    kind: 'move',
    summary: 'Propose the team agreement: pots, weights, milestones. Earlier signatures are void',
    access: { roles: ['resident', 'civil-servant'] },
    params: ProjectParams,
    body: z.object({
      as: z.enum(['champion', 'lead']),
      pots: PotsShape,
      /** Weight within the pot; 1 for whoever is not named. Volunteers share by confirmed hours instead. */
      weights: z.array(z.object({ personId: IdShape, weight: z.int().min(0).max(1000) })).max(500),
      milestones: z.array(MilestoneShape).min(1).max(50),
    }),
    answer: DecisionAnswerShape.extend({ agreementSha256: Sha256Shape }),
    problems: [
      'not-champion',
      'not-lead',
      'member-unknown',
      'pots-empty',
      'milestone-repeated',
      'too-many-members',
      'not-awaited',
      'suspended',
    ],
  }),
  getAgreement: route('GET /v1/m/{municipalityId}/projects/{projectId}/agreement', {
    summary: 'The latest team agreement and who signed it',
    access: { anyone: true },
    params: ProjectParams,
    answer: AgreementShape,
    problems: ['agreement-missing'],
  }),
  signAgreement: route('POST /v1/m/{municipalityId}/projects/{projectId}/agreement/signatures', {
    kind: 'move',
    summary: 'Sign exactly this agreement as a member of the team',
    access: { roles: ['resident', 'civil-servant'] },
    params: ProjectParams,
    body: z.object({ agreementSha256: Sha256Shape }),
    answer: DecisionAnswerShape,
    problems: ['not-on-team', 'has-measured', 'hash-mismatch', 'already-decided', 'not-awaited', 'suspended'],
  }),
};
