import { minorDigits } from './money.currency.ts';
import { MoneyError } from './money.errors.ts';
import type { Money } from './money.shape.ts';

/**
 * Money from minor units.
 * @throws MoneyError `amount-unsafe` unless the amount is an integer within ±(2^53 − 1)
 */
export function money(amount: number | bigint, currency: string): Money {
  const value = Number(amount);
  if (!Number.isSafeInteger(value)) {
    throw new MoneyError('amount-unsafe', `${amount} is not a safe integer of minor units`);
  }
  // −0 equals 0 but prints and hashes differently.
  return { amount: value === 0 ? 0 : value, currency };
}

export function zero(currency: string): Money {
  return { amount: 0, currency };
}

/**
 * Money from a decimal text in currency units: `moneyFromDecimal('12.50', 'EUR')` is 1250 minor units.
 * Trailing zeros beyond the minor unit are accepted, other digits there are not.
 * @throws MoneyError `amount-malformed`, `amount-too-precise`, `amount-unsafe`, `currency-unknown`
 */
export function moneyFromDecimal(text: string, currency: string): Money {
  const match = /^(-?)(\d{1,30})(?:\.(\d{1,30}))?$/.exec(text);
  if (!match) throw new MoneyError('amount-malformed', `${JSON.stringify(text)} is not a decimal amount`);
  const [, sign = '', whole = '', places = ''] = match;
  const digits = minorDigits(currency);
  const minor = places.replace(/0+$/, '');
  if (minor.length > digits) {
    throw new MoneyError('amount-too-precise', `${text} has more than ${digits} decimal places`);
  }
  return money(BigInt(`${sign}${whole}${minor.padEnd(digits, '0')}`), currency);
}

/** @throws MoneyError `currency-mismatch`, `amount-unsafe` */
export function add(a: Money, b: Money): Money {
  return money(minorUnits(a) + minorUnits(b, a), a.currency);
}

/** @throws MoneyError `currency-mismatch`, `amount-unsafe` */
export function subtract(a: Money, b: Money): Money {
  return money(minorUnits(a) - minorUnits(b, a), a.currency);
}

/**
 * The sum of any number of amounts; none at all give zero of the stated currency.
 * Only the result has to be safe, whatever the order of the terms.
 * @throws MoneyError `currency-mismatch`, `amount-unsafe`
 */
export function sum(amounts: Iterable<Money>, currency: string): Money {
  let total = 0n;
  for (const amount of amounts) total += minorUnits(amount, { currency });
  return money(total, currency);
}

/**
 * −1, 0 or 1 as `a` is less than, equal to or more than `b`.
 * @throws MoneyError `currency-mismatch`, `amount-unsafe`
 */
export function compare(a: Money, b: Money): -1 | 0 | 1 {
  const [x, y] = [minorUnits(a), minorUnits(b, a)];
  return x < y ? -1 : x > y ? 1 : 0;
}

export function isZero(a: Money): boolean {
  return minorUnits(a) === 0n;
}

/** The amount for exact arithmetic, checked: Money also arrives from JSON and from databases. */
export function minorUnits(value: Money, same: Pick<Money, 'currency'> = value): bigint {
  if (value.currency !== same.currency) {
    throw new MoneyError('currency-mismatch', `${value.currency} met ${same.currency}`);
  }
  return BigInt(money(value.amount, value.currency).amount);
}
