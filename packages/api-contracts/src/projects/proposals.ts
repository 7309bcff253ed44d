import { PeriodKindShape } from '@talkoot/impact/shapes';
import { z } from 'zod';
import { pageOf, PageQueryShape, route } from '../api.ts';
import { DecisionAnswerShape, LifecycleViewShape } from '../lifecycle-routes.ts';
import {
  DecimalShape,
  FractionShape,
  IdShape,
  InstantShape,
  MoneyShape,
  MunicipalityParams,
  ReasonShape,
  Sha256Shape,
  text,
  TextRefShape,
} from '../shapes.ts';
import { CharterShape } from './charter.ts';
import { RoundParams } from './rounds.ts';

export const ProjectParams = MunicipalityParams.extend({ projectId: IdShape });
const resident = { roles: ['resident'] } as const;

/**
 * How the effect is estimated: against the time before, against the goal alone, against others, against a weighted
 * mixture of others that went the same way before, or against the earlier trend of a series of counts.
 */
export const ComparatorShape = z
  .enum(['before-after', 'goal', 'comparison-units', 'synthetic-control', 'interrupted-time-series'])
  .meta({ id: 'Comparator' });

/** A pre-registered measure of success. Numbers are exact decimals as text. */
export const CriterionInputShape = z
  .object({
    metric: text(200),
    unit: text(60),
    direction: z.enum(['increase', 'decrease']),
    baseline: z.object({ value: DecimalShape, observedAt: InstantShape }).optional(),
    goal: DecimalShape,
    /** Once crossed, the criterion counts as failed. */
    failureBound: DecimalShape.optional(),
    comparator: ComparatorShape,
    /** How often a unit is read; needed by the last two comparators. */
    periods: PeriodKindShape.exclude(['number']).optional(),
    source: text(500),
  })
  .meta({ id: 'CriterionInput' });
export type CriterionInput = z.infer<typeof CriterionInputShape>;
export const CriterionShape = CriterionInputShape.extend({ criterionId: IdShape }).meta({ id: 'Criterion' });
export type Criterion = z.infer<typeof CriterionShape>;

export const PledgeShape = z
  .object({
    duties: text(2000),
    hoursPerMonth: z.int().min(1).max(744),
    /** Who becomes champion when the champion falls silent. */
    successor: IdShape.optional(),
  })
  .meta({ id: 'Pledge' });
export type Pledge = z.infer<typeof PledgeShape>;

export const ProposalContentShape = z
  .object({
    title: text(200),
    description: text(10_000),
    place: text(300),
    cost: MoneyShape,
    pledge: PledgeShape,
    criteria: z.array(CriterionInputShape).min(1).max(20),
  })
  .meta({ id: 'ProposalContent' });
export type ProposalContent = z.infer<typeof ProposalContentShape>;

export const ProjectSummaryShape = z
  .object({
    projectId: IdShape,
    externalId: z.string().nullable(),
    pilotId: IdShape,
    roundId: IdShape,
    title: z.string(),
    place: z.string(),
    phase: z.string(),
    cost: MoneyShape,
    endorsements: z.int(),
    threshold: z.int(),
    funded: z.boolean().nullable(),
    votes: z.int().nullable(),
    createdAt: InstantShape,
  })
  .meta({ id: 'ProjectSummary' });

/** Criteria with the weights that citizens gave, as they stand for ever. */
export const CriteriaLockShape = z
  .object({
    sha256: Sha256Shape,
    pollId: IdShape,
    at: InstantShape,
    quorumReached: z.boolean(),
    /** How the charter turns effects into a score, as it stood at the lock. */
    rules: CharterShape.shape.impact,
    /** How it turns the score into a bonus, as it stood at the lock: a later amendment changes no bonus either. */
    bonus: CharterShape.shape.bonus,
    /** The charter from which both are. */
    charterSha256: Sha256Shape,
    criteria: z.array(
      CriterionShape.extend({ yes: z.int(), no: z.int(), accepted: z.boolean(), weight: FractionShape }),
    ),
  })
  .meta({ id: 'CriteriaLock' });
export type CriteriaLock = z.infer<typeof CriteriaLockShape>;

export const ProjectShape = ProjectSummaryShape.extend({
  version: z.int(),
  description: z.string(),
  champion: IdShape,
  coChampions: z.array(IdShape),
  pledge: PledgeShape,
  criteria: z.array(CriterionShape),
  /** Full cost as the department reviewed it. */
  reviewedCost: MoneyShape.nullable(),
  reasons: z.array(z.object({ step: z.string(), text: TextRefShape, at: InstantShape })),
  phases: z.array(z.object({ phase: z.string(), at: InstantShape })),
  mergedInto: IdShape.nullable(),
  allocation: z
    .object({ funded: z.boolean(), votes: z.int(), cost: MoneyShape, reasonCode: z.string() })
    .nullable(),
  lock: CriteriaLockShape.nullable(),
  measurementId: IdShape.nullable(),
  /** Of the signed assessment; null while the bonus is not decided on it. */
  finalScore: z
    .object({
      assessmentId: IdShape,
      score: FractionShape,
      payable: z.boolean(),
      computation: z.array(z.string()),
    })
    .nullable(),
  lifecycle: LifecycleViewShape.nullable(),
}).meta({ id: 'Project' });

