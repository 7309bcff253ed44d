import { z } from 'zod';
import { route } from '../api.ts';
import { AssessedShape } from '../projects/assessments.ts';
import { IdShape, InstantShape, MoneyShape, MunicipalityParams } from '../shapes.ts';

/** One decision on a project's bonus, with every line of its computation. */
export const BonusDecisionShape = z
  .object({
    decisionId: IdShape,
    projectId: IdShape,
    pilotId: IdShape,
    pollId: IdShape,
    /** 1 for the first; an upheld appeal has a later one supersede it. */
    number: z.int().min(1),
    /** The assessment that it rests on, and the appeal that had it corrected. */
    assessment: AssessedShape,
    score: z.string(),
    pool: MoneyShape,
    payable: MoneyShape,
    roll: z.int(),
    ballots: z.int(),
    computation: z.array(z.string()),
    decidedAt: InstantShape,
    supersedes: IdShape.nullable(),
    supersededBy: IdShape.nullable(),
  })
  .meta({ id: 'BonusDecision' });

const ProjectParams = MunicipalityParams.extend({ projectId: IdShape });

export const bonusRoutes = {
  getBonus: route('GET /v1/m/{municipalityId}/projects/{projectId}/bonus', {
    summary: 'Why this amount? The bonus decision in force and the ones it superseded',
    access: { anyone: true },
    params: ProjectParams,
    answer: z.object({ current: BonusDecisionShape, superseded: z.array(BonusDecisionShape) }),
  }),
};
