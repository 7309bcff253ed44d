import { z } from 'zod';
import { pageOf, PageQueryShape, route } from '../api.ts';
import { DecisionAnswerShape, LifecycleViewShape } from '../lifecycle-routes.ts';
import { IdShape, InstantShape, MoneyShape, MunicipalityParams } from '../shapes.ts';

export const RoundParams = MunicipalityParams.extend({ roundId: IdShape });

export const RoundShape = z
  .object({
    roundId: IdShape,
    pilotId: IdShape,
    name: z.string(),
    phase: z.string(),
    budget: MoneyShape,
    /** Eligible residents when the round opened, and the endorsements a proposal needs. */
    electorate: z.int(),
    threshold: z.int(),
    pollId: IdShape.nullable(),
    openedAt: InstantShape,
  })
  .meta({ id: 'Round' });

export const RoundResultShape = z
  .object({
    roundId: IdShape,
    pollId: IdShape.nullable(),
    budget: MoneyShape,
    spent: MoneyShape,
    projects: z.array(
      z.object({
        projectId: IdShape,
        externalId: z.string().nullable(),
        title: z.string(),
        votes: z.int(),
        cost: MoneyShape,
        funded: z.boolean(),
        reasonCode: z.string(),
        explanation: z.string(),
      }),
    ),
  })
  .meta({ id: 'RoundResult' });

const officer = { roles: ['poll-officer'] } as const;

export const roundRoutes = {
  listRounds: route('GET /v1/m/{municipalityId}/rounds', {
    summary: 'Rounds of the municipality, oldest first',
    access: { anyone: true },
    params: MunicipalityParams,
    query: PageQueryShape.extend({ pilotId: IdShape.optional() }),
    answer: pageOf(RoundShape),
  }),
  getRound: route('GET /v1/m/{municipalityId}/rounds/{roundId}', {
    summary: 'A round and where it stands',
    access: { anyone: true },
    params: RoundParams,
    answer: RoundShape.extend({ lifecycle: LifecycleViewShape.nullable() }),
  }),
  endIdeas: route('POST /v1/m/{municipalityId}/rounds/{roundId}/ideas-end', {
    kind: 'move',
    summary: 'End the phase of ideas; what has not reached the threshold lapses',
    access: officer,
    params: RoundParams,
    answer: DecisionAnswerShape,
    problems: ['not-awaited', 'suspended'],
  }),
  endReview: route('POST /v1/m/{municipalityId}/rounds/{roundId}/review-end', {
    kind: 'move',
    summary: 'End the phase of review, when nothing is under review or appeal any more',
    access: officer,
    params: RoundParams,
    answer: DecisionAnswerShape,
    problems: ['reviews-open', 'not-awaited', 'suspended'],
  }),
  getRoundResult: route('GET /v1/m/{municipalityId}/rounds/{roundId}/result', {
    summary: 'What was funded and why, for every project on the ballot',
    access: { anyone: true },
    params: RoundParams,
    answer: RoundResultShape,
    problems: ['not-allocated'],
  }),
};
