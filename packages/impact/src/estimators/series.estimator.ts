import { rounded } from '../computation.ts';
import type { Line } from '../computation.ts';
import { ImpactError } from '../impact.errors.ts';
import { fitCounts } from './count.model.ts';
import type { CountModel } from './count.model.ts';
import type { Estimate, Interval, Uncertainty } from './estimate.ts';
import { estimateFrom, intervalAround } from './estimate.ts';
import { dot } from './least.squares.ts';
import { summarise } from './sample.ts';
import { ofMean } from './uncertainty.ts';

/** One period's count. Periods are numbered as time goes; gaps are allowed, repetitions are not. */
export interface PeriodCount {
  readonly period: number;
  readonly value: number;
}

export interface SeriesInput {
  readonly before: readonly PeriodCount[];
  /** The change is taken to have happened as the first of these began. */
  readonly after: readonly PeriodCount[];
}

/** On the log scale: exp of it is a ratio of rates. */
export interface Coefficient {
  readonly estimate: number;
  readonly standardError: number;
  readonly interval80: Interval;
  readonly interval95: Interval;
}

export interface InterruptedTimeSeries extends Estimate {
  readonly coefficients: {
    readonly intercept: Coefficient;
    /** For each period before the change. */
    readonly trend: Coefficient;
    /** The step at the first period after the change. */
    readonly level: Coefficient;
    /** Added to the trend for each period since then. */
    readonly trendChange: Coefficient;
  };
  /** By how much counts vary more than Poisson counts; standard errors use it, but never less than 1. */
  readonly scale: number;
  /** Of neighbouring Pearson residuals. */
  readonly autocorrelation: number;
}

const names = ['intercept', 'trend', 'level', 'trendChange'] as const;
const LEAST_PERIODS = 3;
const MOST_PERIODS = 10_000;

/**
 * Counts per period by segmented quasi-Poisson regression with log link: log rate = intercept + trend × period +
 * level × (after) + trendChange × (periods since the change, from 0) (A. K. Wagner et al., Journal of Clinical
 * Pharmacy and Therapeutics 27, 2002; J. Lopez Bernal, S. Cummins, A. Gasparrini, International Journal of
 * Epidemiology 46, 2017). Pearson scale, at least 1; Student's t with n − k degrees of freedom. The estimate is the
 * mean difference per period, after the change, between the fitted counts and those of the earlier trend; its standard
 * error follows from the coefficients' covariance (delta method).
 * @throws ImpactError `too-few-observations` below three periods on a side, `too-many-observations`, `duplicate-id`,
 * `count-negative`, `number-not-finite`, `not-converged`, `rules-invalid` where before is not before after
 */
export function interruptedTimeSeries(input: SeriesInput): InterruptedTimeSeries {
  const { before, after } = ordered(input);
  const [first, change] = [before[0]!.period, after[0]!.period];
  const periods = [...before, ...after].map(({ period }) => period);
  const columns = [
    periods.map(() => 1),
    periods.map((period) => period - first + 1),
    periods.map((period) => (period < change ? 0 : 1)),
    periods.map((period) => Math.max(0, period - change)),
  ];
  const model = fitCounts(
    columns,
    [...before, ...after].map(({ value }) => value),
  );
  const effect = averageEffect(columns, model, before.length);
  const level = summarise(after.map(({ value }) => value));
  const autocorrelation = autocorrelationOf(model.residuals);
  const coefficients = coefficientsOf(model);
  const found = estimateFrom({
    method: 'interrupted-time-series',
    estimate: effect.value,
    uncertainty: { ...effect.uncertainty },
    observed: { mean: level.mean, uncertainty: ofMean(level) },
    n: periods.length,
    assumptions: assumptionsFor(autocorrelation, periods.length),
    computation: linesOf(coefficients, model, autocorrelation, level.mean, effect.value),
  });
  return { ...found, coefficients, scale: model.scale, autocorrelation };
}

function coefficientsOf(model: CountModel): InterruptedTimeSeries['coefficients'] {
  const { coefficients, covariance, degreesOfFreedom } = model;
  const listed = names.map((name, at): [string, Coefficient] => {
    const estimate = coefficients[at]!;
    const standardError = Math.sqrt(covariance[at]![at]!);
    const uncertainty: Uncertainty = { standardError, degreesOfFreedom, rule: '' };
    const interval = (share: number) => intervalAround(estimate, share, uncertainty)!;
    return [name, { estimate, standardError, interval80: interval(0.8), interval95: interval(0.95) }];
  });
  return Object.fromEntries(listed) as unknown as InterruptedTimeSeries['coefficients'];
}

