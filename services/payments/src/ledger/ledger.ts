import type { AccountName } from '@talkoot/api-contracts/payments';

export type Side = 'debit' | 'credit';

/** One line of a transaction: a positive amount of minor units on one side of one account. */
export interface Leg {
  readonly account: AccountName;
  readonly side: Side;
  readonly amount: number;
  readonly projectId: string | null;
  readonly obligationId: string | null;
}

/** A transaction under its business key: posting the same one again changes nothing. */
export interface Transaction {
  readonly id: string;
  readonly kind: string;
  readonly municipalityId: string;
  /** Null only for movements that belong to no pilot (suspense). */
  readonly pilotId: string | null;
  readonly fiscalYear: number;
  readonly currency: string;
  readonly legs: readonly Leg[];
}

/** What one transaction does to one account. `change` counts on the account's normal side. */
export interface Movement {
  readonly key: string;
  readonly account: AccountName;
  readonly projectId: string | null;
  readonly obligationId: string | null;
  readonly debit: number;
  readonly credit: number;
  readonly change: number;
}

/** A transaction that the ledger refuses because it is wrong in itself: a fault of the caller. */
export class LedgerFault extends Error {
  override readonly name = 'LedgerFault';
  readonly code: 'unbalanced' | 'amount-not-positive' | 'empty' | 'transaction-differs' | 'overdrawn';
  constructor(code: LedgerFault['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** The side on which an account grows. What bank and suspense hold is decided elsewhere, so they may go below zero. */
const accounts: { readonly [A in AccountName]: { readonly grows: Side; readonly guarded: boolean } } = {
  allotment: { grows: 'debit', guarded: true },
  'round-fund': { grows: 'credit', guarded: true },
  'bonus-fund': { grows: 'credit', guarded: true },
  'outcome-fund': { grows: 'credit', guarded: true },
  commitment: { grows: 'credit', guarded: true },
  reserve: { grows: 'credit', guarded: true },
  'outcome-reserve': { grows: 'credit', guarded: true },
  'round-expended': { grows: 'credit', guarded: true },
  'bonus-expended': { grows: 'credit', guarded: true },
  'outcome-expended': { grows: 'credit', guarded: true },
  expenditure: { grows: 'debit', guarded: true },
  payable: { grows: 'credit', guarded: true },
  'in-transit': { grows: 'credit', guarded: true },
  receivable: { grows: 'debit', guarded: true },
  revenue: { grows: 'credit', guarded: true },
  bank: { grows: 'credit', guarded: false },
  suspense: { grows: 'debit', guarded: false },
};

export const isGuarded = (account: AccountName): boolean => accounts[account].guarded;

/** @throws LedgerFault unless every amount is a positive safe integer and debits equal credits. */
export function requireBalanced(transaction: Pick<Transaction, 'id' | 'legs'>): void {
  const { id, legs } = transaction;
  if (legs.length === 0) throw new LedgerFault('empty', `${id} has no legs`);
  const sums = { debit: 0n, credit: 0n };
  for (const leg of legs) {
    if (!Number.isSafeInteger(leg.amount) || leg.amount <= 0) {
      throw new LedgerFault('amount-not-positive', `${id} has a leg of ${leg.amount}`);
    }
    sums[leg.side] += BigInt(leg.amount);
  }
  if (sums.debit !== sums.credit) {
    throw new LedgerFault('unbalanced', `${id}: debits ${sums.debit} differ from credits ${sums.credit}`);
  }
}

/** The account a leg belongs to, within municipality, fiscal year, pilot and currency. */
export function accountKey(
  transaction: Omit<Transaction, 'legs'>,
  leg: Omit<Leg, 'side' | 'amount'>,
): string {
  const { municipalityId, fiscalYear, pilotId, currency } = transaction;
  const part = leg.obligationId ?? leg.projectId ?? '-';
  return [municipalityId, fiscalYear, pilotId ?? '-', currency, leg.account, part].join('/');
}

/** The legs summed by account, in the order of their keys so that concurrent writers meet in one order. */
export function movementsOf(transaction: Transaction): Movement[] {
  const byKey = new Map<string, Movement>();
  for (const leg of transaction.legs) {
    const key = accountKey(transaction, leg);
    const { account, projectId, obligationId, side, amount } = leg;
    const before = byKey.get(key) ?? {
      key,
      account,
      projectId,
      obligationId,
      debit: 0,
      credit: 0,
      change: 0,
    };
    const change = before.change + (side === accounts[account].grows ? amount : -amount);
    byKey.set(key, { ...before, [side]: before[side] + amount, change });
  }
  return [...byKey.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1));
}

/** Whether debits equal credits over all accounts. */
export function isBalanced(
  accountSums: Iterable<{ readonly debit: number; readonly credit: number }>,
): boolean {
  let difference = 0n;
  for (const { debit, credit } of accountSums) difference += BigInt(debit) - BigInt(credit);
  return difference === 0n;
}
