import type { Estimate, Uncertainty } from './estimate.ts';
import { estimateFrom } from './estimate.ts';
import type { Summary } from './sample.ts';
import { summarise, summaryOf } from './sample.ts';
import { ofDifference, ofMean } from './uncertainty.ts';

export interface DifferencesInput {
  /** Change of each treated unit, or their summary. */
  readonly treated: readonly number[] | Summary;
  /** Change of each comparison unit, or their summary. */
  readonly comparison: readonly number[] | Summary;
  /** Levels of the treated units after delivery, where the goal or the failure bound is a level. */
  readonly observed?: readonly number[];
}

/**
 * Mean change of the treated units minus mean change of the comparison units, Welch standard error
 * (Card & Krueger, American Economic Review 84, 1994, compare means of changes in this way).
 * With one treated unit the standard error is the standard deviation of placebos: each comparison
 * unit in turn against the other comparison units, the treated unit left out; p is the effect's rank.
 * @throws ImpactError `no-observations`, `number-not-finite`
 */
export function differenceInDifferences(input: DifferencesInput): Estimate {
  const [treated, comparison] = [summaryOf(input.treated), summaryOf(input.comparison)];
  const estimate = treated.mean - comparison.mean;
  const placebos = treated.n === 1 && !('mean' in input.comparison) ? placebosOf(input.comparison) : [];
  const level = input.observed ? summarise(input.observed) : null;
  return estimateFrom({
    method: 'difference-in-differences',
    estimate,
    uncertainty: placebos.length > 1 ? ofPlacebos(placebos) : ofDifference(treated, comparison),
    observed: level ? { mean: level.mean, uncertainty: ofMean(level) } : null,
    n: treated.n + comparison.n,
    ...(placebos.length > 1 ? { p: rankOf(estimate, placebos) } : {}),
    assumptions: [
      'Without the project the treated units would have changed as the comparison units did.',
      'The project did not reach the comparison units.',
      'The units do not influence one another.',
      ...(placebos.length > 1
        ? ['Chance moves the treated unit as much as it moves a comparison unit.']
        : []),
    ],
  });
}

function placebosOf(changes: readonly number[]): number[] {
  if (changes.length < 2) return [];
  const { mean, n } = summarise(changes);
  // change − mean of the others = (change − mean of all) × n/(n − 1)
  return changes.map((change) => ((change - mean) * n) / (n - 1));
}

function ofPlacebos(placebos: readonly number[]): Uncertainty {
  const { variance, n } = summarise(placebos);
  if (variance === 0) return ofMean({ mean: 0, variance, n });
  return { standardError: Math.sqrt(variance), degreesOfFreedom: n - 1 };
}

function rankOf(estimate: number, placebos: readonly number[]): number {
  const asLarge = placebos.filter((placebo) => Math.abs(placebo) >= Math.abs(estimate)).length;
  return (asLarge + 1) / (placebos.length + 1);
}
