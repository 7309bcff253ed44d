import { rounded } from '../computation.ts';
import type { Line } from '../computation.ts';
import { ImpactError } from '../impact.errors.ts';

/** What a published table often gives instead of the values: variance with divisor n − 1. */
export interface Summary {
  readonly mean: number;
  readonly variance: number;
  readonly n: number;
}

const mostValues = 1_000_000;

/**
 * Mean and sample variance (divisor n − 1; zero for one value), computed on values shifted by the
 * first, so that equal values have variance exactly zero.
 * @throws ImpactError `no-observations`, `number-not-finite`
 */
export function summarise(values: readonly number[]): Summary {
  if (values.length === 0 || values.length > mostValues) {
    throw new ImpactError('no-observations', `${values.length} values cannot be estimated from`);
  }
  const [first] = values as [number];
  const shift = values.reduce((sum, value) => sum + (value - first), 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - first - shift) ** 2, 0);
  return checked({
    mean: first + shift,
    variance: values.length === 1 ? 0 : squares / (values.length - 1),
    n: values.length,
  });
}

/** Values or their summary, as a valid summary. */
export function summaryOf(sample: readonly number[] | Summary): Summary {
  return 'mean' in sample ? checked(sample) : summarise(sample);
}

function checked(summary: Summary): Summary {
  if (!Number.isFinite(summary.mean) || !Number.isFinite(summary.variance) || summary.variance < 0) {
    throw new ImpactError('number-not-finite', 'a mean or variance is not a finite number');
  }
  if (!Number.isSafeInteger(summary.n) || summary.n < 1)
    throw new ImpactError('no-observations', `n is ${summary.n}`);
  return summary;
}

export function meanLine(label: string, { mean, variance, n }: Summary): Line {
  const expression = n === 1 ? 'one value' : `mean of ${n}, variance ${rounded(variance)}`;
  return { label, expression, value: rounded(mean) };
}
