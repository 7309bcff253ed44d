import type { Uncertainty } from './estimate.ts';
import type { Summary } from './sample.ts';

const noVariation = 'the values do not vary, so they do not show how uncertain they are';

/** Standard error of a mean: s/√n with n − 1 degrees of freedom. */
export function ofMean({ variance, n }: Summary): Uncertainty {
  if (n === 1) return { standardError: null, reason: 'one value does not show how much values vary' };
  if (variance === 0) return { standardError: null, reason: noVariation };
  return { standardError: Math.sqrt(variance / n), degreesOfFreedom: n - 1 };
}

/**
 * Standard error of a difference of two means without assuming equal variances, with the degrees of
 * freedom of Welch and Satterthwaite (B. L. Welch, Biometrika 34, 1947).
 */
export function ofDifference(a: Summary, b: Summary): Uncertainty {
  if (a.n === 1 || b.n === 1)
    return { standardError: null, reason: 'one value on a side does not show how much values vary' };
  const [x, y] = [a.variance / a.n, b.variance / b.n];
  if (x + y === 0) return { standardError: null, reason: noVariation };
  return {
    standardError: Math.sqrt(x + y),
    degreesOfFreedom: (x + y) ** 2 / (x ** 2 / (a.n - 1) + y ** 2 / (b.n - 1)),
  };
}
