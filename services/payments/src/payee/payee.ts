import { DomainError } from '@talkoot/http-service';
import { electronicFormatIBAN, isValidIBAN } from 'ibantools';

/** @returns the IBAN without spaces. @throws DomainError `iban-invalid` for a wrong country, length or check sum (mod 97). */
export function checkedIban(text: string): string {
  const iban = electronicFormatIBAN(text);
  if (!iban || !isValidIBAN(iban)) throw new DomainError('iban-invalid');
  return iban;
}

/** Enough to recognise one's own account, too little to use it: `FI•• •••• 7855`. */
export function maskIban(iban: string): string {
  return `${iban.slice(0, 2)}•• •••• ${iban.slice(-4)}`;
}
