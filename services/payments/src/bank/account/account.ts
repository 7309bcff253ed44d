import { DomainError } from '@talkoot/http-service';
import { writableText } from '../order/sepa.text.ts';

/** @throws DomainError `currency-not-sepa` or `text-unwritable` */
export function requireDebtor({
  currency,
  name,
}: {
  readonly currency: string;
  readonly name: string;
}): void {
  requireSepaCurrency(currency);
  writableText(name);
}

/** @throws DomainError `currency-not-sepa` */
export function requireSepaCurrency(currency: string): void {
  if (currency !== 'EUR') throw new DomainError('currency-not-sepa', `${currency} is not the euro`);
}
