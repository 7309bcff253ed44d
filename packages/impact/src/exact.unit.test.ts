import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exactOf, exactText, shown, sixPlaces } from './exact.ts';
import { againstGoal, signEstimate, SignedEstimateShape } from './index.ts';

describe('exact numbers', () => {
  it('are rounded to six places, half to even, on both sides of zero', () => {
    const cases = [
      ['0.0000005', '0.000000'],
      ['0.0000015', '0.000002'],
      ['0.0000025', '0.000002'],
      ['-0.0000015', '-0.000002'],
      ['-0.0000005', '0.000000'],
      ['2/3', '0.666667'],
      ['12', '12.000000'],
    ];
    for (const [text, rounded] of cases) expect(sixPlaces(exactOf(text!))).toBe(rounded);
  });

  it('read back as written', () => {
    fc.assert(
      fc.property(fc.bigInt(-(10n ** 40n), 10n ** 40n), fc.bigInt(1n, 10n ** 40n), (n, d) => {
        const value = exactOf(`${n}/${d}`);
        expect(exactOf(exactText(value)).equals(value)).toBe(true);
        expect(value.n * d).toBe((n < 0n ? -n : n) * value.d);
        expect(exactOf(sixPlaces(value)).sub(value).abs().lte(exactOf('0.0000005'))).toBe(true);
      }),
    );
  });

  it('are shown as decimals only where that loses nothing', () => {
    expect(shown(exactOf('0.50'))).toBe('0.5');
    expect(shown(exactOf('100'))).toBe('100');
    expect(shown(exactOf('1/3'))).toBe('1/3 ≈ 0.333333');
  });

  it('refuse what is no number', () => {
    for (const bad of ['NaN', 'Infinity', '', '1/0', '1e5']) {
      expect(() => exactOf(bad)).toThrow(expect.objectContaining({ code: 'number-malformed' }));
    }
  });
});

describe('a signed estimate', () => {
  it('carries every number as decimal text, and null where there was none', () => {
    const signed = signEstimate(againstGoal({ baseline: 0.1, goal: 1, observations: [0.4] }), 'h');
    expect(signed).toMatchObject({
      estimate: '0.300000',
      unit: 'h',
      observed: '0.400000',
      standardError: null,
      interval80: null,
    });
    expect(SignedEstimateShape.parse(signed)).toEqual(signed);
  });

  it('reads numbers that print with an exponent', () => {
    const signed = signEstimate(againstGoal({ baseline: 0, goal: 1, observations: [1.5e-6, 1.5e-6] }), 'h');
    expect(signed.estimate).toBe('0.000002');
  });

  it('refuses numbers too large to write', () => {
    const estimate = againstGoal({ baseline: 0, goal: 1, observations: [1e15] });
    expect(() => signEstimate(estimate, 'h')).toThrow(expect.objectContaining({ code: 'number-malformed' }));
  });
});
