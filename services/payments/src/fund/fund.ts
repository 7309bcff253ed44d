import type { FundName } from '@talkoot/api-contracts/payments';
import { DomainError } from '@talkoot/http-service';
import { allocate, ratio } from '@talkoot/money';
import type { Money } from '@talkoot/money';

export const fundOrder = ['round', 'bonus', 'outcome'] as const satisfies readonly FundName[];

/**
 * Splits the permitted limit by the charter's shares. What is left after flooring goes to the largest remainders, so
 * the three funds add up to the limit.
 * @throws DomainError `shares-not-whole` unless the shares add up to one; `amount-invalid` unless the limit is positive.
 */
export function splitLimit(
  limit: Money,
  shares: Readonly<Record<FundName, string>>,
): Record<FundName, Money> {
  if (limit.amount <= 0) throw new DomainError('amount-invalid');
  const exact = fundOrder.map((fund) => ratio(shares[fund]));
  if (exact.some(({ numerator }) => numerator < 0n)) throw new DomainError('shares-not-whole');
  const common = exact.reduce((product, { denominator }) => product * denominator, 1n);
  const weights = exact.map(({ numerator, denominator }) => (numerator * common) / denominator);
  if (weights.reduce((a, b) => a + b, 0n) !== common) throw new DomainError('shares-not-whole');
  const [round, bonus, outcome] = allocate(limit, weights, fundOrder) as [Money, Money, Money];
  return { round, bonus, outcome };
}

/** @throws DomainError `amount-invalid` unless the amount is above zero in the given currency. */
export function requirePositive(amount: Money, currency: string): void {
  if (amount.amount <= 0 || amount.currency !== currency) throw new DomainError('amount-invalid');
}
