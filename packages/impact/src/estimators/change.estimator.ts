import { rounded } from '../computation.ts';
import type { Estimate } from './estimate.ts';
import { estimateFrom } from './estimate.ts';
import { ImpactError } from '../impact.errors.ts';
import { meanLine, summarise } from './sample.ts';
import { ofDifference, ofMean } from './uncertainty.ts';

/**
 * Mean of the observations minus a baseline that is taken as known exactly; standard error s/√n.
 * @throws ImpactError `goal-equals-baseline`, `no-observations`, `number-not-finite`
 */
export function againstGoal(input: {
  baseline: number;
  goal: number;
  observations: readonly number[];
}): Estimate {
  const { baseline, goal, observations } = input;
  if (!Number.isFinite(baseline) || !Number.isFinite(goal)) {
    throw new ImpactError('number-not-finite', 'baseline and goal must be finite');
  }
  if (goal === baseline) throw new ImpactError('goal-equals-baseline', 'the goal equals the baseline');
  const after = summarise(observations);
  return estimateFrom({
    method: 'against-goal',
    estimate: after.mean - baseline,
    uncertainty: ofMean(after),
    observed: { mean: after.mean, uncertainty: ofMean(after) },
    n: after.n,
    assumptions: [
      'The baseline is taken as known exactly.',
      'The observations do not influence one another.',
      'All of the change is counted as the effect of the project; nothing shows what would have happened without it.',
    ],
    computation: [
      meanLine('observed', after),
      {
        label: 'effect',
        expression: `${rounded(after.mean)} − baseline ${rounded(baseline)}`,
        value: rounded(after.mean - baseline),
      },
    ],
  });
}

/**
 * Difference of the means after and before, Welch standard error.
 * @throws ImpactError `no-observations`, `number-not-finite`
 */
export function beforeAfter(input: { before: readonly number[]; after: readonly number[] }): Estimate {
  const [before, after] = [summarise(input.before), summarise(input.after)];
  return estimateFrom({
    method: 'before-after',
    estimate: after.mean - before.mean,
    uncertainty: ofDifference(after, before),
    observed: { mean: after.mean, uncertainty: ofMean(after) },
    n: before.n + after.n,
    assumptions: [
      'The observations do not influence one another, before or after.',
      'Nothing else changed between before and after: seasons, prices and fashions count as effects here.',
    ],
    computation: [
      meanLine('before', before),
      meanLine('after', after),
      {
        label: 'effect',
        expression: `${rounded(after.mean)} − (${rounded(before.mean)})`,
        value: rounded(after.mean - before.mean),
      },
    ],
  });
}
