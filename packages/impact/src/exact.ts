import { MoneyError, ratio } from '@talkoot/money';
import { Fraction } from 'fraction.js';
import { ImpactError } from './impact.errors.ts';

export const zero = new Fraction(0n);

const places = 6;
const scale = 10n ** BigInt(places);

/** A decimal or `p/q` text as an exact rational. */
export function exactOf(text: string): Fraction {
  try {
    const { numerator, denominator } = ratio(text);
    return new Fraction(numerator, denominator);
  } catch (error) {
    if (error instanceof MoneyError) throw new ImpactError('number-malformed', error.message);
    throw error;
  }
}

/** −1, 0 or 1. Fraction's own `s` is not 0 for every zero. */
export function signOf(value: Fraction): number {
  return value.compare(0);
}

/** `p/q` in lowest terms, or an integer: reading it again loses nothing. */
export function exactText(value: Fraction): string {
  return value.toFraction();
}

/** Rounded to six places, half to even, always written with all six. */
export function sixPlaces(value: Fraction): string {
  const scaled = value.n * scale;
  const [floor, twice] = [scaled / value.d, (scaled % value.d) * 2n];
  const up = twice > value.d || (twice === value.d && floor % 2n === 1n);
  const digits = String(floor + (up ? 1n : 0n)).padStart(places + 1, '0');
  const negative = value.s < 0n && /[1-9]/.test(digits);
  return `${negative ? '-' : ''}${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

/** For people: the decimal where six places hold it, else the fraction and its decimal. */
export function shown(value: Fraction): string {
  const rounded = sixPlaces(value);
  const isExact = exactOf(rounded).equals(value);
  return isExact ? rounded.replace(/\.?0+$/, '') : `${exactText(value)} ≈ ${rounded}`;
}

export function clamp(value: Fraction, low: Fraction, high: Fraction): Fraction {
  return value.lt(low) ? low : value.gt(high) ? high : value;
}

export function total(values: readonly Fraction[]): Fraction {
  return values.reduce((sum, value) => sum.add(value), zero);
}
