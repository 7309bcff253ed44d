import { expect, it } from 'vitest';
import { figure, quantile } from './figure.ts';

it('takes the ratio within each round, not of the summed-up values', () => {
  const label = { name: 'n', title: 't', unit: 'ms', against: 'bare' };
  const { ratio } = figure(label, [
    { ours: 2, baseline: 1 },
    { ours: 30, baseline: 10 },
    { ours: 4, baseline: 1 },
  ]);
  expect(ratio).toEqual({ min: 2, median: 3, max: 4 });
});

it('takes a quantile between two values in proportion', () => {
  expect(quantile([30, 10, 20, 40], 0.5)).toBe(25);
  expect(quantile([1, 2, 3], 1)).toBe(3);
});

it('refuses to sum up nothing', () => {
  expect(() => quantile([], 0.5)).toThrow(RangeError);
});
