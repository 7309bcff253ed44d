import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitLimit } from './fund.ts';

const euros = (amount: number) => ({ amount, currency: 'EUR' });

describe('a permitted limit', () => {
  it('is split into funds that add up to it exactly', () => {
    const shares = fc.tuple(fc.nat(1000), fc.nat(1000), fc.nat(1000)).filter(([a, b, c]) => a + b + c > 0);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 ** 14 }), shares, (limit, [a, b, c]) => {
        const of = (one: number) => `${one}/${a + b + c}`;
        const split = splitLimit(euros(limit), { round: of(a), bonus: of(b), outcome: of(c) });
        expect(split.round.amount + split.bonus.amount + split.outcome.amount).toBe(limit);
        expect(Math.abs(split.round.amount - (limit * a) / (a + b + c))).toBeLessThanOrEqual(1);
      }),
    );
  });
  it('gives the odd cent to the largest remainder', () => {
    expect(splitLimit(euros(100), { round: '0.901', bonus: '0.0895', outcome: '0.0095' })).toEqual({
      round: euros(90),
      bonus: euros(9),
      outcome: euros(1),
    });
  });
  it.each([
    ['0.5', '0.3', '0.1'],
    ['0.9', '0.2', '0'],
    ['1.5', '-0.5', '0'],
  ])('is not split by shares that are not a whole: %s, %s, %s', (round, bonus, outcome) => {
    const split = () => splitLimit(euros(100), { round, bonus, outcome });
    expect(split).toThrow(expect.objectContaining({ code: 'shares-not-whole' }));
  });
  it('is above zero', () => {
    const split = () => splitLimit(euros(0), { round: '1', bonus: '0', outcome: '0' });
    expect(split).toThrow(expect.objectContaining({ code: 'amount-invalid' }));
  });
});
