import { z } from 'zod';
import { pageOf, PageQueryShape, route } from '../api.ts';
import { DecimalShape, IdShape, MoneyShape, Sha256Shape } from '../shapes.ts';
import { AssessedShape } from './assessments.ts';
import { CharterShape } from './charter.ts';

const worker = { services: ['worker'] } as const;
const Pilot = z.object({ pilotId: IdShape });
const Round = z.object({ roundId: IdShape });
const Project = z.object({ projectId: IdShape });
const done = z.object({ done: z.literal(true) });

/** Votes for and against one option of a poll. */
export const OptionTallyShape = z.object({
  optionId: IdShape,
  yes: z.int().min(0),
  no: z.int().min(0),
});

/** Routes of the projects service for the worker's activities. All are safe to repeat: each states a result, not a change. */
export const projectsInternalRoutes = {
  getCharter: route('GET /internal/v1/pilots/{pilotId}/charter', {
    summary: 'The charter in force, by which deadlines are computed',
    access: { services: ['worker', 'payments', 'ballots', 'identity'] },
    params: Pilot,
    answer: z.object({ charter: CharterShape, sha256: Sha256Shape }),
  }),
  getRoundPlan: route('GET /internal/v1/rounds/{roundId}/plan', {
    summary: 'What a round votes on: budget, ballot rules and electorate',
    access: worker,
    params: Round,
    answer: z.object({
      roundId: IdShape,
      pilotId: IdShape,
      municipalityId: IdShape,
      budget: MoneyShape,
    }),
  }),
  listAdmitted: route('GET /internal/v1/rounds/{roundId}/admitted', {
    summary: 'Admitted projects of a round with their full cost, by id',
    access: worker,
    params: Round,
    query: PageQueryShape,
    answer: pageOf(z.object({ projectId: IdShape, cost: MoneyShape })),
  }),
  closeIdeas: route('POST /internal/v1/rounds/{roundId}/ideas-closed', {
    kind: 'plain',
    summary: 'Tell every proposal of the round that endorsement is over',
    access: worker,
    params: Round,
    answer: done,
  }),
  closeReview: route('POST /internal/v1/rounds/{roundId}/review-closed', {
    kind: 'plain',
    summary: 'Tell every unreviewed proposal of the round that review is over',
    access: worker,
    params: Round,
    answer: done,
  }),
  putOnBallot: route('POST /internal/v1/rounds/{roundId}/ballot', {
    kind: 'plain',
    summary: 'Record the poll of the round and tell its admitted projects',
    access: worker,
    params: Round,
    body: z.object({ pollId: IdShape }),
    answer: done,
  }),
  recordAllocation: route('POST /internal/v1/rounds/{roundId}/allocation', {
    kind: 'plain',
    summary: 'Record the outcome of the round and tell each project',
    access: worker,
    params: Round,
    bodyLimit: 4 * 1024 * 1024,
    body: z.object({
      pollId: IdShape,
      outcome: z
        .array(
          z.object({
            projectId: IdShape,
            funded: z.boolean(),
            votes: z.int(),
            cost: MoneyShape,
            reasonCode: z.string(),
          }),
        )
        .max(5000),
    }),
    answer: done,
  }),
  getTeam: route('GET /internal/v1/projects/{projectId}/team', {
    summary:
      'Opaque ids of everybody who gains from the project, and the signed shares with confirmed minutes',
    access: { services: ['worker', 'payments', 'identity'] },
    params: Project,
    answer: z.object({
      members: z.array(
        z.object({
          personId: IdShape,
          pot: z.enum(['civil-servants', 'champions', 'volunteers']),
          /** The pot of those with whom they work on the team now; null once they left it. */
          worksAs: z.enum(['civil-servants', 'champions', 'volunteers']).nullable(),
          /** Weight within the pot; the volunteers' pot follows confirmed minutes. */
          weight: z.int().min(0),
          minutes: z.int().min(0),
        }),
      ),
      pots: z.object({
        'civil-servants': z.int().min(0),
        champions: z.int().min(0),
        volunteers: z.int().min(0),
      }),
    }),
  }),
  getBonusRules: route('GET /internal/v1/projects/{projectId}/bonus-rules', {
    summary: 'How the score of a project turns into a bonus, as its criteria lock says',
    access: { services: ['payments'] },
    params: Project,
    answer: z.object({
      rules: CharterShape.shape.bonus,
      charterSha256: Sha256Shape,
      lockSha256: Sha256Shape,
    }),
    problems: ['criteria-not-locked'],
  }),
  findMeasurers: route('POST /internal/v1/pilots/{pilotId}/measurers', {
    kind: 'plain',
    summary:
      'Which of these people measured or assessed the project, or any project of the pilot: nobody pays them for it',
    access: { services: ['payments'] },
    params: Pilot,
    body: z.object({ projectId: IdShape.nullable(), personIds: z.array(IdShape).min(1).max(100) }),
    answer: z.object({ personIds: z.array(IdShape) }),
  }),
  listCriteria: route('GET /internal/v1/projects/{projectId}/criteria', {
    summary: 'Criteria of a project, the options of its criteria vote',
    access: worker,
    params: Project,
    answer: z.object({ criteria: z.array(z.object({ criterionId: IdShape })) }),
  }),
  lockCriteria: route('POST /internal/v1/projects/{projectId}/criteria-lock', {
    kind: 'plain',
    summary: 'Lock the criteria with the weights that citizens gave; the lock hash is on the public record',
    access: worker,
    params: Project,
    body: z.object({
      pollId: IdShape,
      counted: z
        .boolean()
        .meta({ description: 'If not, the rule without a quorum decides, whatever the quorum' }),
      ballots: z.int(),
      roll: z.int(),
      options: z.array(OptionTallyShape).max(200),
    }),
    answer: z.object({ sha256: Sha256Shape, accepted: z.int() }),
  }),
  checkBaselines: route('GET /internal/v1/projects/{projectId}/baselines', {
    summary: 'Criteria without a baseline; delivery cannot start while there is one',
    access: worker,
    params: Project,
    answer: z.object({ missing: z.array(IdShape) }),
  }),
  startMeasurement: route('POST /internal/v1/projects/{projectId}/measurement', {
    kind: 'plain',
    summary: 'Create the measurement of a delivered project and start its lifecycle; one for ever',
    access: worker,
    params: Project,
    answer: z.object({ measurementId: IdShape }),
  }),
  completeMeasurement: route('POST /internal/v1/measurements/{measurementId}/completed', {
    kind: 'plain',
    summary: 'Tell the project that its measurement is over',
    access: worker,
    params: z.object({ measurementId: IdShape }),
    answer: done,
  }),
  getMeasurementPlan: route('GET /internal/v1/measurements/{measurementId}/plan', {
    summary: 'The collections of a measurement, in order',
    access: worker,
    params: z.object({ measurementId: IdShape }),
    answer: z.object({ collections: z.array(z.object({ name: z.string(), after: z.string() })) }),
  }),
  getBonusQuestion: route('GET /internal/v1/projects/{projectId}/bonus-question', {
    summary:
      'The signed assessment on which the bonus vote is held: score without side effects, and the side effects',
    access: worker,
    params: Project,
    answer: z.object({
      assessmentId: IdShape,
      sideEffects: z.array(z.object({ sideEffectId: IdShape })),
    }),
    problems: ['assessment-missing'],
  }),
  decideFinalScore: route('POST /internal/v1/projects/{projectId}/final-score', {
    kind: 'plain',
    summary:
      'Add the side effects that citizens accepted to the score of the signed assessment, once for each; an exact fraction',
    access: worker,
    params: Project,
    body: z.object({ pollId: IdShape, options: z.array(OptionTallyShape).max(200) }),
    answer: z.object({
      score: z.string(),
      computation: z.array(z.string()),
      payable: z.boolean(),
      assessment: AssessedShape,
    }),
    problems: ['assessment-missing'],
  }),
  roundAllocated: route('POST /internal/v1/rounds/{roundId}/allocated', {
    kind: 'plain',
    summary: 'Tell the pilot that a round is allocated',
    access: worker,
    params: Round,
    answer: done,
  }),
};
export { DecimalShape };
