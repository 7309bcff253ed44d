import { SignedEstimateShape } from '@talkoot/impact/shapes';
import { z } from 'zod';
import { pageOf, PageQueryShape, route } from '../api.ts';
import { ExplanationShape } from '../explanation.ts';
import { DecisionAnswerShape } from '../lifecycle-routes.ts';
import {
  DecimalShape,
  FractionShape,
  IdShape,
  InstantShape,
  MunicipalityParams,
  ReasonShape,
  Sha256Shape,
  text,
  TextRefShape,
} from '../shapes.ts';
import { ProjectParams } from './proposals.ts';

const Interval = z.object({ low: DecimalShape, high: DecimalShape });

export const CriterionResultShape = z
  .object({
    criterionId: IdShape,
    metric: z.string(),
    unit: z.string(),
    weight: FractionShape,
    comparator: z.string(),
    baseline: DecimalShape.nullable(),
    goal: DecimalShape,
    observed: DecimalShape.nullable(),
    estimate: DecimalShape.nullable(),
    standardError: DecimalShape.nullable(),
    interval80: Interval.nullable(),
    interval95: Interval.nullable(),
    observedInterval80: Interval.nullable(),
    method: SignedEstimateShape.shape.method.nullable(),
    /** Why there is no standard error, or no estimate. */
    note: z.string().nullable(),
    observations: z.int(),
    /** How many observations of each collection, the baseline among them, stood when this was computed. */
    collections: z.array(z.object({ collection: z.string(), observations: z.int() })),
    /** Collections of the plan whose readings are not complete. */
    missingCollections: z.array(z.string()),
    /** What the estimate rests on: values, units that are compared, or periods of a series. */
    n: z.int().nullable(),
    /** Rank among placebos, where there are any. */
    p: DecimalShape.nullable(),
    assumptions: z.array(z.string()),
    /** From the observations to the estimate and its intervals, line by line. */
    computation: z.array(z.string()),
    failed: z.boolean(),
    missing: z.boolean(),
    achievement: FractionShape,
  })
  .meta({ id: 'CriterionResult' });

/** The assessment that a later one is made instead of, and why. */
export const CorrectsShape = z
  .object({
    assessmentId: IdShape,
    sha256: Sha256Shape,
    /** 1 for the first of the project. */
    number: z.int().min(1),
    /** What was upheld: an objection to the assessment, or an appeal against the bonus. */
    upheld: z.enum(['objection', 'appeal']),
    /** Published reason of the appeal body. */
    decision: TextRefShape,
  })
  .meta({ id: 'CorrectedAssessment' });

/** The computed assessment, without the assessor's own words. */
export const AssessmentDraftShape = z
  .object({
    projectId: IdShape,
    lockSha256: Sha256Shape,
    criteria: z.array(CriterionResultShape),
    /** Weighted sum without side effects. */
    score: FractionShape,
    missingWeight: FractionShape,
    /** False when more than a third of the weight is missing, or no criterion was accepted. */
    payable: z.boolean(),
    sideEffects: z.array(
      z.object({ sideEffectId: IdShape, title: z.string(), direction: z.string(), points: DecimalShape }),
    ),
    computation: z.array(z.string()),
    /** Null of a first assessment. */
    corrects: CorrectsShape.nullable(),
    sha256: Sha256Shape,
  })
  .meta({ id: 'AssessmentDraft' });
export type AssessmentDraft = z.infer<typeof AssessmentDraftShape>;

/** The assessment on which a bonus is decided. */
export const AssessedShape = z
  .object({
    assessmentId: IdShape,
    sha256: Sha256Shape,
    /** The appeal body's reason, where an appeal against an earlier bonus decision had it made. */
    appeal: TextRefShape.nullable(),
  })
  .meta({ id: 'AssessmentOfBonus' });
export type Assessed = z.infer<typeof AssessedShape>;

const SignedShape = z.object({
  assessmentId: IdShape,
  sha256: Sha256Shape,
  /** 1 for the first of the project. */
  number: z.int().min(1),
  assessor: IdShape,
  conclusion: TextRefShape,
  signedAt: InstantShape,
});

export const assessmentRoutes = {
  draftAssessment: route('GET /v1/m/{municipalityId}/projects/{projectId}/assessment-draft', {
    summary: 'What the locked criteria and the observations give now, line by line',
    access: { anyone: true },
    params: ProjectParams,
    answer: AssessmentDraftShape,
    problems: ['criteria-not-locked', 'drafting-busy'],
  }),
  signAssessment: route('POST /v1/m/{municipalityId}/projects/{projectId}/assessments', {
    kind: 'move',
    summary: 'Sign the assessment, or the one that corrects it: the draft as it was read, and your own words',
    access: { roles: ['assessor'] },
    params: ProjectParams,
    body: z.object({ draftSha256: Sha256Shape, conclusion: text(20_000) }),
    answer: DecisionAnswerShape.extend({ assessmentId: IdShape, sha256: Sha256Shape, score: FractionShape }),
    problems: [
      'assessor-on-team',
      'interested-party',
      'stated-by-interested',
      'draft-changed',
      'drafting-busy',
      'criteria-not-locked',
      'same-person-twice',
      'not-awaited',
      'suspended',
    ],
  }),
  getAssessment: route('GET /v1/m/{municipalityId}/projects/{projectId}/assessment', {
    summary: 'The latest signed assessment',
    access: { anyone: true },
    params: ProjectParams,
    answer: SignedShape.extend({
      draft: AssessmentDraftShape,
      /** False while an objection to it, or an appeal against the bonus, may still have it corrected. */
      final: z.boolean(),
    }),
    problems: ['assessment-missing'],
  }),
  listAssessments: route('GET /v1/m/{municipalityId}/projects/{projectId}/assessments', {
    summary: 'Every assessment that was signed, oldest first: what was corrected stays',
    access: { anyone: true },
    params: ProjectParams,
    query: PageQueryShape,
    answer: pageOf(
      SignedShape.extend({
        score: FractionShape,
        /** With the side effects that citizens accepted; null before the bonus is decided on it. */
        finalScore: FractionShape.nullable(),
        corrects: CorrectsShape.nullable(),
        supersededBy: IdShape.nullable(),
      }),
    ),
  }),
  explainAssessment: route('GET /v1/m/{municipalityId}/assessments/{assessmentId}/explanation', {
    summary: 'Why this score? Charter, lock, readings, estimate and score of each criterion, line by line',
    access: { anyone: true },
    params: MunicipalityParams.extend({ assessmentId: IdShape }),
    answer: ExplanationShape,
  }),
  objectToAssessment: route('POST /v1/m/{municipalityId}/projects/{projectId}/objections', {
    kind: 'move',
    summary: 'Object to the signed assessment within its window',
    access: { roles: ['resident'] },
    params: ProjectParams,
    body: z.object({ reason: ReasonShape }),
    answer: DecisionAnswerShape.extend({ objectionId: IdShape }),
    problems: ['not-awaited', 'already-decided', 'suspended'],
  }),
  listObjections: route('GET /v1/m/{municipalityId}/projects/{projectId}/objections', {
    summary: 'Objections to the assessment, oldest first',
    access: { anyone: true },
    params: ProjectParams,
    query: PageQueryShape,
    answer: pageOf(
      z.object({
        objectionId: IdShape,
        reason: TextRefShape,
        upheld: z.boolean().nullable(),
        at: InstantShape,
      }),
    ),
  }),
};
