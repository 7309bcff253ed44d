import type { Fraction } from 'fraction.js';
import { zero } from '../exact.ts';

export interface ExactStep {
  /** Above zero where it has an end. */
  readonly share: Fraction;
  /** What all payments come to at its end; null for the last. */
  readonly until: Fraction | null;
}

export interface WaterfallPart {
  readonly of: Fraction;
  readonly share: Fraction;
  readonly pays: Fraction;
}

/**
 * Splits an amount at the ends of the steps. A step takes as much of the amount as brings all payments to its end, and
 * leaves the rest to the next.
 */
export function waterfallParts(
  amount: Fraction,
  paidBefore: Fraction,
  steps: readonly ExactStep[],
): WaterfallPart[] {
  const parts: WaterfallPart[] = [];
  let left = amount;
  let paid = paidBefore;
  for (const { share, until } of steps) {
    const room = until === null ? left : until.sub(paid).div(share);
    const of = room.lt(left) ? (room.gt(zero) ? room : zero) : left;
    if (of.lte(zero)) continue;
    parts.push({ of, share, pays: of.mul(share) });
    left = left.sub(of);
    paid = paid.add(of.mul(share));
  }
  return parts;
}
