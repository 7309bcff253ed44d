import { MoneyError } from '@talkoot/money';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ceilingOf, compareFractions, formatFraction, fraction, parseFraction, plus } from './fraction.ts';

const rational = fc
  .tuple(fc.bigInt({ min: -(10n ** 9n), max: 10n ** 9n }), fc.bigInt({ min: 1n, max: 10n ** 9n }))
  .map(([n, d]) => fraction(n, d));

describe('fractions', () => {
  it('reads decimals and quotients exactly', () => {
    expect(formatFraction(parseFraction('0.02'))).toBe('1/50');
    expect(formatFraction(parseFraction('-0.25'))).toBe('-1/4');
    expect(formatFraction(parseFraction('0.5/2'))).toBe('1/4');
    expect(() => parseFraction('NaN')).toThrow(MoneyError);
    expect(() => parseFraction('1/0')).toThrow(MoneyError);
  });
  it('writes what it can read again', () => {
    fc.assert(fc.property(rational, (a) => compareFractions(parseFraction(formatFraction(a)), a) === 0));
  });
  it('adds in any order and compares accordingly', () => {
    fc.assert(
      fc.property(rational, rational, (a, b) => {
        expect(plus(a, b)).toEqual(plus(b, a));
        expect(compareFractions(a, b)).toBe(-compareFractions(b, a) + 0);
      }),
    );
  });
  it('rounds a share of people up and never needs more than everybody', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1000 }),
        fc.integer({ min: 0, max: 10_000_000 }),
        (permille, people) => {
          const needed = ceilingOf(fraction(BigInt(permille), 1000n), people);
          expect(needed).toBeLessThanOrEqual(people);
          expect(needed * 1000).toBeGreaterThanOrEqual(permille * people);
          expect((needed - 1) * 1000).toBeLessThan(Math.max(permille * people, 1));
        },
      ),
    );
  });
});
