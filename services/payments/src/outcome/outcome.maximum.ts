import { DomainError } from '@talkoot/http-service';
import { readTerms } from '@talkoot/impact/outcome';
import type { OutcomeTerms } from '@talkoot/impact/outcome';
import { compare, MoneyError, moneyFromDecimal, sum, zero } from '@talkoot/money';
import type { Money } from '@talkoot/money';
import { refusing } from './outcome.ts';

type Payment = OutcomeTerms['payments'][number];

/**
 * The most that this payer may ever have to pay by the terms, which is reserved at signing. The amount cap is of what
 * all payments come to together, less what payees owe. So where one may owe while another is paid, the caps of the
 * lines count instead, each for itself.
 * @throws DomainError `terms-refused`, `outcome-cap-missing`, `line-cap-missing`, `amount-invalid`
 */
export function maximumOf(terms: OutcomeTerms, currency: string, payer: string): Money {
  const { amountCap } = refusing('terms-refused', () => readTerms(terms));
  if (amountCap?.over !== 'contract') throw new DomainError('outcome-cap-missing');
  if (terms.currency !== currency) throw new DomainError('amount-invalid');
  const maximum = mayNet(terms)
    ? sum(terms.payments.filter((one) => one.payer === payer).map(mostOf(currency)), currency)
    : moneyFromDecimal(amountCap.amount, currency);
  if (compare(maximum, zero(currency)) <= 0) throw new DomainError('amount-invalid');
  return maximum;
}

const mostOf =
  (currency: string) =>
  ({ id, cap }: Payment): Money => {
    if (cap?.over !== 'contract') throw new DomainError('line-cap-missing', id);
    try {
      return moneyFromDecimal(cap.amount, currency);
    } catch (error) {
      if (error instanceof MoneyError) throw new DomainError('line-cap-missing', `${id}: ${error.message}`);
      throw error;
    }
  };

/** Whether what one party owes may hide from the amount cap what another is paid. */
function mayNet({ payments, ...terms }: OutcomeTerms): boolean {
  const pairs = new Set(payments.map(({ payer, payee }) => `${payer} ${payee}`));
  return pairs.size > 1 && payments.some((payment) => mayOwe(payment, terms));
}

/** Whether a line may come below zero. In doubt it may. */
function mayOwe(payment: Payment, terms: Pick<OutcomeTerms, 'inputs' | 'measures'>): boolean {
  const negative = (operand: string) => mayBeNegative(operand, terms);
  switch (payment.kind) {
    case 'fixed':
      return negative(payment.amount);
    case 'tariff':
      return negative(payment.tariff);
    case 'rateCard':
      return payment.rates.some(({ tariff }) => negative(tariff));
    case 'saving':
      return negative(payment.measure);
    case 'tiers':
      return payment.tiers.some(({ pays }) => negative(pays)) || negative(payment.base ?? '1');
    case 'anchors':
      return payment.anchors.some(({ pays }) => negative(pays)) || negative(payment.base);
    case 'waterfall':
      return false;
  }
}

/** Of what has a name, the least is stated, or nobody knows. */
function mayBeNegative(
  operand: string,
  { inputs, measures }: Pick<OutcomeTerms, 'inputs' | 'measures'>,
): boolean {
  if (!/^[a-z]/.test(operand)) return operand.startsWith('-');
  const least = [...inputs, ...measures].find(({ id }) => id === operand)?.min;
  return least === undefined || least.startsWith('-');
}
