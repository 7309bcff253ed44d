import { PabulibError } from './pabulib.errors.ts';

/** An amount as written: digits × 10^−places, without trailing zeros after the point. */
export interface WrittenAmount {
  readonly digits: bigint;
  readonly places: number;
  readonly line: number;
}

const mostPlaces = 6;

/** Reads `4000`, `4000.0` or `-12.5`; refuses anything that is not a plain decimal. */
export function readAmount(text: string, line: number): WrittenAmount {
  const match = /^(-?)(\d{1,18})(?:\.(\d{1,18}))?$/.exec(text);
  if (!match)
    throw new PabulibError('pb-invalid-cost', `${JSON.stringify(text.slice(0, 40))} is not an amount`, line);
  const [, sign = '', whole = '', fraction = ''] = match;
  const significant = fraction.replace(/0+$/, '');
  if (significant.length > mostPlaces) {
    throw new PabulibError('pb-invalid-cost', `more than ${mostPlaces} decimal places`, line);
  }
  return { digits: BigInt(`${sign}${whole}${significant}`), places: significant.length, line };
}

/** The amount in units of 10^−decimals, which must be a safe integer. */
export function toUnits(amount: WrittenAmount, decimals: number): number {
  const units = Number(amount.digits * 10n ** BigInt(decimals - amount.places));
  if (!Number.isSafeInteger(units))
    throw new PabulibError('pb-invalid-cost', 'amount too large to be exact', amount.line);
  return units;
}

/** Units of 10^−decimals as decimal text in currency units: `amountText(12345, 2)` is `123.45`. */
export function amountText(units: number, decimals: number): string {
  if (decimals === 0) return String(units);
  const digits = String(Math.abs(units)).padStart(decimals + 1, '0');
  return `${units < 0 ? '-' : ''}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}
