import { ImpactError } from '../impact.errors.ts';
import { dot, leastSquares } from './least.squares.ts';

export interface CountModel {
  readonly coefficients: readonly number[];
  /** Covariance of the coefficients, the scale included. */
  readonly covariance: readonly (readonly number[])[];
  readonly fitted: readonly number[];
  /** (observed − fitted) ÷ √fitted. */
  readonly residuals: readonly number[];
  /** Pearson: Σ residuals² ÷ (n − k), as it came. */
  readonly dispersion: number;
  /** The dispersion, but at least 1. */
  readonly scale: number;
  readonly degreesOfFreedom: number;
}

const MOST_STEPS = 100;
const SETTLED = 1e-12;
/** A fitted count this small beside the mean count stands for a rate of nothing, which has no logarithm. */
const NO_RATE = 1e-8;

/**
 * Quasi-Poisson regression with log link by iteratively reweighted least squares (P. McCullagh, J. A. Nelder,
 * Generalized Linear Models, 1989, §2.5 and §9.2).
 * @param columns of the design matrix
 * @throws ImpactError `design-singular`, `not-converged`
 */
export function fitCounts(columns: readonly (readonly number[])[], counts: readonly number[]): CountModel {
  let fitted = counts.map((count) => count + 0.1);
  let deviance = Infinity;
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const solved = reweighted(columns, counts, fitted);
    fitted = counts.map((_, at) => Math.exp(predicted(columns, solved.coefficients, at)));
    const next = devianceOf(counts, fitted);
    if (!Number.isFinite(next)) break;
    if (Math.abs(next - deviance) <= SETTLED * (next + 0.1)) return modelOf(columns, counts, fitted);
    deviance = next;
  }
  throw new ImpactError('not-converged', 'no finite rates fit the counts');
}

function reweighted(
  columns: readonly (readonly number[])[],
  counts: readonly number[],
  fitted: readonly number[],
) {
  const roots = fitted.map(Math.sqrt);
  const working = counts.map((count, at) => Math.log(fitted[at]!) + (count - fitted[at]!) / fitted[at]!);
  const weighted = (values: readonly number[]) => values.map((value, at) => value * roots[at]!);
  const solved = leastSquares(columns.map(weighted), weighted(working));
  if (!solved) throw new ImpactError('design-singular', 'the periods do not tell level and trend apart');
  return solved;
}

/** What the coefficients give at a row of the design, on the log scale. */
export function predicted(
  columns: readonly (readonly number[])[],
  coefficients: readonly number[],
  row: number,
): number {
  return columns.reduce((sum, column, at) => sum + column[row]! * coefficients[at]!, 0);
}

function modelOf(
  columns: readonly (readonly number[])[],
  counts: readonly number[],
  fitted: readonly number[],
): CountModel {
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  if (mean === 0 || fitted.some((count) => count < NO_RATE * mean))
    throw new ImpactError('not-converged', 'the counts go to nothing: no finite rate fits them');
  const { coefficients, covariance } = reweighted(columns, counts, fitted);
  const residuals = counts.map((count, at) => (count - fitted[at]!) / Math.sqrt(fitted[at]!));
  const degreesOfFreedom = counts.length - columns.length;
  const dispersion = dot(residuals, residuals) / degreesOfFreedom;
  const scale = Math.max(1, dispersion);
  return {
    coefficients,
    covariance: covariance().map((row) => row.map((value) => value * scale)),
    fitted,
    residuals,
    dispersion,
    scale,
    degreesOfFreedom,
  };
}

function devianceOf(counts: readonly number[], fitted: readonly number[]): number {
  return (
    2 *
    counts.reduce(
      (sum, count, at) =>
        sum + (count === 0 ? 0 : count * Math.log(count / fitted[at]!)) - (count - fitted[at]!),
      0,
    )
  );
}
