import { z } from 'zod';
import { pageOf, PageQueryShape, route } from '../api.ts';
import { DecisionAnswerShape, LifecycleViewShape } from '../lifecycle-routes.ts';
import {
  DecimalShape,
  IdShape,
  InstantShape,
  MunicipalityParams,
  ReasonShape,
  text,
  TextRefShape,
} from '../shapes.ts';
import { ProjectParams } from './proposals.ts';

const measurer = { roles: ['assessor', 'civil-servant', 'department-manager'] } as const;
const assessor = { roles: ['assessor'] } as const;
const FeedParams = MunicipalityParams.extend({ feedId: IdShape });
const SideEffectParams = MunicipalityParams.extend({ sideEffectId: IdShape });

/** `baseline`, or the name of a collection of the measurement plan. */
export const CollectionNameShape = z.string().regex(/^(baseline|c[1-9]\d{0,2})$/);

const Reading = z.object({
  criterionId: IdShape,
  collection: CollectionNameShape,
  observedAt: InstantShape,
  value: DecimalShape,
  /** Unit of the value; it must be the criterion's. */
  unit: text(60),
  group: z.enum(['treated', 'comparison']).default('treated'),
  /** Which comparison unit (another school), or which treated one. */
  unitName: text(80).optional(),
  /** What the value is of, as the criterion writes its periods: `2026`, `2026-11` or `2026-11-20`. */
  period: z
    .string()
    .regex(/^\d{4}(-\d\d){0,2}$/)
    .optional(),
});
export const ObservationInputShape = Reading.extend({
  /** An earlier observation that this one replaces in the computation; both stay readable. */
  corrects: IdShape.optional(),
}).meta({ id: 'ObservationInput' });
export type ObservationInput = z.infer<typeof ObservationInputShape>;

const FeedTokenShape = z.string().min(20).max(200);
/** Readings that a feed delivers at once, at most. */
export const MOST_FED = 500;
/** Readings of one collection that a feed may deliver in all: the largest panel that an estimator takes, 101 units over 240 periods, fits. */
export const MOST_IN_COLLECTION = 25_000;
export const FeedReadingShape = Reading.omit({ criterionId: true }).extend({
  /** The sender's own id of the reading: repeating it changes nothing; with another reading it is refused. */
  ref: z.string().regex(/^[A-Za-z0-9._:-]{1,80}$/),
});
export type FeedReading = z.infer<typeof FeedReadingShape>;

const WithdrawalShape = z.object({ withdrawalId: IdShape, reason: TextRefShape, at: InstantShape });
export const ObservationShape = z
  .object({
    observationId: IdShape,
    projectId: IdShape,
    criterionId: IdShape,
    collection: z.string(),
    observedAt: InstantShape,
    value: DecimalShape,
    unit: z.string(),
    group: z.enum(['treated', 'comparison']),
    unitName: z.string().nullable(),
    period: z.string().nullable(),
    via: z.enum(['hand', 'csv', 'feed']),
    /** The data feed that delivered it. */
    feedId: IdShape.nullable(),
    corrects: IdShape.nullable(),
    correctedBy: IdShape.nullable(),
    /** It stays readable and counts no more. */
    withdrawn: WithdrawalShape.nullable(),
    at: InstantShape,
  })
  .meta({ id: 'Observation' });
export type Observation = z.infer<typeof ObservationShape>;

export const SideEffectShape = z
  .object({
    sideEffectId: IdShape,
    projectId: IdShape,
    direction: z.enum(['good', 'bad']),
    title: z.string(),
    evidence: TextRefShape,
    /** Signed points the assessor proposes; voted on with the bonus. */
    points: DecimalShape.nullable(),
    pointsReason: TextRefShape.nullable(),
    outcome: z.enum(['open', 'accepted', 'rejected']),
    at: InstantShape,
  })
  .meta({ id: 'SideEffect' });

const readingRefusals = [
  'team-member-measures',
  'interested-party',
  'criteria-not-locked',
  'collection-unknown',
  'wrong-unit',
  'group-unnamed',
  'no-comparison',
  'period-mismatch',
  'observed-ahead',
  'outside-calendar',
  'duplicate-observation',
  'wrong-phase',
] as const;

const feedRefusals = [
  ...readingRefusals,
  'criterion-unknown',
  'feed-token-wrong',
  'feed-revoked',
  'ref-reused',
  'too-many-readings',
] as const;

