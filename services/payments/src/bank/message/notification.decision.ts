import type { BankLine, Movement, SuspenseCode, Way } from '../../settlement/settlement.ts';
import { isBrokenDown } from './notification.ts';
import type { EntryTransaction, NotificationEntry } from './notification.ts';

const ways = { DBIT: 'out', CRDT: 'in' } as const satisfies Record<string, Way>;

/**
 * What the entries of a notification say of payments. Only what is booked moves money; anything else is news. An entry
 * that is not broken down into transactions which add up to it is one line that a person has to read.
 */
export function decideNotification(entries: readonly NotificationEntry[]): {
  readonly lines: readonly BankLine[];
  /** Entries that are not booked. */
  readonly unbooked: number;
} {
  const booked = entries.filter(({ status }) => status === 'BOOK');
  return { lines: booked.flatMap(linesOf), unbooked: entries.length - booked.length };
}

function linesOf(entry: NotificationEntry): BankLine[] {
  if (!isBrokenDown(entry)) {
    const why = entry.transactions.length === 0 ? 'no-details' : 'details-differ';
    return [aside(wholeOf(entry), why)];
  }
  return entry.transactions.map((transaction, at) => lineOf(entry, transaction, at));
}

function lineOf(entry: NotificationEntry, transaction: EntryTransaction, at: number): BankLine {
  const place = entry.transactions.length === 1 ? entry.reference : `${entry.reference}/${at + 1}`;
  const line: Movement = {
    ...wholeOf(entry),
    reference: transaction.reference ?? place,
    endToEndId: transaction.endToEndId,
    amount: transaction.amount ?? entry.amount,
    reasonCode: transaction.returned?.reasonCode ?? null,
  };
  if (entry.reversal) return aside(line, 'reversal');
  if (entry.direction === 'DBIT') return { ...line, says: 'settled' };
  return transaction.returned ? { ...line, says: 'returned' } : aside(line, 'credit-without-return');
}

const wholeOf = (entry: NotificationEntry): Movement => ({
  reference: entry.reference,
  endToEndId: null,
  way: ways[entry.direction],
  amount: entry.amount,
  reasonCode: null,
});

const aside = (line: Movement, unclear: SuspenseCode): BankLine => ({ ...line, says: 'unclear', unclear });
