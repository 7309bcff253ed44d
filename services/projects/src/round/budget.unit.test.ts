import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { roundBudget } from './budget.ts';

const eur = (amount: number) => ({ amount, currency: 'EUR' });
const amounts = fc.integer({ min: 0, max: 10 ** 12 });

describe('the budget of a round', () => {
  it('and all budgets promised before never exceed the fund', () => {
    fc.assert(
      fc.property(amounts, fc.array(amounts, { maxLength: 5 }), amounts, (fund, promised, wanted) => {
        const before = promised.reduce((a, b) => a + b, 0);
        const open = () => roundBudget({ amount: eur(wanted) }, eur(fund), promised.map(eur)).amount;
        if (wanted > 0 && before + wanted <= fund) expect(open()).toBe(wanted);
        else expect(open).toThrow(expect.objectContaining({ code: 'round-over-budget' }));
      }),
    );
  });
  it('may be a share of what is left, floored to the cent', () => {
    expect(roundBudget({ share: '1/3' }, eur(200), [eur(100)])).toEqual(eur(33));
    for (const share of ['0', '2', '1/0', '-1/2']) {
      expect(() => roundBudget({ share }, eur(200), [])).toThrow(
        expect.objectContaining({ code: 'round-over-budget' }),
      );
    }
  });
  it('is in the currency of the fund', () => {
    const krona = { amount: { amount: 1, currency: 'SEK' } };
    expect(() => roundBudget(krona, eur(200), [])).toThrow(
      expect.objectContaining({ code: 'currency-differs' }),
    );
  });
});