export const measurementRoutes = {
  recordObservation: route('POST /v1/m/{municipalityId}/projects/{projectId}/observations', {
    summary: 'Record one observation by hand',
    access: measurer,
    params: ProjectParams,
    body: ObservationInputShape,
    answer: ObservationShape,
    problems: [...readingRefusals, 'criterion-unknown', 'observation-unknown', 'already-corrected'],
  }),
  importObservations: route('POST /v1/m/{municipalityId}/projects/{projectId}/observations-import', {
    summary:
      'Import observations from CSV: criterion,collection,observed_at,value,unit,group,unit_name,period. All lines or none',
    access: measurer,
    params: ProjectParams,
    body: z.string().min(1),
    bodyType: 'text/csv',
    bodyLimit: 2 * 1024 * 1024,
    answer: z.object({ imported: z.int() }),
    problems: [
      'team-member-measures',
      'interested-party',
      'criteria-not-locked',
      'csv-malformed',
      'duplicate-observation',
      'wrong-phase',
    ],
  }),
  listObservations: route('GET /v1/m/{municipalityId}/projects/{projectId}/observations', {
    summary: 'Observations of a project, oldest first, corrected and withdrawn ones included',
    access: { anyone: true },
    params: ProjectParams,
    query: PageQueryShape.extend({ criterionId: IdShape.optional() }),
    answer: pageOf(ObservationShape),
  }),
  createFeed: route('POST /v1/m/{municipalityId}/projects/{projectId}/feeds', {
    summary: 'Create a data feed for one criterion; its token is shown once',
    access: assessor,
    params: ProjectParams,
    body: z.object({ criterionId: IdShape, name: text(120) }),
    /** The token is null when the answer is a repetition: revoke the feed and create another. */
    answer: z.object({ feedId: IdShape, token: z.string().nullable() }),
    problems: ['criterion-unknown', 'criteria-not-locked', 'assessor-on-team', 'interested-party'],
  }),
  revokeFeed: route('POST /v1/m/{municipalityId}/feeds/{feedId}/revocation', {
    summary: 'Revoke a data feed; what it delivered stays',
    access: assessor,
    params: FeedParams,
    answer: z.object({ feedId: IdShape }),
  }),
  withdrawFeedReadings: route('POST /v1/m/{municipalityId}/feeds/{feedId}/withdrawal', {
    summary:
      'Revoke a data feed and withdraw what it delivered, with a published reason: those readings stay readable and count no more. By another assessor than the one who made the feed',
    access: assessor,
    params: FeedParams,
    body: z.object({
      /** Those that were received since, by the clock of this service; without it all of them. */
      since: InstantShape.optional(),
      reason: ReasonShape,
    }),
    answer: z.object({
      feedId: IdShape,
      withdrawalId: IdShape,
      /** How many count no more. */
      readings: z.int(),
    }),
    problems: [
      'assessor-on-team',
      'interested-party',
      'own-feed',
      'nothing-to-withdraw',
      'already-assessed',
      'being-signed',
      'wrong-phase',
    ],
  }),
  importFeedObservations: route('POST /v1/m/{municipalityId}/feeds/{feedId}/observations-import', {
    kind: 'plain',
    summary:
      'Deliver observations as CSV with the feed’s token: ref,collection,observed_at,value,unit,group,unit_name,period. All lines or none',
    access: { anyone: true },
    params: FeedParams,
    body: z.object({ token: FeedTokenShape, csv: z.string().min(1) }),
    bodyLimit: 512 * 1024,
    answer: z.object({ recorded: z.int(), repeated: z.int() }),
    problems: [...feedRefusals, 'csv-malformed'],
  }),
  feedObservations: route('POST /v1/m/{municipalityId}/feeds/{feedId}/observations', {
    kind: 'plain',
    summary: 'Deliver observations with the feed’s token; one for ever under each ref',
    access: { anyone: true },
    params: FeedParams,
    body: z.object({
      token: FeedTokenShape,
      readings: z.array(FeedReadingShape).min(1).max(MOST_FED),
    }),
    bodyLimit: 512 * 1024,
    answer: z.object({ recorded: z.int(), repeated: z.int() }),
    problems: feedRefusals,
  }),
  getMeasurement: route('GET /v1/m/{municipalityId}/measurements/{measurementId}', {
    summary: 'The plan of a measurement and how complete each collection is',
    access: { anyone: true },
    params: MunicipalityParams.extend({ measurementId: IdShape }),
    answer: z.object({
      measurementId: IdShape,
      projectId: IdShape,
      phase: z.string(),
      startedAt: InstantShape,
      collections: z.array(z.object({ name: z.string(), after: z.string(), missing: z.array(IdShape) })),
      lifecycle: LifecycleViewShape.nullable(),
    }),
  }),
  closeMeasurement: route('POST /v1/m/{municipalityId}/measurements/{measurementId}/closure', {
    kind: 'move',
    summary: 'Close a measurement early, with a published reason; what is missing stays missing',
    access: assessor,
    params: MunicipalityParams.extend({ measurementId: IdShape }),
    body: z.object({ reason: ReasonShape }),
    answer: DecisionAnswerShape,
    problems: ['assessor-on-team', 'interested-party', 'not-awaited', 'suspended'],
  }),
  reportSideEffect: route('POST /v1/m/{municipalityId}/projects/{projectId}/side-effects', {
    summary: 'Report an unexpected effect, good or bad, with evidence',
    access: { signedIn: true },
    params: ProjectParams,
    body: z.object({ direction: z.enum(['good', 'bad']), title: text(200), evidence: text(4000) }),
    answer: SideEffectShape,
    problems: ['wrong-phase', 'points-settled'],
  }),
  listSideEffects: route('GET /v1/m/{municipalityId}/projects/{projectId}/side-effects', {
    summary: 'Side effects of a project, oldest first',
    access: { anyone: true },
    params: ProjectParams,
    query: PageQueryShape,
    answer: pageOf(SideEffectShape),
  }),
  proposePoints: route('POST /v1/m/{municipalityId}/side-effects/{sideEffectId}/points', {
    summary: 'Propose signed points for a side effect, before the vote',
    access: assessor,
    params: SideEffectParams,
    body: z.object({ points: DecimalShape, reason: ReasonShape }),
    answer: SideEffectShape,
    problems: ['assessor-on-team', 'interested-party', 'points-settled', 'being-signed', 'wrong-phase'],
  }),
};
