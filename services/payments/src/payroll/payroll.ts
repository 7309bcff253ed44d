import type { payrollExceptionCodes, PayrollReceipt } from '@talkoot/api-contracts/payments';
import { DomainError } from '@talkoot/http-service';
import type { AttemptState } from '../obligation/obligation.ts';

export type ExceptionCode = (typeof payrollExceptionCodes)[number];

/** What is known of a payment through payroll before its receipt is taken in. */
export interface KnownAttempt {
  readonly _id: string;
  readonly obligationId: string;
  readonly endToEndId: string;
  readonly method: 'payroll' | 'bank';
  readonly amount: number;
  readonly currency: string;
  readonly state: AttemptState;
}

export type ReceiptOutcome =
  | { readonly kind: 'settled' | 'rejected'; readonly receipt: PayrollReceipt; readonly attemptId: string }
  | { readonly kind: 'duplicate'; readonly receipt: PayrollReceipt }
  | { readonly kind: 'exception'; readonly receipt: PayrollReceipt; readonly code: ExceptionCode };

/** One obligation has one receipt of one run. */
export const receiptKey = ({ run, obligationId }: Pick<PayrollReceipt, 'run' | 'obligationId'>): string =>
  `${run}/${obligationId}`;

/** What was paid is what the payee got and what was withheld; of what was rejected nothing was paid. */
export function addsUp({ status, gross, withheld, net, employerCost }: PayrollReceipt): boolean {
  return status === 'paid' ? gross === withheld + net : withheld === 0 && net === 0 && employerCost === 0;
}

/** @throws DomainError `receipt-does-not-add-up` naming every such line */
export function requireAddingUp(receipts: readonly PayrollReceipt[]): void {
  const errors = receipts.flatMap((one, at) =>
    addsUp(one)
      ? []
      : [
          {
            at: `body.receipts.${at}`,
            message: `${one.obligationId}: gross ${one.gross}, withheld ${one.withheld}, net ${one.net}`,
          },
        ],
  );
  if (errors.length > 0) throw new DomainError('receipt-does-not-add-up', undefined, errors.slice(0, 50));
}

/**
 * Decides what each receipt does, in order: later ones see what earlier ones did.
 * @param taken receipts taken in before, by {@link receiptKey}
 */
export function decideReceipts(
  receipts: readonly PayrollReceipt[],
  attempts: readonly KnownAttempt[],
  taken: ReadonlyMap<string, PayrollReceipt>,
): ReceiptOutcome[] {
  const known = new Map(attempts.map((one) => [one._id, one]));
  const seen = new Map(taken);
  return receipts.map((receipt): ReceiptOutcome => {
    const before = seen.get(receiptKey(receipt));
    if (before) {
      if (isSame(before, receipt)) return { kind: 'duplicate', receipt };
      return { kind: 'exception', receipt, code: 'receipt-differs' };
    }
    const decided = decideOne(receipt, [...known.values()]);
    if (typeof decided === 'string') return { kind: 'exception', receipt, code: decided };
    const kind = receipt.status === 'paid' ? 'settled' : 'rejected';
    known.set(decided._id, { ...decided, state: kind });
    seen.set(receiptKey(receipt), receipt);
    return { kind, receipt, attemptId: decided._id };
  });
}

function decideOne(receipt: PayrollReceipt, attempts: readonly KnownAttempt[]): KnownAttempt | ExceptionCode {
  const mine = attempts.filter(({ obligationId }) => obligationId === receipt.obligationId);
  const named = mine.filter(({ endToEndId }) => endToEndId === (receipt.reference ?? endToEndId));
  if (named.length === 0) return 'unknown-obligation';
  const attempt = named.find(({ state }) => state === 'in-transit');
  if (!attempt) return whyNotInTransit(receipt, named);
  if (attempt.method !== 'payroll') return 'not-through-payroll';
  if (attempt.currency !== receipt.currency) return 'currency-differs';
  if (attempt.amount !== receipt.gross) return 'amount-differs';
  return attempt;
}

function whyNotInTransit({ status }: PayrollReceipt, named: readonly KnownAttempt[]): ExceptionCode {
  if (named.some(({ state }) => state === 'settled')) return 'paid-again';
  // It is owed again since, and may be in a new batch already.
  const isPaidAfterAll = status === 'paid' && named.some(({ state }) => state === 'rejected');
  return isPaidAfterAll ? 'paid-after-rejection' : 'not-in-transit';
}

const alarming: readonly ExceptionCode[] = ['paid-again', 'paid-after-rejection', 'receipt-differs'];

/** Whether money went out twice, or is said to have: finance looks at once, and who took in receipts of it does not say it is well. */
export const isAlarming = (code: ExceptionCode): boolean => alarming.includes(code);

function isSame(a: PayrollReceipt, b: PayrollReceipt): boolean {
  const contentOf = (of: PayrollReceipt) =>
    JSON.stringify([of.date, of.currency, of.gross, of.withheld, of.net, of.employerCost, of.status]);
  return contentOf(a) === contentOf(b);
}

/**
 * How the employer's contributions are covered: by what the pool of the project still holds, never by more.
 * @param reserve what the pool holds, in minor units
 */
export function coverEmployerCost(cost: number, reserve: number): { covered: number; uncovered: number } {
  const covered = Math.min(cost, Math.max(reserve, 0));
  return { covered, uncovered: cost - covered };
}
