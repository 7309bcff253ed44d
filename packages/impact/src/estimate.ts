import quantile from '@stdlib/stats-base-dists-t-quantile';
import { ImpactError } from './impact.errors.ts';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** How uncertain a number is: or why that cannot be said. */
export type Uncertainty =
  | { readonly standardError: number; readonly degreesOfFreedom: number }
  | { readonly standardError: null; readonly reason: string };

/** An estimated effect in the criterion's unit. Round it for display only. */
export interface Estimate {
  readonly method: 'against-goal' | 'before-after' | 'difference-in-differences';
  readonly estimate: number;
  readonly standardError: number | null;
  /** Why there is no standard error; null if there is one. */
  readonly reason: string | null;
  readonly degreesOfFreedom: number | null;
  readonly interval80: Interval | null;
  readonly interval95: Interval | null;
  /** The mean level after delivery, where it is known. */
  readonly observed: number | null;
  readonly observedInterval80: Interval | null;
  /** Values the estimate rests on. */
  readonly n: number;
  /** Share of placebo effects at least as large, where effects are ranked among placebos. */
  readonly p: number | null;
  readonly assumptions: readonly string[];
}

/**
 * estimate ± t(1 − (1 − level)/2, df) × SE, with Student's t distribution.
 * @throws ImpactError `number-not-finite`
 */
function intervalAround(centre: number, level: number, uncertainty: Uncertainty): Interval | null {
  if (uncertainty.standardError === null) return null;
  const reach = quantile(1 - (1 - level) / 2, uncertainty.degreesOfFreedom) * uncertainty.standardError;
  if (!Number.isFinite(reach)) throw new ImpactError('number-not-finite', 'the interval is not finite');
  return { low: centre - reach, high: centre + reach };
}

/** What differs between methods; the rest follows from the uncertainty. */
export interface Finding {
  readonly method: Estimate['method'];
  readonly estimate: number;
  readonly uncertainty: Uncertainty;
  readonly observed: { readonly mean: number; readonly uncertainty: Uncertainty } | null;
  readonly n: number;
  readonly p?: number;
  readonly assumptions: readonly string[];
}

export function estimateFrom(finding: Finding): Estimate {
  const { method, estimate, uncertainty, observed, n, p = null, assumptions } = finding;
  if (!Number.isFinite(estimate)) throw new ImpactError('number-not-finite', 'the estimate is not finite');
  const known = uncertainty.standardError !== null;
  return {
    method,
    estimate,
    standardError: uncertainty.standardError,
    reason: known ? null : uncertainty.reason,
    degreesOfFreedom: known ? uncertainty.degreesOfFreedom : null,
    interval80: intervalAround(estimate, 0.8, uncertainty),
    interval95: intervalAround(estimate, 0.95, uncertainty),
    observed: observed?.mean ?? null,
    observedInterval80: observed ? intervalAround(observed.mean, 0.8, observed.uncertainty) : null,
    n,
    p,
    assumptions,
  };
}
