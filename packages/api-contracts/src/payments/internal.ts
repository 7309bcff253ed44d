import { z } from 'zod';
import { route } from '../api.ts';
import { AssessedShape } from '../projects/assessments.ts';
import { FractionShape, IdShape, MoneyShape, Sha256Shape } from '../shapes.ts';

const worker = { services: ['worker'] } as const;
const done = z.object({ done: z.literal(true) });
const Project = z.object({ projectId: IdShape });

export const paymentsInternalRoutes = {
  openFunds: route('PUT /internal/v1/pilots/{pilotId}/funds', {
    kind: 'plain',
    summary: 'Allot the permitted limit to the round, bonus and outcome funds of a pilot',
    access: worker,
    params: z.object({ pilotId: IdShape }),
    body: z.object({
      municipalityId: IdShape,
      limit: MoneyShape,
      fiscalYear: z.int().min(2000).max(2200),
      shares: z.object({ round: FractionShape, bonus: FractionShape, outcome: FractionShape }),
    }),
    answer: z.object({ round: MoneyShape, bonus: MoneyShape, outcome: MoneyShape }),
    problems: ['funds-differ', 'shares-not-whole', 'amount-invalid'],
  }),
  getFunds: route('GET /internal/v1/pilots/{pilotId}/funds', {
    summary: 'What is still available in each fund',
    access: { services: ['worker', 'projects'] },
    params: z.object({ pilotId: IdShape }),
    answer: z.object({ round: MoneyShape, bonus: MoneyShape, outcome: MoneyShape }),
  }),
  commitProject: route('PUT /internal/v1/projects/{projectId}/commitment', {
    kind: 'plain',
    summary:
      "Commit a funded project's cost from the round fund and reserve its bonus pool from the bonus fund",
    access: worker,
    params: Project,
    body: z.object({
      municipalityId: IdShape,
      pilotId: IdShape,
      roundId: IdShape,
      cost: MoneyShape,
      pool: MoneyShape,
    }),
    answer: z.object({ committed: MoneyShape, reserved: MoneyShape }),
    problems: ['fund-overdrawn', 'funds-missing', 'commitment-differs', 'amount-invalid'],
  }),
  releaseProject: route('POST /internal/v1/projects/{projectId}/released', {
    kind: 'plain',
    summary: 'Return what an ended project did not spend, and what is left of its reserve, to their funds',
    access: worker,
    params: Project,
    body: z.object({ what: z.enum(['commitment', 'everything']) }),
    answer: done,
  }),
  listInterested: route('GET /internal/v1/projects/{projectId}/interested', {
    summary:
      'Who is paid for the project beside its team, by opaque id: they neither vote on its bonus, nor measure, nor assess it',
    access: { services: ['worker', 'projects'] },
    params: Project,
    answer: z.object({ personIds: z.array(IdShape) }),
  }),
  decideBonus: route('PUT /internal/v1/projects/{projectId}/bonus', {
    kind: 'plain',
    summary: 'Compute the bonus from score and vote, exactly and with every line of the computation',
    access: worker,
    params: Project,
    body: z.object({
      municipalityId: IdShape,
      pilotId: IdShape,
      pollId: IdShape,
      assessment: AssessedShape,
      score: z.string(),
      payable: z.boolean(),
      counted: z
        .boolean()
        .meta({ description: 'If not, the rule without a quorum decides, whatever the quorum' }),
      roll: z.int(),
      ballots: z.int(),
      shares: z.array(z.object({ percent: z.int().min(0).max(100), ballots: z.int().min(1) })),
    }),
    answer: z.object({
      decisionId: IdShape,
      supersedes: IdShape.nullable(),
      pool: MoneyShape,
      payable: MoneyShape,
      computation: z.array(z.string()),
    }),
    problems: ['bonus-fixed', 'bonus-decided'],
  }),
  createObligations: route('PUT /internal/v1/projects/{projectId}/obligations', {
    kind: 'plain',
    summary: 'Split the decided bonus by the signed shares into obligations, unique for ever',
    access: worker,
    params: Project,
    body: z.object({ municipalityId: IdShape, pilotId: IdShape }),
    answer: z.object({ obligations: z.int(), total: MoneyShape }),
    problems: ['bonus-undecided'],
  }),
  instructBatch: route('PUT /internal/v1/batches/{batchId}/instructed', {
    kind: 'plain',
    summary: 'Hand a released batch over for payment; attempts go in transit',
    access: worker,
    params: z.object({ batchId: IdShape }),
    /** What was released, as the batch's lifecycle knows it. */
    body: z.object({ batchSha256: Sha256Shape }),
    answer: z.object({ attempts: z.int() }),
    problems: ['batch-not-released', 'batch-changed'],
  }),
};
