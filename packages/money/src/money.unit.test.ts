import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  add,
  compare,
  decimalOf,
  formatMoney,
  money,
  moneyFromDecimal,
  MoneyShape,
  subtract,
  sum,
  zero,
} from './index.ts';

const safe = fc.integer({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER });
const half = fc.integer({ min: -(2 ** 52) + 1, max: 2 ** 52 - 1 });
const code = (name: string) => expect.objectContaining({ code: name });

describe('money', () => {
  it('refuses to mix currencies', () => {
    const [euro, zloty] = [money(1, 'EUR'), money(1, 'PLN')];
    for (const mix of [add, subtract, compare])
      expect(() => mix(euro, zloty)).toThrow(code('currency-mismatch'));
    expect(() => sum([euro, zloty], 'EUR')).toThrow(code('currency-mismatch'));
  });

  it('refuses amounts that JSON would not carry exactly', () => {
    for (const bad of [0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
      expect(() => money(bad, 'EUR')).toThrow(code('amount-unsafe'));
      expect(MoneyShape.safeParse({ amount: bad, currency: 'EUR' }).success).toBe(false);
    }
    expect(() => add(money(Number.MAX_SAFE_INTEGER, 'EUR'), money(1, 'EUR'))).toThrow(code('amount-unsafe'));
    expect(() => add({ amount: 0.1, currency: 'EUR' }, zero('EUR'))).toThrow(code('amount-unsafe'));
  });

  it('knows no negative zero', () => {
    expect(Object.is(subtract(money(5, 'EUR'), money(5, 'EUR')).amount, 0)).toBe(true);
    expect(Object.is(money(-0, 'EUR').amount, 0)).toBe(true);
  });

  it('adds and subtracts back to where it began', () => {
    fc.assert(
      fc.property(half, half, (a, b) => {
        const [x, y] = [money(a, 'EUR'), money(b, 'EUR')];
        expect(subtract(add(x, y), y)).toEqual(x);
        expect(add(x, y)).toEqual(add(y, x));
      }),
    );
  });

  it('sums in any order, needing only the result to be safe', () => {
    const most = money(Number.MAX_SAFE_INTEGER, 'EUR');
    expect(sum([most, most, money(-Number.MAX_SAFE_INTEGER, 'EUR')], 'EUR')).toEqual(most);
    expect(sum([], 'EUR')).toEqual(zero('EUR'));
  });

  it('compares as integers do', () => {
    fc.assert(
      fc.property(safe, safe, (a, b) => {
        expect(compare(money(a, 'EUR'), money(b, 'EUR'))).toBe(Math.sign(a === b ? 0 : a < b ? -1 : 1));
      }),
    );
  });
});

describe('decimal texts', () => {
  it('read back as written for every currency exponent', () => {
    fc.assert(
      fc.property(safe, fc.constantFrom('EUR', 'JPY', 'KWD', 'PLN', 'CLF'), (amount, currency) => {
        const value = money(amount, currency);
        expect(moneyFromDecimal(decimalOf(value), currency)).toEqual(value);
      }),
    );
  });

  it('accept trailing zeros and refuse what would be lost', () => {
    expect(moneyFromDecimal('4000.0', 'EUR')).toEqual(money(400_000, 'EUR'));
    expect(moneyFromDecimal('-0.05', 'EUR')).toEqual(money(-5, 'EUR'));
    expect(() => moneyFromDecimal('1.005', 'EUR')).toThrow(code('amount-too-precise'));
    expect(() => moneyFromDecimal('1', 'XXQ')).toThrow(code('currency-unknown'));
    for (const bad of ['', ' 1', '1e3', '1,5', 'NaN', '.5', '--1']) {
      expect(() => moneyFromDecimal(bad, 'EUR')).toThrow(code('amount-malformed'));
    }
  });

  it('refuse the two currencies that are not decimal', () => {
    expect(() => decimalOf(money(1, 'MGA'))).toThrow(code('currency-unknown'));
  });

  it('are shown as a locale writes them, to the last minor unit', () => {
    expect(formatMoney(money(Number.MAX_SAFE_INTEGER, 'EUR'), 'en')).toBe('€90,071,992,547,409.91');
    expect(formatMoney(money(1250, 'EUR'), 'fi').replace(/\s/gu, ' ')).toBe('12,50 €');
    expect(formatMoney(money(1250, 'JPY'), 'en')).toBe('¥1,250');
  });
});
