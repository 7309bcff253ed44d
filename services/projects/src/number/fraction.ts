import { ratio } from '@talkoot/money';

/** An exact rational in lowest terms; the denominator is positive. */
export interface Fraction {
  readonly n: bigint;
  readonly d: bigint;
}

export function fraction(n: bigint, d: bigint): Fraction {
  if (d === 0n) throw new RangeError('a fraction has a denominator other than zero');
  const sign = d < 0n ? -1n : 1n;
  const divisor = greatestDivisor(n < 0n ? -n : n, d < 0n ? -d : d) || 1n;
  return { n: (sign * n) / divisor, d: (sign * d) / divisor };
}

function greatestDivisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : greatestDivisor(b, a % b);
}

/**
 * Reads `2`, `-0.25` or `1/3`; `0.5/2` is a quarter.
 * @throws MoneyError `ratio-malformed`
 */
export function parseFraction(text: string): Fraction {
  const { numerator, denominator } = ratio(text);
  return fraction(numerator, denominator);
}

export function formatFraction({ n, d }: Fraction): string {
  return d === 1n ? `${n}` : `${n}/${d}`;
}

export function plus(a: Fraction, b: Fraction): Fraction {
  return fraction(a.n * b.d + b.n * a.d, a.d * b.d);
}

/** −1, 0 or 1 as `a` is less than, equal to or more than `b`. */
export function compareFractions(a: Fraction, b: Fraction): -1 | 0 | 1 {
  const [x, y] = [a.n * b.d, b.n * a.d];
  return x < y ? -1 : x > y ? 1 : 0;
}

/** `⌈share × count⌉` for a share and a count of zero or more. */
export function ceilingOf(share: Fraction, count: number): number {
  const exact = share.n * BigInt(count);
  return Number((exact + share.d - 1n) / share.d);
}

/** Whether a text of the documented form is a number at all: `1/0` is not. */
export function isFraction(text: string): boolean {
  try {
    parseFraction(text);
    return true;
  } catch {
    return false;
  }
}
