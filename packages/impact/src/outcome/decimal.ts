import type { Fraction } from 'fraction.js';
import { exactText } from '../exact.ts';

/** The decimal where it ends (`2.75`), else `p/q` in lowest terms (`13/155`): either way nothing is lost. */
export function decimalText(value: Fraction): string {
  const places = placesOf(value.d);
  if (places === null) return exactText(value);
  const digits = String((value.n * 10n ** BigInt(places)) / value.d).padStart(places + 1, '0');
  const whole = digits.slice(0, digits.length - places);
  const sign = value.s < 0n && value.n !== 0n ? '-' : '';
  return `${sign}${whole}${places === 0 ? '' : `.${digits.slice(-places)}`}`;
}

/** How many decimals a fraction in lowest terms of this denominator has; null if it has no end. */
function placesOf(denominator: bigint): number | null {
  let rest = denominator;
  const counted = [2n, 5n].map((prime) => {
    let count = 0;
    for (; rest % prime === 0n; rest /= prime) count += 1;
    return count;
  });
  return rest === 1n ? Math.max(...counted) : null;
}
