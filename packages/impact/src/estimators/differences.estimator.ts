import { rounded } from '../computation.ts';
import type { Line } from '../computation.ts';
import type { Estimate } from './estimate.ts';
import { estimateFrom } from './estimate.ts';
import type { Summary } from './sample.ts';
import { meanLine, summarise, summaryOf } from './sample.ts';
import { ofDifference, ofMean, ofPlacebos, rankOf } from './uncertainty.ts';

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
  const ranked = placebos.length > 1;
  const p = ranked ? rankOf(Math.abs(estimate), placebos.map(Math.abs)) : null;
  return estimateFrom({
    method: 'difference-in-differences',
    estimate,
    uncertainty: ranked ? ofPlacebos(placebos) : ofDifference(treated, comparison),
    observed: level ? { mean: level.mean, uncertainty: ofMean(level) } : null,
    n: treated.n + comparison.n,
    ...(p === null ? {} : { p }),
    assumptions: [
      'Without the project the treated units would have changed as the comparison units did.',
      'The project did not reach the comparison units.',
      'The units do not influence one another.',
      ...(ranked ? ['Chance moves the treated unit as much as it moves a comparison unit.'] : []),
    ],
    computation: [
      meanLine('change of the treated units', treated),
      meanLine('change of the comparison units', comparison),
      {
        label: 'effect',
        expression: `${rounded(treated.mean)} − (${rounded(comparison.mean)})`,
        value: rounded(estimate),
      },
      ...(p === null ? [] : [rankLine(p, placebos.length)]),
    ],
  });
}

function rankLine(p: number, placebos: number): Line {
  const rank = Math.round(p * (placebos + 1));
  return { label: 'p', expression: `rank by size: ${rank} ÷ ${placebos + 1}`, value: rounded(p) };
}

function placebosOf(changes: readonly number[]): number[] {
  if (changes.length < 2) return [];
  const { mean, n } = summarise(changes);
  // change − mean of the others = (change − mean of all) × n/(n − 1)
  return changes.map((change) => ((change - mean) * n) / (n - 1));
}