const contentRefusals = [
  'over-project-cap',
  'currency-differs',
  'goal-equals-baseline',
  'direction-differs',
  'failure-bound-misplaced',
  'periods-missing',
] as const;

export const proposalRoutes = {
  propose: route('POST /v1/m/{municipalityId}/rounds/{roundId}/projects', {
    summary: 'Propose a project with pledge and impact criteria; the proposer becomes its champion',
    access: resident,
    params: RoundParams,
    body: ProposalContentShape.extend({
      /** Id of the proposal in the file it is imported from. */
      externalId: z
        .string()
        .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/)
        .optional(),
    }),
    answer: z.object({ projectId: IdShape }),
    problems: [...contentRefusals, 'not-eligible', 'external-id-taken', 'wrong-phase'],
  }),
  listProjects: route('GET /v1/m/{municipalityId}/projects', {
    summary: 'Projects, oldest first',
    access: { anyone: true },
    params: MunicipalityParams,
    query: PageQueryShape.extend({
      pilotId: IdShape.optional(),
      roundId: IdShape.optional(),
      phase: z
        .string()
        .regex(/^[a-z-]{1,30}$/)
        .optional(),
    }),
    answer: pageOf(ProjectSummaryShape),
  }),
  getProject: route('GET /v1/m/{municipalityId}/projects/{projectId}', {
    summary: 'The public record of a project; the ETag is for editing the proposal',
    access: { anyone: true },
    params: ProjectParams,
    answer: ProjectShape,
  }),
  editProposal: route('PUT /v1/m/{municipalityId}/projects/{projectId}', {
    summary: 'Change a proposal while it is proposed; earlier versions stay readable',
    access: resident,
    params: ProjectParams,
    body: ProposalContentShape,
    answer: z.object({ version: z.int() }),
    problems: [...contentRefusals, 'not-champion', 'wrong-phase'],
  }),
  listProposalVersions: route('GET /v1/m/{municipalityId}/projects/{projectId}/versions', {
    summary: 'Every version of the proposal, oldest first',
    access: { anyone: true },
    params: ProjectParams,
    query: PageQueryShape,
    answer: pageOf(z.object({ version: z.int(), at: InstantShape, content: ProposalContentShape })),
  }),
  withdrawProposal: route('POST /v1/m/{municipalityId}/projects/{projectId}/withdrawal', {
    kind: 'move',
    summary: 'Withdraw a proposal that is not on the ballot yet',
    access: resident,
    params: ProjectParams,
    body: z.object({ reason: ReasonShape }),
    answer: DecisionAnswerShape,
    problems: ['not-champion', 'not-awaited', 'suspended'],
  }),
  requestMerge: route('POST /v1/m/{municipalityId}/projects/{projectId}/merge-requests', {
    summary: 'Ask the champion of another proposal to take this one in',
    access: resident,
    params: ProjectParams,
    body: z.object({ into: IdShape }),
    answer: z.object({ projectId: IdShape, into: IdShape }),
    problems: ['not-champion', 'merge-with-itself', 'other-round', 'wrong-phase'],
  }),
  consentMerge: route('POST /v1/m/{municipalityId}/projects/{projectId}/merge-consent', {
    kind: 'move',
    summary: 'Consent, as champion of the other proposal: this one is merged into it',
    access: resident,
    params: ProjectParams,
    body: z.object({ into: IdShape }),
    answer: DecisionAnswerShape,
    problems: ['not-champion', 'no-merge-requested', 'other-round', 'not-awaited', 'suspended'],
  }),
  inviteCoChampion: route('POST /v1/m/{municipalityId}/projects/{projectId}/co-champions', {
    summary: 'Invite a resident as co-champion',
    access: resident,
    params: ProjectParams,
    body: z.object({ personId: IdShape }),
    answer: z.object({ personId: IdShape }),
    problems: ['not-champion', 'already-champion', 'wrong-phase'],
  }),
  acceptCoChampion: route('POST /v1/m/{municipalityId}/projects/{projectId}/co-champions/acceptance', {
    summary: 'Accept the invitation and with it the pledge',
    access: resident,
    params: ProjectParams,
    answer: z.object({ personId: IdShape }),
    problems: ['not-invited', 'both-sides', 'has-measured', 'wrong-phase'],
  }),
  askChampion: route('POST /v1/m/{municipalityId}/projects/{projectId}/champion-question', {
    kind: 'move',
    summary: 'Ask a silent champion in public; without an answer the named successor takes over',
    access: { roles: ['department-manager', 'sponsor'] },
    params: ProjectParams,
    body: z.object({ reason: ReasonShape }),
    answer: DecisionAnswerShape,
    problems: ['no-successor', 'not-eligible', 'not-awaited', 'already-decided', 'suspended'],
  }),
  answerAsChampion: route('POST /v1/m/{municipalityId}/projects/{projectId}/champion-answer', {
    kind: 'move',
    summary: 'Answer as champion: I am still here',
    access: resident,
    params: ProjectParams,
    answer: DecisionAnswerShape,
    problems: ['not-champion', 'not-awaited', 'suspended'],
  }),
};
