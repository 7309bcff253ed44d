import { MoneyError } from './money.errors.ts';

/** An exact rational, not necessarily in lowest terms. The denominator is above zero. */
export interface Ratio {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

const text = /^(-?)(\d{1,4000})(?:\.(\d{1,4000}))?(?:\/(\d{1,4000}))?$/;

/**
 * Reads a decimal or a fraction exactly: `0.02`, `-3`, `1/3`, `0.5/3`.
 * @throws MoneyError `ratio-malformed`, also for a zero denominator
 */
export function ratio(written: string): Ratio {
  const [matched, sign = '', whole = '', places = '', divisor = '1'] = text.exec(written) ?? [];
  const denominator = BigInt(divisor) * 10n ** BigInt(places.length);
  if (matched === undefined || denominator === 0n) {
    throw new MoneyError(
      'ratio-malformed',
      `${JSON.stringify(written.slice(0, 60))} is not a decimal or a fraction`,
    );
  }
  return { numerator: BigInt(`${sign}${whole}${places}`), denominator };
}
