import { DomainError } from '@talkoot/http-service';
import { minorDigits, MoneyError } from '@talkoot/money';
import { writableText } from '../order/sepa.text.ts';

/** @throws DomainError `currency-unknown` or `text-unwritable` */
export function requireDebtor({
  currency,
  name,
}: {
  readonly currency: string;
  readonly name: string;
}): void {
  try {
    minorDigits(currency);
  } catch (error) {
    throw error instanceof MoneyError ? new DomainError('currency-unknown') : error;
  }
  writableText(name);
}
