import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wageOf } from './wages.ts';

describe('a wage out of a pool', () => {
  it('leaves room for the employer’s contributions', () => {
    expect(wageOf(24_000, '0.25')).toBe(19_200);
    expect(wageOf(10_000, '0.2234')).toBe(8_173);
    expect(wageOf(10_000, '0')).toBe(10_000);
    expect(wageOf(1, '0.25')).toBe(0);
  });
  it('and its contributions are never more than the share, and a cent more of wage would be', () => {
    const any = fc.tuple(fc.integer({ min: 0, max: 10 ** 12 }), fc.integer({ min: 0, max: 9_999 }));
    fc.assert(
      fc.property(any, ([share, basisPoints]) => {
        const wage = BigInt(wageOf(share, `${basisPoints}/10000`));
        const cost = (of: bigint) => of * BigInt(10_000 + basisPoints);
        expect(cost(wage) <= BigInt(share) * 10_000n).toBe(true);
        expect(cost(wage + 1n) > BigInt(share) * 10_000n).toBe(true);
      }),
    );
  });
});
