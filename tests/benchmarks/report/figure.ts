import type { Figure, Spread } from './report.shape.ts';

/** One round's value beside the baseline's value of the same round. */
export interface Pair {
  readonly ours: number;
  readonly baseline: number;
}

/** A figure from its rounds; each round's ratio is taken by itself, so that a busy moment weighs on both sides. */
export function figure(
  label: Pick<Figure, 'name' | 'title' | 'unit' | 'against'>,
  rounds: readonly Pair[],
): Figure {
  return {
    ...label,
    ours: spreadOf(rounds.map(({ ours }) => ours)),
    baseline: spreadOf(rounds.map(({ baseline }) => baseline)),
    ratio: spreadOf(rounds.map(({ ours, baseline }) => (baseline === 0 ? 0 : ours / baseline))),
  };
}

/** @throws RangeError when there are no values */
export function spreadOf(values: readonly number[]): Spread {
  return { min: quantile(values, 0), median: quantile(values, 0.5), max: quantile(values, 1) };
}

/** The value below which this share of the values lies, between neighbours in proportion. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  if (below === undefined || above === undefined) throw new RangeError('no values');
  return below + (above - below) * (at - Math.floor(at));
}
