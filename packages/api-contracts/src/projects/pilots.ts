import { z } from 'zod';
import { pageOf, PageQueryShape, route } from '../api.ts';
import { DecisionAnswerShape, LifecycleViewShape } from '../lifecycle-routes.ts';
import {
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

export const PilotParams = MunicipalityParams.extend({ pilotId: IdShape });
const sponsor = { roles: ['sponsor'] } as const;
const authority = { roles: ['budget-authority'] } as const;
const charterRefusals = [
  'charter-shares',
  'charter-calendar',
  'charter-zone',
  'charter-currency',
  'charter-bounds',
  'charter-ballot',
  'charter-allocation',
  'charter-poll',
  'charter-performance',
] as const;

/** What the budget authority grants: an amount, or a share of the adopted budget; never more than the cap. */
export const GrantShape = z
  .union([z.object({ amount: MoneyShape }), z.object({ share: FractionShape, adoptedBudget: MoneyShape })])
  .meta({ id: 'PermissionGrant' });

export const PermissionShape = z
  .object({
    limit: MoneyShape,
    grant: GrantShape,
    cap: MoneyShape.nullable(),
    expiresAt: InstantShape,
    fiscalYear: z.int(),
    charterSha256: Sha256Shape,
    at: InstantShape,
  })
  .meta({ id: 'Permission' });

export const PilotSummaryShape = z
  .object({ pilotId: IdShape, name: z.string(), phase: z.string(), createdAt: InstantShape })
  .meta({ id: 'PilotSummary' });

export const AmendmentShape = z
  .object({
    amendmentId: IdShape,
    charter: CharterShape,
    charterSha256: Sha256Shape,
    reason: TextRefShape,
    state: z.enum(['proposed', 'in-force']),
    at: InstantShape,
  })
  .meta({ id: 'Amendment' });

export const PilotShape = PilotSummaryShape.extend({
  version: z.int(),
  charter: CharterShape,
  charterSha256: Sha256Shape,
  permission: PermissionShape.nullable(),
  reasons: z.array(z.object({ step: z.string(), text: TextRefShape })),
  report: TextRefShape.nullable(),
  lifecycle: LifecycleViewShape.nullable(),
}).meta({ id: 'Pilot' });

const Duration = z.object({ median: z.number().nullable(), projects: z.int() });
/** What was relevant, delivered, learned and paid out, from the record alone. */
export const EvaluationShape = z
  .object({
    pilotId: IdShape,
    rounds: z.array(
      z.object({
        roundId: IdShape,
        name: z.string(),
        phase: z.string(),
        budget: MoneyShape,
        spent: MoneyShape,
      }),
    ),
    projectsByPhase: z.record(z.string(), z.int()),
    funded: z.array(
      z.object({
        projectId: IdShape,
        title: z.string(),
        phase: z.string(),
        cost: MoneyShape,
        votes: z.int(),
        score: z.string().nullable(),
      }),
    ),
    delivered: z.int(),
    committed: MoneyShape,
    /** What is owed by role, whatever became of each payout; to people once their project is closed. */
    payouts: z.array(z.object({ payeeRole: z.string(), amount: MoneyShape })),
    skills: z.object({ taughtByCitizens: z.int(), taughtByCivilServants: z.int() }),
    /** Days from funding to assignment, and the share of hours given by civil servants, against ordinary projects. */
    equalTreatment: z.object({
      daysToStaff: z.object({ citizenProjects: Duration, ordinaryProjects: Duration }),
      civilServantHoursShare: z.object({
        citizenProjects: FractionShape.nullable(),
        ordinaryProjects: FractionShape.nullable(),
      }),
    }),
  })
  .meta({ id: 'Evaluation' });
export type Evaluation = z.infer<typeof EvaluationShape>;

export const pilotRoutes = {
  listPilots: route('GET /v1/m/{municipalityId}/pilots', {
    summary: 'Pilots of the municipality, oldest first',
    access: { anyone: true },
    params: MunicipalityParams,
    query: PageQueryShape,
    answer: pageOf(PilotSummaryShape),
  }),
  draftPilot: route('POST /v1/m/{municipalityId}/pilots', {
    summary: 'Draft a pilot with its charter',
    access: sponsor,
    params: MunicipalityParams,
    body: z.object({ name: text(200), charter: CharterShape }),
    answer: z.object({ pilotId: IdShape, charterSha256: Sha256Shape }),
    problems: charterRefusals,
  }),
  getPilot: route('GET /v1/m/{municipalityId}/pilots/{pilotId}', {
    summary: 'A pilot with its charter, permission and public reasons; the ETag is for editing the charter',
    access: { anyone: true },
    params: PilotParams,
    answer: PilotShape,
  }),
  editCharter: route('PUT /v1/m/{municipalityId}/pilots/{pilotId}/charter', {
    summary: 'Change the charter while the pilot is drafted',
    access: sponsor,
    params: PilotParams,
    body: z.object({ charter: CharterShape }),
    answer: z.object({ version: z.int(), charterSha256: Sha256Shape }),
    problems: [...charterRefusals, 'charter-frozen'],
  }),
  sponsorPilot: route('POST /v1/m/{municipalityId}/pilots/{pilotId}/sponsorship', {
    kind: 'move',
    summary: 'Commit to the pilot under exactly this charter',
    access: sponsor,
    params: PilotParams,
    body: z.object({ charterSha256: Sha256Shape }),
    answer: DecisionAnswerShape,
    problems: ['hash-mismatch', 'not-awaited', 'suspended'],
  }),
  requestPermission: route('POST /v1/m/{municipalityId}/pilots/{pilotId}/permission-request', {
    kind: 'move',
    summary: 'Ask the budget authority for permission; the charter is frozen from here on',
    access: sponsor,
    params: PilotParams,
    body: z.object({ charterSha256: Sha256Shape }),
    answer: DecisionAnswerShape,
    problems: ['hash-mismatch', 'not-awaited', 'suspended'],
  }),
  permitPilot: route('POST /v1/m/{municipalityId}/pilots/{pilotId}/permission', {
    kind: 'move',
    summary: 'Permit the pilot with an amount or a share of the adopted budget, a cap and an expiry',
    access: authority,
    params: PilotParams,
    body: z.object({
      /** The charter that was read: nothing else is permitted. */
      charterSha256: Sha256Shape,
      grant: GrantShape,
      cap: MoneyShape.optional(),
      expiresAt: InstantShape,
      fiscalYear: z.int().min(2000).max(2200),
    }),
    answer: DecisionAnswerShape,
    problems: [
      'hash-mismatch',
      'not-awaited',
      'suspended',
      'currency-differs',
      'permission-expired',
      'permission-empty',
      'same-person-twice',
    ],
  }),
  refusePilot: route('POST /v1/m/{municipalityId}/pilots/{pilotId}/refusal', {
    kind: 'move',
    summary: 'Refuse permission with a published reason',
    access: authority,
    params: PilotParams,
    body: z.object({ reason: ReasonShape }),
    answer: DecisionAnswerShape,
    problems: ['not-awaited', 'suspended'],
  }),
  appealPilotRefusal: route('POST /v1/m/{municipalityId}/pilots/{pilotId}/appeal', {
    kind: 'move',
    summary: 'Appeal against the refusal, once',
    access: sponsor,
    params: PilotParams,
    body: z.object({ reason: ReasonShape }),
    answer: DecisionAnswerShape,
    problems: ['not-awaited', 'appeal-used', 'suspended'],
  }),
  decidePilotAppeal: route('POST /v1/m/{municipalityId}/pilots/{pilotId}/appeal-decision', {
    kind: 'move',
    summary: 'Decide the appeal; upheld: permission is decided again',
    access: { roles: ['appeal-body'] },
    params: PilotParams,
    body: z.object({ upheld: z.boolean(), reason: ReasonShape }),
    answer: DecisionAnswerShape,
    problems: ['not-awaited', 'suspended', 'same-person-twice'],
  }),
  listAmendments: route('GET /v1/m/{municipalityId}/pilots/{pilotId}/amendments', {
    summary: 'Amendments of the charter, oldest first',
    access: { anyone: true },
    params: PilotParams,
    query: PageQueryShape,
    answer: pageOf(AmendmentShape),
  }),
  proposeAmendment: route('POST /v1/m/{municipalityId}/pilots/{pilotId}/amendments', {
    kind: 'move',
    summary: 'Propose another charter for a running pilot; it counts once it is counter-signed',
    access: sponsor,
    params: PilotParams,
    body: z.object({ charter: CharterShape, reason: ReasonShape }),
    answer: DecisionAnswerShape.extend({ amendmentId: IdShape, charterSha256: Sha256Shape }),
    problems: [...charterRefusals, 'amendment-untouchable', 'not-awaited', 'suspended'],
  }),
  countersignAmendment: route(
    'POST /v1/m/{municipalityId}/pilots/{pilotId}/amendments/{amendmentId}/countersignature',
    {
      kind: 'move',
      summary: 'Counter-sign an amendment: from now on it is the charter',
      access: authority,
      params: PilotParams.extend({ amendmentId: IdShape }),
      body: z.object({ charterSha256: Sha256Shape }),
      answer: DecisionAnswerShape,
      problems: [
        'hash-mismatch',
        'no-change-requested',
        'not-awaited',
        'same-person-twice',
        'already-decided',
        'suspended',
      ],
    },
  ),
  openRound: route('POST /v1/m/{municipalityId}/pilots/{pilotId}/rounds', {
    kind: 'move',
    summary: 'Open a round with an amount, or a share of what the round fund still holds',
    access: sponsor,
    params: PilotParams,
    body: z.object({
      name: text(200),
      budget: z.union([z.object({ amount: MoneyShape }), z.object({ share: FractionShape })]),
    }),
    answer: DecisionAnswerShape.extend({ roundId: IdShape, budget: MoneyShape }),
    problems: [
      'permission-needed',
      'round-over-budget',
      'currency-differs',
      'already-decided',
      'not-awaited',
      'suspended',
    ],
  }),
  endRounds: route('POST /v1/m/{municipalityId}/pilots/{pilotId}/rounds-end', {
    kind: 'move',
    summary: 'Open no more rounds: the pilot goes to its evaluation',
    access: sponsor,
    params: PilotParams,
    answer: DecisionAnswerShape,
    problems: ['not-awaited', 'suspended'],
  }),
  concludePilot: route('POST /v1/m/{municipalityId}/pilots/{pilotId}/conclusion', {
    kind: 'move',
    summary: 'Conclude the pilot with its published evaluation report',
    access: sponsor,
    params: PilotParams,
    body: z.object({ report: text(40_000) }),
    answer: DecisionAnswerShape,
    problems: ['projects-open', 'not-awaited', 'suspended'],
  }),
  getEvaluation: route('GET /v1/m/{municipalityId}/pilots/{pilotId}/evaluation', {
    summary: 'What the record says about the pilot: rounds, projects, money, equal treatment',
    access: { anyone: true },
    params: PilotParams,
    answer: EvaluationShape,
  }),
  recordOrdinaryProject: route('POST /v1/m/{municipalityId}/pilots/{pilotId}/ordinary-projects', {
    summary: 'State how one of the municipality’s ordinary projects was staffed, to compare with',
    access: { roles: ['department-manager'] },
    params: PilotParams,
    body: z.object({
      name: text(200),
      daysToStaff: z.int().min(0).max(10_000),
      civilServantHours: z.int().min(0).max(1_000_000),
      allHours: z.int().min(0).max(1_000_000),
    }),
    answer: z.object({ ordinaryProjectId: IdShape }),
  }),
};
