import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { againstGoal, beforeAfter, changesOf, differenceInDifferences, valuesIn } from '../index.ts';

const code = (name: string) => expect.objectContaining({ code: name });
const values = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 2, maxLength: 20 });

describe('difference in differences', () => {
  it("reproduces Card and Krueger's balanced stores", () => {
    const found = differenceInDifferences({
      treated: { mean: 0.4667, variance: 71.4396, n: 309 },
      comparison: { mean: -2.2833, variance: 117.8012, n: 75 },
    });
    expect(found.estimate).toBeCloseTo(2.75, 10);
    expect(found.standardError).toBeCloseTo(1.3423, 4);
    expect(found.degreesOfFreedom).toBeCloseTo(96.88, 2);
    // t(0.975, 96.88) = 1.98475
    expect(found.interval95!.low).toBeCloseTo(2.75 - 1.98475 * 1.34229, 3);
    expect(found.interval95!.high).toBeCloseTo(2.75 + 1.98475 * 1.34229, 3);
    expect(found.n).toBe(384);
  });

  it('measures the chance of one treated unit on placebos', () => {
    const comparison = [1, 2, 3, 6];
    const found = differenceInDifferences({ treated: [-9], comparison, observed: [40] });
    const placebos = comparison.map((change, index) => {
      const others = comparison.filter((_, other) => other !== index);
      return change - others.reduce((a, b) => a + b) / others.length;
    });
    const squares = placebos.reduce((sum, placebo) => sum + placebo ** 2, 0);
    expect(found.estimate).toBe(-12);
    expect(found.standardError).toBeCloseTo(Math.sqrt(squares / 3), 12);
    expect(found).toMatchObject({ p: 1 / 5, degreesOfFreedom: 3, observed: 40, observedInterval80: null });
  });

  it('takes off whatever happened to everybody', () => {
    fc.assert(
      fc.property(values, values, fc.integer({ min: -50, max: 50 }), (treated, comparison, drift) => {
        const [plain, drifted] = [treated, treated.map((change) => change + drift)];
        const before = differenceInDifferences({ treated: plain, comparison });
        const after = differenceInDifferences({
          treated: drifted,
          comparison: comparison.map((change) => change + drift),
        });
        expect(after.estimate).toBeCloseTo(before.estimate, 8);
      }),
    );
  });

  it('says why it cannot tell how uncertain it is', () => {
    const summary = { mean: 1, variance: 1, n: 5 };
    for (const found of [
      differenceInDifferences({ treated: [1], comparison: [2] }),
      differenceInDifferences({ treated: [1], comparison: summary }),
      differenceInDifferences({ treated: [1], comparison: [2, 2, 2] }),
      differenceInDifferences({ treated: [1, 1], comparison: [0.1, 0.1, 0.1] }),
    ]) {
      expect(found).toMatchObject({
        standardError: null,
        interval80: null,
        interval95: null,
        reason: expect.any(String),
      });
    }
  });
});

describe('before and after, and against a goal', () => {
  it('agree with the textbook', () => {
    const found = beforeAfter({ before: [10, 12, 14], after: [20, 24] });
    expect(found).toMatchObject({ estimate: 10, observed: 22, n: 5, reason: null });
    expect(found.standardError).toBeCloseTo(Math.sqrt(4 / 3 + 8 / 2), 12);
    const against = againstGoal({ baseline: 10, goal: 30, observations: [20, 24] });
    expect(against).toMatchObject({ estimate: 12, standardError: 2, degreesOfFreedom: 1, observed: 22 });
    // t(0.9, 1) = 3.0776835
    expect(against.interval80!.low).toBeCloseTo(12 - 2 * 3.0776835, 6);
    expect(against.observedInterval80!.high).toBeCloseTo(22 + 2 * 3.0776835, 6);
  });

  it('put the estimate inside both intervals, the wider around the narrower', () => {
    fc.assert(
      fc.property(values, values, (before, after) => {
        const { estimate, interval80, interval95, standardError } = beforeAfter({ before, after });
        if (standardError === null) return;
        expect(interval95!.low).toBeLessThan(interval80!.low);
        expect(interval80!.low).toBeLessThan(estimate);
        expect(interval80!.high).toBeGreaterThan(estimate);
        expect(interval95!.high).toBeGreaterThan(interval80!.high);
      }),
    );
  });

  it('give no standard error for one value or for equal ones', () => {
    expect(againstGoal({ baseline: 1, goal: 2, observations: [3] }).standardError).toBeNull();
    expect(againstGoal({ baseline: 1, goal: 2, observations: [0.1, 0.1, 0.1] }).standardError).toBeNull();
    expect(beforeAfter({ before: [1], after: [2, 3] }).standardError).toBeNull();
  });

  it('refuse what is no number, nothing to measure, or nothing to reach', () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => beforeAfter({ before: [bad], after: [1] })).toThrow(code('number-not-finite'));
      expect(() => againstGoal({ baseline: bad, goal: 1, observations: [1] })).toThrow(
        code('number-not-finite'),
      );
      expect(() =>
        differenceInDifferences({ treated: [1], comparison: { mean: bad, variance: 1, n: 2 } }),
      ).toThrow(code('number-not-finite'));
    }
    expect(() => beforeAfter({ before: [1e308, -1e308], after: [1] })).toThrow(code('number-not-finite'));
    expect(() => beforeAfter({ before: [], after: [1] })).toThrow(code('no-observations'));
    expect(() => againstGoal({ baseline: 1, goal: 1, observations: [1] })).toThrow(
      code('goal-equals-baseline'),
    );
  });
});

describe('observations', () => {
  it('are refused in another unit', () => {
    expect(valuesIn('km', [{ value: 1, unit: 'km' }])).toEqual([1]);
    expect(() => valuesIn('km', [{ value: 1, unit: 'mi' }])).toThrow(code('unit-mismatch'));
  });

  it('of a unit before and after make a change', () =>
    expect(changesOf([{ before: 3, after: 1 }])).toEqual([-2]));
});
