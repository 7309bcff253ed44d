import { dinero, toDecimal } from 'dinero.js';
import { currencyOf } from './money.currency.ts';
import type { Money } from './money.shape.ts';
import { money } from './money.ts';

/**
 * Exact decimal text in currency units: `{amount: 1250, currency: 'EUR'}` gives `12.50`.
 * @throws MoneyError `currency-unknown`, `amount-unsafe`
 */
export function decimalOf(value: Money): string {
  const { amount, currency } = money(value.amount, value.currency);
  return toDecimal(dinero({ amount, currency: currencyOf(currency) }));
}

/**
 * Money as people of a locale write it: `formatMoney(m, 'fi')` gives `12,50 €`.
 * Every minor digit is shown, and none is lost: the text never passes through a float.
 * @throws MoneyError `currency-unknown`, `amount-unsafe`
 */
export function formatMoney(value: Money, locale: string): string {
  const { exponent } = currencyOf(value.currency);
  return new Intl.NumberFormat(locale, {
    style: 'currency',
    currency: value.currency,
    minimumFractionDigits: exponent,
    maximumFractionDigits: exponent,
  }).format(decimalOf(value) as Intl.StringNumericLiteral);
}
