import type { Money } from '@talkoot/api-contracts';
import { DomainError } from '@talkoot/http-service';
import { compare, portion, subtract, sum } from '@talkoot/money';
import { isFraction, parseFraction } from '../number/fraction.ts';

type RoundBudget = { readonly amount: Money } | { readonly share: string };

/**
 * The budget of a new round: an amount, or a share of what is left of the round fund once the rounds that are not
 * allocated yet have theirs.
 * @throws DomainError `round-over-budget`, `currency-differs`
 */
export function roundBudget(wanted: RoundBudget, fund: Money, promised: readonly Money[]): Money {
  const left = subtract(fund, sum(promised, fund.currency));
  const budget = 'amount' in wanted ? wanted.amount : shareOf(left, wanted.share);
  if (budget.currency !== fund.currency) throw new DomainError('currency-differs');
  if (budget.amount <= 0 || compare(budget, left) > 0) throw new DomainError('round-over-budget');
  return budget;
}

function shareOf(left: Money, share: string): Money {
  if (!isFraction(share)) throw new DomainError('round-over-budget', 'the share is no number');
  const { n, d } = parseFraction(share);
  if (n <= 0n || n > d || left.amount <= 0) throw new DomainError('round-over-budget');
  return portion(left, n, d);
}
