import type { Measure } from './measure.shape.ts';
import type { Payment } from './payment.shape.ts';
import type { OutcomeTerms } from './terms.shape.ts';

const all = { of: 'all' };

/** Terms of inputs named here, no measures, and the payments given. */
export function termsWith(
  inputs: readonly string[],
  payments: readonly Payment[],
  change: Partial<OutcomeTerms> = {},
): OutcomeTerms {
  return {
    title: 'A contract',
    currency: 'EUR',
    inputs: inputs.map((id) => ({ id, title: id, unit: 'of it' })),
    measures: [],
    payments: [...payments],
    rounding: 'half-even',
    ...change,
  };
}

type Own<T> = T extends unknown ? Omit<T, 'title' | 'assessed' | 'payable' | 'rounding'> : never;

export function measure(
  own: Own<Measure> & Partial<Pick<Measure, 'assessed' | 'payable' | 'rounding'>>,
): Measure {
  return { title: own.id, assessed: all, payable: all, rounding: 'none', ...own } as Measure;
}

type OwnPayment<T> = T extends unknown ? Omit<T, 'title' | 'payer' | 'payee'> : never;

export function payment(own: OwnPayment<Payment> & Partial<Pick<Payment, 'payer' | 'payee'>>): Payment {
  return { title: own.id, payer: 'municipality', payee: 'investor', ...own } as Payment;
}

export const fixed = (id: string, amount: string, own: Partial<Payment> = {}): Payment =>
  payment({ kind: 'fixed', id, amount, ...own } as never);
