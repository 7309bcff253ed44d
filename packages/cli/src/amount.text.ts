import { decimalOf, MoneyError, moneyFromDecimal } from '@talkoot/money';
import type { Money } from '@talkoot/money';
import { ServiceRefused } from './service/service.errors.ts';

/** `12.50 EUR`. */
export const amountText = (value: Money): string => `${decimalOf(value)} ${value.currency}`;

/**
 * An amount as a person types it, in units of the currency: `12.50`.
 * @throws ServiceRefused `amount-malformed`, `amount-too-precise` and the other codes of MoneyError
 */
export function amountFrom(text: string, currency: string): Money {
  try {
    return moneyFromDecimal(text, currency);
  } catch (cause) {
    if (!(cause instanceof MoneyError)) throw cause;
    throw new ServiceRefused(cause.code, `${cause.message}; write it as 12.50`, { cause });
  }
}
