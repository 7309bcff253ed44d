import { amountOperands } from './dependency.ts';
import type { Payment } from './payment.shape.ts';
import type { OutcomeTerms } from './terms.shape.ts';

/**
 * The results for which some payments of the terms are made, by id: the inputs and measures that say how much, the
 * outcomes of a rate card, and for a fixed amount those of its conditions. A condition of another payment
 * (the year of the contract) only says when.
 */
export function resultsPaid({ payments }: OutcomeTerms, of: (payment: Payment) => boolean): string[] {
  const ids = payments.filter(of).flatMap((payment) => {
    if (payment.kind === 'rateCard') return payment.rates.map(({ outcome }) => outcome);
    const conditions = payment.kind === 'fixed' ? (payment.when ?? []).map(({ measure }) => measure) : [];
    return [...amountOperands(payment), ...conditions];
  });
  return [...new Set(ids)];
}
