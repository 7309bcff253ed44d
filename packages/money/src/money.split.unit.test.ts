import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allocate, money, portion, ratio, sum } from './index.ts';

const total = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }).map((amount) => money(amount, 'EUR'));
const weights = fc
  .array(fc.bigInt({ min: 0n, max: 10n ** 30n }), { minLength: 1, maxLength: 30 })
  .filter((list) => list.some((weight) => weight > 0n));
const idsFor = (list: readonly unknown[]) => list.map((_, index) => `o${index}`);
const code = (name: string) => expect.objectContaining({ code: name });

describe('allocate', () => {
  it('gives away exactly the total, everyone within one unit of their exact quota', () => {
    fc.assert(
      fc.property(total, weights, (whole, list) => {
        const parts = allocate(whole, list, idsFor(list));
        expect(sum(parts, 'EUR')).toEqual(whole);
        const all = list.reduce((a, b) => a + b, 0n);
        parts.forEach((part, index) => {
          const floor = (BigInt(whole.amount) * list[index]!) / all;
          const ceiling = list[index] === 0n ? 0n : floor + 1n;
          expect([floor, ceiling]).toContain(BigInt(part.amount));
        });
      }),
    );
  });

  it('depends on ids and weights, not on their order', () => {
    fc.assert(
      fc.property(total, weights, (whole, list) => {
        const ids = idsFor(list);
        const forward = new Map(allocate(whole, list, ids).map((part, index) => [ids[index], part.amount]));
        const backward = allocate(whole, list.toReversed(), ids.toReversed());
        backward.forEach((part, index) => expect(part.amount).toBe(forward.get(ids.toReversed()[index])));
      }),
    );
  });

  it('gives left-over units to the largest remainders, then to the smaller id', () => {
    expect(allocate(money(100, 'EUR'), [1, 1, 1], ['c', 'a', 'b']).map((m) => m.amount)).toEqual([
      33, 34, 33,
    ]);
    expect(allocate(money(10, 'EUR'), [45, 44, 11], ['a', 'b', 'c']).map((m) => m.amount)).toEqual([5, 4, 1]);
  });

  it('refuses what it could not split fairly', () => {
    expect(() => allocate(money(1, 'EUR'), [], [])).toThrow(code('weights-invalid'));
    expect(() => allocate(money(1, 'EUR'), [0], ['a'])).toThrow(code('weights-invalid'));
    expect(() => allocate(money(1, 'EUR'), [-1], ['a'])).toThrow(code('weights-invalid'));
    expect(() => allocate(money(1, 'EUR'), [0.5], ['a'])).toThrow(code('weights-invalid'));
    expect(() => allocate(money(1, 'EUR'), [1], [])).toThrow(code('weights-invalid'));
    expect(() => allocate(money(1, 'EUR'), [1, 1], ['a', 'a'])).toThrow(code('ids-invalid'));
    expect(() => allocate(money(-1, 'EUR'), [1], ['a'])).toThrow(code('amount-negative'));
  });
});

describe('portion', () => {
  it('floors once, exactly', () => {
    fc.assert(
      fc.property(total, fc.bigInt(0n, 10n ** 20n), fc.bigInt(1n, 10n ** 20n), (whole, a, b) => {
        const [n, d] = a < b ? [a, b] : [0n, b];
        const part = BigInt(portion(whole, n, d).amount);
        expect(part * d <= BigInt(whole.amount) * n).toBe(true);
        expect((part + 1n) * d > BigInt(whole.amount) * n).toBe(true);
      }),
    );
  });

  it('refuses what is no portion', () => {
    expect(() => portion(money(1, 'EUR'), 1n, 0n)).toThrow(code('portion-invalid'));
    expect(() => portion(money(1, 'EUR'), -1n, 2n)).toThrow(code('portion-invalid'));
    expect(() => portion(money(-1, 'EUR'), 1n, 2n)).toThrow(code('amount-negative'));
  });
});

describe('ratio', () => {
  it('reads decimals and fractions exactly', () => {
    expect(ratio('0.02')).toEqual({ numerator: 2n, denominator: 100n });
    expect(ratio('-1/3')).toEqual({ numerator: -1n, denominator: 3n });
    expect(ratio('0.5/3')).toEqual({ numerator: 5n, denominator: 30n });
  });

  it('refuses anything else', () => {
    for (const bad of ['', '1/0', '1e3', 'NaN', '1/-2', '.5', '1/2/3', ' 1']) {
      expect(() => ratio(bad)).toThrow(code('ratio-malformed'));
    }
  });
});
