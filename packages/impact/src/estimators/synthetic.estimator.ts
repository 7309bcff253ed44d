import { rounded } from '../computation.ts';
import type { Line } from '../computation.ts';
import { ImpactError } from '../impact.errors.ts';
import { repeats } from '../validity.ts';
import type { Estimate } from './estimate.ts';
import { estimateFrom } from './estimate.ts';
import { nearestWeights } from './nearest.weights.ts';
import { summarise } from './sample.ts';
import { ofMean, ofPlacebos, rankOf } from './uncertainty.ts';

/** A unit (a state, a school) over time: the same periods for every unit, in the same order. */
export interface UnitSeries {
  readonly unit: string;
  readonly before: readonly number[];
  readonly after: readonly number[];
}

export interface SyntheticControlInput {
  readonly treated: UnitSeries;
  /** Units that the project did not reach. */
  readonly comparison: readonly UnitSeries[];
}

export interface SyntheticControl extends Estimate {
  /** Of every comparison unit, together 1, the largest first. */
  readonly weights: readonly { readonly unit: string; readonly weight: number }[];
  /** Root mean squared gap between the treated unit and its synthetic control. */
  readonly rmspe: { readonly before: number; readonly after: number };
  /** Each comparison unit as if it had been treated; the ratio is null where nothing was amiss before. */
  readonly placebos: readonly {
    readonly unit: string;
    readonly estimate: number;
    readonly ratio: number | null;
  }[];
}

const LEAST = { before: 2, comparison: 2 } as const;
/** A hundred units over twenty years of months take a second or two. */
const MOST = { periods: 240, comparison: 100 } as const;

/**
 * The treated unit minus the weighted comparison units that were nearest to it in every period before, averaged
 * over the periods after (A. Abadie, A. Diamond, J. Hainmueller, Journal of the American Statistical Association
 * 105, 2010; the only predictors are the earlier values). Standard error: standard deviation of placebos, each
 * comparison unit in turn against the others, the treated unit left out. p: rank of the ratio of the gaps after and
 * before among theirs, none filtered.
 * @throws ImpactError `too-few-observations`, `too-many-observations`, `panel-unbalanced`, `duplicate-id`,
 * `number-not-finite`, `design-singular` where several sets of weights fit the time before equally well
 */
export function syntheticControl({ treated, comparison }: SyntheticControlInput): SyntheticControl {
  requirePanel(treated, comparison);
  const found = against(treated, comparison);
  if (!found.unique)
    throw new ImpactError(
      'design-singular',
      'several sets of weights fit the time before equally well: fewer comparison units or more periods before',
    );
  const placebos = comparison.map((unit) => ({
    unit: unit.unit,
    ...against(
      unit,
      comparison.filter((other) => other !== unit),
    ),
  }));
  const p = rankOf(ratioOf(found), placebos.map(ratioOf));
  const level = summarise(treated.after);
  const weights = comparison
    .map(({ unit }, at) => ({ unit, weight: found.weights[at]! }))
    .sort((a, b) => b.weight - a.weight);
  const rmspe = { before: found.before, after: found.after };
  const estimate = estimateFrom({
    method: 'synthetic-control',
    estimate: found.effect,
    uncertainty: ofPlacebos(placebos.map(({ effect }) => effect)),
    observed: { mean: level.mean, uncertainty: ofMean(level) },
    n: comparison.length + 1,
    p,
    assumptions,
    computation: [...weightLines(weights), ...gapLines(treated, found, level.mean, p, placebos.length)],
  });
  return { ...estimate, weights, rmspe, placebos: placebos.map(placeboOf) };
}

const assumptions = [
  'Without the project the treated unit would have gone on as the weighted comparison units did.',
  'The project did not reach the comparison units.',
  'Chance moves the treated unit as much as it moves a comparison unit.',
  'The interval of the observed level takes the periods after as independent of one another.',
] as const;

interface Fit {
  readonly weights: readonly number[];
  readonly unique: boolean;
  readonly effect: number;
  /** Root mean squared gaps. */
  readonly before: number;
  readonly after: number;
}

function against(unit: UnitSeries, others: readonly UnitSeries[]): Fit {
  const { weights, unique } = nearestWeights(
    others.map(({ before }) => before),
    unit.before,
  );
  const gaps = (side: 'before' | 'after') =>
    unit[side].map(
      (value, at) =>
        value - others.reduce((sum, other, index) => sum + weights[index]! * other[side][at]!, 0),
    );
  const after = gaps('after');
  return {
    weights,
    unique,
    effect: summarise(after).mean,
    before: rootMeanSquare(gaps('before')),
    after: rootMeanSquare(after),
  };
}

function rootMeanSquare(values: readonly number[]): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length);
}

function ratioOf({ before, after }: Pick<Fit, 'before' | 'after'>): number {
  return after === 0 ? 0 : after / before;
}

function placeboOf({ unit, effect, ...fit }: Fit & { unit: string }): SyntheticControl['placebos'][number] {
  const ratio = ratioOf(fit);
  return { unit, estimate: effect, ratio: Number.isFinite(ratio) ? ratio : null };
}

function weightLines(weights: SyntheticControl['weights']): Line[] {
  return weights
    .filter(({ weight }) => weight > 0)
    .map(({ unit, weight }) => ({ label: `weight of ${unit}`, expression: '', value: rounded(weight) }));
}

function gapLines(treated: UnitSeries, fit: Fit, observed: number, p: number, placebos: number): Line[] {
  const rank = Math.round(p * (placebos + 1));
  return [
    {
      label: 'pre-period RMSPE',
      expression: `root mean squared gap of ${treated.before.length} periods`,
      value: rounded(fit.before),
    },
    {
      label: 'post-period RMSPE',
      expression: `root mean squared gap of ${treated.after.length} periods`,
      value: rounded(fit.after),
    },
    {
      label: 'effect',
      expression: `mean after ${rounded(observed)} − (synthetic ${rounded(observed - fit.effect)})`,
      value: rounded(fit.effect),
    },
    { label: 'p', expression: `rank by post ÷ pre RMSPE: ${rank} ÷ ${placebos + 1}`, value: rounded(p) },
  ];
}

function requirePanel(treated: UnitSeries, comparison: readonly UnitSeries[]): void {
  const units = [treated, ...comparison];
  const [before, after] = [treated.before.length, treated.after.length];
  if (comparison.length < LEAST.comparison || before < LEAST.before || after === 0)
    throw new ImpactError(
      'too-few-observations',
      `at least ${LEAST.comparison} comparison units, ${LEAST.before} periods before and 1 after are needed`,
    );
  if (comparison.length > MOST.comparison || before + after > MOST.periods)
    throw new ImpactError(
      'too-many-observations',
      `at most ${MOST.comparison} comparison units and ${MOST.periods} periods are taken`,
    );
  if (repeats(units.map(({ unit }) => unit))) throw new ImpactError('duplicate-id', 'a unit is there twice');
  const gap = units.find((unit) => unit.before.length !== before || unit.after.length !== after);
  if (gap) throw new ImpactError('panel-unbalanced', `${gap.unit} lacks a reading that others have`);
  if (units.some((unit) => ![...unit.before, ...unit.after].every(Number.isFinite)))
    throw new ImpactError('number-not-finite', 'a reading is not a finite number');
}
