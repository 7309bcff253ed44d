import quantile from '@stdlib/stats-base-dists-t-quantile';
import { rounded } from '../computation.ts';
import type { Line } from '../computation.ts';
import { ImpactError } from '../impact.errors.ts';
import type { Method } from './method.ts';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** How uncertain a number is: or why that cannot be said. */
export type Uncertainty =
  | {
      readonly standardError: number;
      readonly degreesOfFreedom: number;
      /** How the standard error was come by, in a few words. */
      readonly rule: string;
    }
  | { readonly standardError: null; readonly reason: string };

/** An estimated effect in the criterion's unit. Round it for display only. */
export interface Estimate {
  readonly method: Method;
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
  /** What the estimate rests on: values, units that are compared, or periods of a series. */
  readonly n: number;
  /** Share of placebo effects at least as large, where effects are ranked among placebos. */
  readonly p: number | null;
  readonly assumptions: readonly string[];
  /** Every step from the data to the intervals; numbers rounded to six decimals for display. */
  readonly computation: readonly Line[];
}

/**
 * centre ± t(1 − (1 − level)/2, df) × SE, with Student's t distribution.
 * @throws ImpactError `number-not-finite`
 */
export function intervalAround(centre: number, level: number, uncertainty: Uncertainty): Interval | null {
  if (uncertainty.standardError === null) return null;
  const reach = quantile(1 - (1 - level) / 2, uncertainty.degreesOfFreedom) * uncertainty.standardError;
  if (!Number.isFinite(reach)) throw new ImpactError('number-not-finite', 'the interval is not finite');
  return { low: centre - reach, high: centre + reach };
}

/** What differs between methods; the rest follows from the uncertainty. */
export interface Finding {
  readonly method: Method;
  readonly estimate: number;
  readonly uncertainty: Uncertainty;
  readonly observed: { readonly mean: number; readonly uncertainty: Uncertainty } | null;
  readonly n: number;
  readonly p?: number;
  readonly assumptions: readonly string[];
  /** The steps up to the estimate. */
  readonly computation: readonly Line[];
}

export function estimateFrom(finding: Finding): Estimate {
  const { method, estimate, uncertainty, observed, n, p = null, assumptions } = finding;
  if (!Number.isFinite(estimate)) throw new ImpactError('number-not-finite', 'the estimate is not finite');
  const known = uncertainty.standardError !== null;
  const [interval80, interval95] = [0.8, 0.95].map((level) => intervalAround(estimate, level, uncertainty));
  return {
    method,
    estimate,
    standardError: uncertainty.standardError,
    reason: known ? null : uncertainty.reason,
    degreesOfFreedom: known ? uncertainty.degreesOfFreedom : null,
    interval80: interval80 ?? null,
    interval95: interval95 ?? null,
    observed: observed?.mean ?? null,
    observedInterval80: observed ? intervalAround(observed.mean, 0.8, observed.uncertainty) : null,
    n,
    p,
    assumptions,
    computation: [
      ...finding.computation,
      ...uncertaintyLines(estimate, uncertainty, [interval80, interval95]),
    ],
  };
}

function uncertaintyLines(
  estimate: number,
  uncertainty: Uncertainty,
  intervals: readonly (Interval | null | undefined)[],
): Line[] {
  if (uncertainty.standardError === null)
    return [{ label: 'standard error', expression: '', value: `none: ${uncertainty.reason}` }];
  const { standardError, degreesOfFreedom, rule } = uncertainty;
  const error = { label: 'standard error', expression: rule, value: rounded(standardError) };
  const shown = intervals.flatMap((interval, index): Line[] => {
    if (!interval) return [];
    const [level, share] = index === 0 ? ['80%', '0.9'] : ['95%', '0.975'];
    return [
      {
        label: `${level} interval`,
        expression: `${rounded(estimate)} ± t(${share}, ${rounded(degreesOfFreedom)}) × ${rounded(standardError)}`,
        value: `${rounded(interval.low)} to ${rounded(interval.high)}`,
      },
    ];
  });
  return [error, ...shown];
}
