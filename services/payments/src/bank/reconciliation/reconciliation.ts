import { DomainError } from '@talkoot/http-service';
import { money } from '@talkoot/money';
import type { AttemptDocument } from '../../obligation/obligation.store.ts';

/** So many payments, and what they add up to in minor units. */
export interface Count {
  readonly payments: number;
  readonly amount: number;
}

export type FateName = 'instructed' | 'settled' | 'rejected' | 'returned';

/** A line of the ledger, as far as reconciliation looks at it. */
export interface Flow {
  readonly kind: string;
  readonly account: string;
  readonly side: 'debit' | 'credit';
  readonly amount: number;
}

/** Where the ledger shows each fate. The account is one that nothing else of that kind touches on that side. */
const ledgerPlaces: Readonly<Record<FateName, Omit<Flow, 'amount'>>> = {
  instructed: { kind: 'batch-instructed', account: 'in-transit', side: 'credit' },
  settled: { kind: 'payment-settled', account: 'in-transit', side: 'debit' },
  rejected: { kind: 'payment-rejected', account: 'in-transit', side: 'debit' },
  returned: { kind: 'payment-returned', account: 'payable', side: 'credit' },
};

/** What the ledger says of one fate. */
export function ledgerSum(flows: readonly Flow[], fate: FateName): number {
  const { kind, account, side } = ledgerPlaces[fate];
  return flows
    .filter((one) => one.kind === kind && one.account === account && one.side === side)
    .reduce((sum, { amount }) => sum + amount, 0);
}

/** What an account holds more on one side than on the other. */
export function ledgerBalance(flows: readonly Flow[], account: string, grows: Flow['side']): number {
  return flows
    .filter((one) => one.account === account)
    .reduce((sum, { side, amount }) => sum + (side === grows ? amount : -amount), 0);
}

type Times = Pick<AttemptDocument, 'amount' | 'instructedAt' | 'settledAt' | 'rejectedAt' | 'returnedAt'>;

/** Fates of attempts from an instant until before another. A returned one was settled before. */
export function recordedFates(
  attempts: readonly Times[],
  within: (instant: Date) => boolean,
): Record<FateName, Count> {
  const of = (time: keyof Omit<Times, 'amount'>): Count =>
    countOf(attempts.filter((one) => one[time] !== null && within(one[time])));
  return {
    instructed: of('instructedAt'),
    settled: of('settledAt'),
    rejected: of('rejectedAt'),
    returned: of('returnedAt'),
  };
}

export const countOf = (attempts: readonly { readonly amount: number }[]): Count => ({
  payments: attempts.length,
  amount: attempts.reduce((sum, { amount }) => sum + amount, 0),
});

/** One figure from both sides, to the cent. */
export function compared(recorded: Count, ledger: number, currency: string) {
  return {
    recorded: countView(recorded, currency),
    ledger: money(ledger, currency),
    agrees: recorded.amount === ledger,
  };
}

export const countView = ({ payments, amount }: Count, currency: string) => ({
  payments,
  amount: money(amount, currency),
});

const mostDays = 400;

/** @throws DomainError `period-invalid` */
export function requirePeriod(from: Date, to: Date): void {
  const days = (to.getTime() - from.getTime()) / (24 * 60 * 60_000);
  if (days <= 0 || days > mostDays) throw new DomainError('period-invalid');
}
