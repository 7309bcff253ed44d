import type { AccountName } from '@talkoot/api-contracts/payments';

export type Side = 'debit' | 'credit';

/** How the municipality's own bookkeeping knows an expenditure. */
export interface BookingCodes {
  readonly costCentre: string;
  readonly account: string;
  readonly vatCode: string;
}

/** One line of a transaction: a positive amount of minor units on one side of one account. */
export interface Leg {
  readonly account: AccountName;
  readonly side: Side;
  readonly amount: number;
  readonly projectId: string | null;
  readonly obligationId: string | null;
  readonly codes: BookingCodes | null;
  /** Whether it tells what one person gets: the public sees then only that something was booked. */
  readonly personal: boolean;
}

/** Where a transaction belongs: a chain of entries of its own. */
export interface Book {
  readonly municipalityId: string;
  /** Null only for movements that belong to no pilot (suspense). */
  readonly pilotId: string | null;
  readonly fiscalYear: number;
  readonly currency: string;
}

/** A transaction under its business key: posting the same one again changes nothing. */
export interface Transaction extends Book {
  readonly id: string;
  readonly kind: string;
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
  readonly personal: boolean;
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

/**
 * An account grows on one side. A guarded one never goes below zero; what bank and suspense hold is decided elsewhere. At the end
 * of a fiscal year a balance lapses, is carried over (budget), is brought forward (what is still to be paid) or stays as that
 * year's result.
 */
interface Account {
  readonly grows: Side;
  readonly guarded: boolean;
  readonly atYearEnd: 'lapses' | 'carried-over' | 'brought-forward' | 'stays';
}

const fund = { grows: 'credit', guarded: true, atYearEnd: 'lapses' } as const;
const setAside = { grows: 'credit', guarded: true, atYearEnd: 'carried-over' } as const;
const used = { grows: 'credit', guarded: true, atYearEnd: 'stays' } as const;
const owed = { grows: 'credit', guarded: true, atYearEnd: 'brought-forward' } as const;

const accounts: { readonly [A in AccountName]: Account } = {
  allotment: { grows: 'debit', guarded: true, atYearEnd: 'stays' },
  'round-fund': fund,
  'bonus-fund': fund,
  'outcome-fund': fund,
  commitment: setAside,
  reserve: setAside,
  'outcome-reserve': setAside,
  'round-expended': used,
  'bonus-expended': used,
  'outcome-expended': used,
  // What left the year (credit) less what came into it (debit).
  'carried-over': { grows: 'credit', guarded: false, atYearEnd: 'stays' },
  lapsed: used,
  expenditure: { grows: 'debit', guarded: true, atYearEnd: 'stays' },
  payable: owed,
  'in-transit': owed,
  withholding: owed,
  receivable: { grows: 'debit', guarded: true, atYearEnd: 'brought-forward' },
  revenue: used,
  // What came into the year (debit) less what left it (credit).
  'brought-forward': { grows: 'debit', guarded: false, atYearEnd: 'stays' },
  bank: { grows: 'credit', guarded: false, atYearEnd: 'stays' },
  'bank-fees': { grows: 'debit', guarded: true, atYearEnd: 'stays' },
  suspense: { grows: 'debit', guarded: false, atYearEnd: 'brought-forward' },
};

export const isGuarded = (account: AccountName): boolean => accounts[account].guarded;
export const growsOn = (account: AccountName): Side => accounts[account].grows;
export const atYearEnd = (account: AccountName): Account['atYearEnd'] => accounts[account].atYearEnd;

/** Accounts on which money that was owed in a closed year is still paid, in the year that is open. */
const runOff: readonly AccountName[] = [
  'payable',
  'in-transit',
  'withholding',
  'receivable',
  'brought-forward',
  'bank',
  'bank-fees',
  'suspense',
];

/** Whether a transaction only moves on what was owed before: that goes on when its year is closed. */
export const isRunOff = ({ legs }: Pick<Transaction, 'legs'>): boolean =>
  legs.every(({ account }) => runOff.includes(account));

export const bookKey = ({ municipalityId, fiscalYear, pilotId, currency }: Book): string =>
  [municipalityId, fiscalYear, pilotId ?? '-', currency].join('/');

/**
 * What is personal of a transaction balances by itself, so that the public can see that the rest does.
 * @throws LedgerFault unless every amount is a positive safe integer and debits equal credits
 */
export function requireBalanced(transaction: Pick<Transaction, 'id' | 'legs'>): void {
  const { id, legs } = transaction;
  if (legs.length === 0) throw new LedgerFault('empty', `${id} has no legs`);
  for (const part of [legs.filter(({ personal }) => personal), legs.filter(({ personal }) => !personal)]) {
    const sums = { debit: 0n, credit: 0n };
    for (const leg of part) {
      if (!Number.isSafeInteger(leg.amount) || leg.amount <= 0) {
        throw new LedgerFault('amount-not-positive', `${id} has a leg of ${leg.amount}`);
      }
      sums[leg.side] += BigInt(leg.amount);
    }
    if (sums.debit !== sums.credit) {
      throw new LedgerFault('unbalanced', `${id}: debits ${sums.debit} differ from credits ${sums.credit}`);
    }
  }
}

/** The account a leg belongs to, within municipality, fiscal year, pilot and currency. */
export function accountKey(book: Book, leg: Pick<Leg, 'account' | 'projectId' | 'obligationId'>): string {
  return `${bookKey(book)}/${leg.account}/${leg.obligationId ?? leg.projectId ?? '-'}`;
}

/** The legs summed by account, in the order of their keys so that concurrent writers meet in one order. */
export function movementsOf(transaction: Transaction): Movement[] {
  const byKey = new Map<string, Movement>();
  for (const leg of transaction.legs) {
    const key = accountKey(transaction, leg);
    const { account, projectId, obligationId, side, amount, personal } = leg;
    const before = byKey.get(key) ?? {
      key,
      account,
      projectId,
      obligationId,
      debit: 0,
      credit: 0,
      change: 0,
      personal,
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
