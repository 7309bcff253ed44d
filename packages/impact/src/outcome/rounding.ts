import { Fraction } from 'fraction.js';
import type { Rounding, RoundingMode } from './term.shape.ts';

/** Rounded to decimal places; `half-up` and `up` go away from zero, `down` towards it. */
export function roundTo(value: Fraction, places: number, mode: RoundingMode): Fraction {
  const scale = 10n ** BigInt(places);
  const scaled = value.n * scale;
  const [whole, rest] = [scaled / value.d, scaled % value.d];
  const up = rest > 0n && isUp(mode, { twice: rest * 2n - value.d, odd: whole % 2n === 1n });
  return new Fraction(value.s * (up ? whole + 1n : whole), scale);
}

function isUp(mode: RoundingMode, { twice, odd }: { twice: bigint; odd: boolean }): boolean {
  if (mode === 'up') return true;
  if (mode === 'down') return false;
  return twice > 0n || (twice === 0n && (mode === 'half-up' || odd));
}

export function rounded(value: Fraction, rounding: Rounding): Fraction {
  return rounding === 'none' ? value : roundTo(value, rounding.places, rounding.mode);
}
