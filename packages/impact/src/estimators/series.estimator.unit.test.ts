import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { interruptedTimeSeries, lineText } from '../index.ts';

const code = (name: string) => expect.objectContaining({ code: name });
const counts = [
  52, 41, 60, 49, 66, 45, 38, 63, 53, 70, 44, 57, 36, 47, 29, 50, 31, 42, 27, 39, 24, 35, 20, 33,
].map((value, at) => ({ period: at + 1, value }));
const split = (all: readonly { period: number; value: number }[], at = 12) => ({
  before: all.slice(0, at),
  after: all.slice(at),
});

describe('an interrupted time series', () => {
  it('reproduces the published fit', () => {
    const found = interruptedTimeSeries(split(counts));
    expect(found.coefficients.level.estimate).toBeCloseTo(-0.30977, 5);
    expect(found.coefficients.level.standardError).toBeCloseTo(0.17197, 5);
    expect(found.coefficients.trendChange.estimate).toBeCloseTo(-0.04644, 5);
    expect(found.coefficients.trendChange.standardError).toBeCloseTo(0.0261, 5);
    expect(found.scale).toBeCloseTo(2.0234, 4);
    expect(found).toMatchObject({ n: 24, degreesOfFreedom: 20, observed: 413 / 12 });
    // t(0.975, 20) = 2.08596
    const { interval95, standardError } = found.coefficients.level;
    expect(interval95.high).toBeCloseTo(-0.30977 + 2.08596 * standardError, 4);
    const lines = found.computation.map(lineText);
    expect(
      lines.some((line) => /^level change: log rate, standard error 0\.17197\d* = -0\.3097/.test(line)),
    ).toBe(true);
    expect(lines.some((line) => line.startsWith('scale: Pearson 2.0234'))).toBe(true);
    expect(found.assumptions.at(-1)).toContain('swing against one another (autocorrelation -0.66');
  });

  it('finds the step and the trend that exact rates were made with', () => {
    const number = fc.double({ min: -0.05, max: 0.05, noNaN: true });
    fc.assert(
      fc.property(number, fc.double({ min: -1, max: 1, noNaN: true }), number, (trend, level, change) => {
        const rates = Array.from({ length: 20 }, (_, at) => {
          const step = at < 11 ? 0 : level + change * (at - 11);
          return { period: at, value: Math.exp(4 + trend * (at + 1) + step) };
        });
        const found = interruptedTimeSeries(split(rates, 11));
        expect(found.coefficients.trend.estimate).toBeCloseTo(trend, 8);
        expect(found.coefficients.level.estimate).toBeCloseTo(level, 8);
        expect(found.coefficients.trendChange.estimate).toBeCloseTo(change, 8);
        expect(found.scale).toBe(1);
        const without = rates.slice(11).map(({ period }) => Math.exp(4 + trend * (period + 1)));
        const effect = rates.slice(11).reduce((sum, { value }, at) => sum + value - without[at]!, 0) / 9;
        expect(found.estimate).toBeCloseTo(effect, 6);
      }),
    );
  });

  it('takes gaps between periods, in any order, and says when neighbours resemble one another', () => {
    const gapped = split(
      counts.filter(({ period }) => period !== 5 && period !== 20),
      11,
    );
    const found = interruptedTimeSeries({ before: gapped.before.toReversed(), after: gapped.after });
    expect(found).toEqual(interruptedTimeSeries(gapped));
    expect(found.n).toBe(22);
    const waves = Array.from({ length: 40 }, (_, at) => ({ period: at, value: 100 + 60 * Math.sin(at / 3) }));
    expect(interruptedTimeSeries(split(waves, 20)).assumptions.at(-1)).toContain('likely too small');
  });

  it('is refused with too few periods, repetitions, negative counts or rates of nothing', () => {
    const estimate =
      (all: readonly { period: number; value: number }[], at = 12) =>
      () =>
        interruptedTimeSeries(split(all, at));
    expect(estimate(counts, 2)).toThrow(code('too-few-observations'));
    expect(estimate(counts, 22)).toThrow(code('too-few-observations'));
    const many = Array.from({ length: 10_001 }, (_, period) => ({ period, value: 1 }));
    expect(estimate(many)).toThrow(code('too-many-observations'));
    const changed = (value: number) => counts.map((one) => (one.period === 20 ? { ...one, value } : one));
    expect(estimate(changed(-1))).toThrow(code('count-negative'));
    expect(estimate(changed(Number.NaN))).toThrow(code('number-not-finite'));
    expect(estimate(counts.map((one) => (one.period === 20 ? { ...one, period: 19 } : one)))).toThrow(
      code('duplicate-id'),
    );
    expect(() => interruptedTimeSeries({ before: counts.slice(12), after: counts.slice(0, 12) })).toThrow(
      code('rules-invalid'),
    );
    const silent = (from: number) =>
      counts.map((one) => ({ ...one, value: one.period > from ? 0 : one.value }));
    expect(estimate(silent(12))).toThrow(code('not-converged'));
    expect(estimate(silent(0))).toThrow(code('not-converged'));
    const last = silent(12).map((one) => (one.period === 24 ? { ...one, value: 5 } : one));
    expect(estimate(last)).toThrow(code('not-converged'));
  });
});
