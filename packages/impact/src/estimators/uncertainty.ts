import type { Uncertainty } from './estimate.ts';
import { summarise } from './sample.ts';
import type { Summary } from './sample.ts';

const noVariation = 'the values do not vary, so they do not show how uncertain they are';

/** Standard error of a mean: s/√n with n − 1 degrees of freedom. */
export function ofMean({ variance, n }: Summary): Uncertainty {
  if (n === 1) return { standardError: null, reason: 'one value does not show how much values vary' };
  if (variance === 0) return { standardError: null, reason: noVariation };
  return { standardError: Math.sqrt(variance / n), degreesOfFreedom: n - 1, rule: '√(variance ÷ n)' };
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
    rule: '√(variance ÷ n + variance ÷ n), Welch',
  };
}

/** The standard deviation of placebo effects, with one degree of freedom less than there are placebos. */
export function ofPlacebos(effects: readonly number[]): Uncertainty {
  if (effects.length < 2)
    return {
      standardError: null,
      reason: 'fewer than two placebos do not show how much chance moves a unit',
    };
  const { variance, n } = summarise(effects);
  if (variance === 0) return { standardError: null, reason: noVariation };
  return {
    standardError: Math.sqrt(variance),
    degreesOfFreedom: n - 1,
    rule: `standard deviation of ${n} placebos`,
  };
}

/** Rank of an effect among placebos, as the share of all that are at least as large: (k + 1) ÷ (placebos + 1). */
export function rankOf(size: number, placebos: readonly number[]): number {
  return (placebos.filter((placebo) => placebo >= size).length + 1) / (placebos.length + 1);
}
