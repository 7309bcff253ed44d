import * as currencies from 'dinero.js/currencies';
import type { DineroCurrency } from 'dinero.js';
import { MoneyError } from './money.errors.ts';

// The ariary and the ouguiya divide by five: integers of a decimal minor unit cannot express them.
const decimalCurrencies = new Map<string, DineroCurrency<number>>(
  Object.values(currencies)
    .filter((currency) => currency.base === 10)
    .map((currency) => [currency.code, currency]),
);

/** ISO 4217 codes of the currencies this package can hold. */
export const currencyCodes: readonly string[] = [...decimalCurrencies.keys()];

/**
 * ISO 4217 entry of a currency.
 * @throws MoneyError `currency-unknown`
 */
export function currencyOf(code: string): DineroCurrency<number> {
  const currency = decimalCurrencies.get(code);
  if (!currency) throw new MoneyError('currency-unknown', `${code} is not a decimal ISO 4217 currency`);
  return currency;
}

/**
 * Decimal places of a currency's minor unit: 2 for EUR, 0 for JPY, 3 for KWD.
 * @throws MoneyError `currency-unknown`
 */
export function minorDigits(code: string): number {
  return currencyOf(code).exponent;
}
