import type { Criterion } from './criterion.shape.ts';
import { exactOf, signOf } from './exact.ts';
import { ImpactError } from './impact.errors.ts';

export interface CriterionProblem {
  readonly code: 'goal-equals-baseline' | 'direction-contradicts-goal' | 'failure-bound-misplaced';
}

type Levels = Pick<Criterion, 'direction' | 'baseline' | 'goal' | 'failureBound'>;

/**
 * Why a criterion could never be scored; nothing if it could. The sign of goal − baseline is the
 * direction: a stated one only validates it. Without a baseline there is nothing to judge yet.
 */
export function criterionProblems({ direction, baseline, goal, failureBound }: Levels): CriterionProblem[] {
  if (!baseline) return [];
  const start = exactOf(baseline.value);
  const delta = exactOf(goal).sub(start);
  if (signOf(delta) === 0) return [{ code: 'goal-equals-baseline' }];
  const problems: CriterionProblem[] = [];
  if (direction && (direction === 'increase') !== signOf(delta) > 0)
    problems.push({ code: 'direction-contradicts-goal' });
  if (failureBound !== undefined && signOf(exactOf(failureBound).sub(start).mul(delta)) >= 0) {
    problems.push({ code: 'failure-bound-misplaced' });
  }
  return problems;
}

/** The criteria that keep delivery from starting. */
export function missingBaselines(criteria: readonly Pick<Criterion, 'criterionId' | 'baseline'>[]): string[] {
  return criteria.filter(({ baseline }) => !baseline).map(({ criterionId }) => criterionId);
}

/** @throws ImpactError with the first problem, or `baseline-missing` */
export function requireScorable(criterion: Criterion): { baseline: string; goal: string } {
  const [problem] = criterionProblems(criterion);
  if (problem) throw new ImpactError(problem.code, `criterion ${criterion.criterionId} cannot be scored`);
  if (!criterion.baseline)
    throw new ImpactError('baseline-missing', `criterion ${criterion.criterionId} has no baseline`);
  return { baseline: criterion.baseline.value, goal: criterion.goal };
}