/** Mean over the periods after of exp(with the change) − exp(without it), with the gradient for its variance. */
function averageEffect(columns: readonly (readonly number[])[], model: CountModel, before: number) {
  const [, , level = 0, trendChange = 0] = model.coefficients;
  const [, , isAfter = [], since = []] = columns;
  const n = model.fitted.length - before;
  const gradient = columns.map(() => 0);
  let value = 0;
  for (let row = before; row < model.fitted.length; row += 1) {
    const fitted = model.fitted[row]!;
    const otherwise = fitted / Math.exp(level * isAfter[row]! + trendChange * since[row]!);
    value += (fitted - otherwise) / n;
    for (const [at, column] of columns.entries())
      gradient[at]! += (column[row]! * (at < 2 ? fitted - otherwise : fitted)) / n;
  }
  const variance = dot(
    gradient,
    model.covariance.map((row) => dot(row, gradient)),
  );
  const { degreesOfFreedom } = model;
  const rule = `from the covariance of the coefficients × scale ${rounded(model.scale)}`;
  return { value, uncertainty: { standardError: Math.sqrt(variance), degreesOfFreedom, rule } };
}

function autocorrelationOf(residuals: readonly number[]): number {
  const all = dot(residuals, residuals);
  return all === 0 ? 0 : dot(residuals.slice(1), residuals.slice(0, -1)) / all;
}

function assumptionsFor(autocorrelation: number, n: number): string[] {
  return [
    'Without the project the rate would have gone on along its earlier trend.',
    'The project changed the level and the trend at once, and nothing else changed them at that time.',
    'Counts vary around the rate in proportion to it, and seasons do not matter.',
    neighbours(autocorrelation, 2 / Math.sqrt(n)),
  ];
}

function neighbours(autocorrelation: number, chance: number): string {
  const known = `(autocorrelation ${rounded(autocorrelation)})`;
  if (autocorrelation > chance)
    return `Neighbouring periods resemble one another ${known}: the standard errors are likely too small.`;
  if (autocorrelation < -chance)
    return `Neighbouring periods swing against one another ${known}: the standard errors are likely too large.`;
  return `Neighbouring periods do not lean on one another ${known}.`;
}

function linesOf(
  coefficients: InterruptedTimeSeries['coefficients'],
  { scale, dispersion, degreesOfFreedom }: CountModel,
  autocorrelation: number,
  observed: number,
  effect: number,
): Line[] {
  const labels = {
    intercept: 'intercept',
    trend: 'trend',
    level: 'level change',
    trendChange: 'trend change',
  };
  const listed = names.map((name): Line => {
    const { estimate, standardError } = coefficients[name];
    const expression = `log rate, standard error ${rounded(standardError)}`;
    return { label: labels[name], expression, value: rounded(estimate) };
  });
  return [
    ...listed,
    {
      label: 'scale',
      expression: `Pearson ${rounded(dispersion)} on ${degreesOfFreedom} degrees of freedom, at least 1`,
      value: rounded(scale),
    },
    { label: 'autocorrelation', expression: 'of neighbouring residuals', value: rounded(autocorrelation) },
    {
      label: 'effect per period',
      expression: `mean after ${rounded(observed)} − (earlier trend ${rounded(observed - effect)})`,
      value: rounded(effect),
    },
  ];
}

function ordered({ before, after }: SeriesInput): SeriesInput {
  const all = [...before, ...after];
  if (before.length < LEAST_PERIODS || after.length < LEAST_PERIODS)
    throw new ImpactError(
      'too-few-observations',
      `at least ${LEAST_PERIODS} periods on each side are needed`,
    );
  if (all.length > MOST_PERIODS)
    throw new ImpactError('too-many-observations', `at most ${MOST_PERIODS} periods are taken`);
  if (!all.every(({ period, value }) => Number.isSafeInteger(period) && Number.isFinite(value)))
    throw new ImpactError('number-not-finite', 'a period or count is not a finite number');
  if (all.some(({ value }) => value < 0)) throw new ImpactError('count-negative', 'a count is below zero');
  if (new Set(all.map(({ period }) => period)).size !== all.length)
    throw new ImpactError('duplicate-id', 'a period is there twice');
  const inTime = (many: readonly PeriodCount[]) => many.toSorted((a, b) => a.period - b.period);
  const [early, late] = [inTime(before), inTime(after)];
  if (early.at(-1)!.period >= late[0]!.period)
    throw new ImpactError('rules-invalid', 'a period before the change comes after it');
  return { before: early, after: late };
}
