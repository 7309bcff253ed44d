import { money, sum } from '@talkoot/money';
import type { Money } from '@talkoot/money';
import { reasonCodeOf } from './status.report.ts';
import { amountOf, childrenOf, find, idAt, invalid, need, needId } from '../xml/xml.query.ts';
import type { XmlElement } from '../xml/xml.reading.ts';

export type Direction = 'CRDT' | 'DBIT';

/** One transaction of an entry, as the bank breaks it down. */
export interface EntryTransaction {
  readonly reference: string | null;
  readonly endToEndId: string | null;
  readonly amount: Money | null;
  readonly direction: Direction | null;
  /** Null unless it is the return of a payment. */
  readonly returned: { readonly reasonCode: string | null } | null;
}

/** One movement on the account. `BOOK` is final; `PDNG`, `INFO` and `FUTR` are not. */
export interface NotificationEntry {
  readonly reference: string;
  readonly status: string;
  readonly direction: Direction;
  readonly reversal: boolean;
  readonly amount: Money;
  /** How many transactions the bank says that it put together; null where it does not say. */
  readonly batched: number | null;
  readonly transactions: readonly EntryTransaction[];
}

/** A `camt.054`: debits and credits on accounts. */
export interface Notification {
  readonly messageId: string;
  readonly accounts: readonly {
    /** Null where the bank names the account otherwise. */
    readonly iban: string | null;
    readonly entries: readonly NotificationEntry[];
  }[];
}

/**
 * Reads a `camt.054.001.08`.
 * @throws DomainError `bank-file-invalid`
 */
export function readNotification(document: XmlElement): Notification {
  const message = need(document, 'BkToCstmrDbtCdtNtfctn');
  return {
    messageId: needId(message, 'GrpHdr', 'MsgId'),
    accounts: childrenOf(message, 'Ntfctn').map((notification) => {
      const id = needId(notification, 'Id');
      return {
        iban: find(notification, 'Acct', 'Id', 'IBAN')?.text ?? null,
        entries: childrenOf(notification, 'Ntry').map((entry, at) => entryOf(entry, `${id}/${at + 1}`)),
      };
    }),
  };
}

function entryOf(entry: XmlElement, place: string): NotificationEntry {
  const details = childrenOf(entry, 'NtryDtls');
  const batches = details.flatMap((one) => childrenOf(one, 'Btch'));
  const counts = batches.flatMap((one) => find(one, 'NbOfTxs')?.text ?? []).map(Number);
  return {
    reference: idAt(entry, 'AcctSvcrRef') ?? place,
    status: find(entry, 'Sts', 'Cd')?.text ?? need(entry, 'Sts', 'Prtry').text,
    direction: directionAt(entry) ?? missing(entry),
    reversal: find(entry, 'RvslInd')?.text === 'true' || find(entry, 'RvslInd')?.text === '1',
    amount: amountOf(need(entry, 'Amt')),
    batched: counts.length === 0 ? null : counts.reduce((total, one) => total + one, 0),
    transactions: details.flatMap((one) => childrenOf(one, 'TxDtls')).map(transactionOf),
  };
}

function transactionOf(transaction: XmlElement): EntryTransaction {
  const amount = find(transaction, 'Amt');
  const back = find(transaction, 'RtrInf');
  return {
    reference: idAt(transaction, 'Refs', 'AcctSvcrRef') ?? null,
    endToEndId: idAt(transaction, 'Refs', 'EndToEndId') ?? null,
    amount: amount ? amountOf(amount) : null,
    direction: directionAt(transaction) ?? null,
    returned: back
      ? { reasonCode: reasonCodeOf(find(back, 'Rsn', 'Cd')?.text ?? find(back, 'Rsn', 'Prtry')?.text) }
      : null,
  };
}

function directionAt(parent: XmlElement): Direction | undefined {
  const text = find(parent, 'CdtDbtInd')?.text;
  if (text === undefined || text === 'CRDT' || text === 'DBIT') return text;
  throw invalid([parent.name, 'CdtDbtInd'], 'is neither CRDT nor DBIT');
}

function missing(entry: XmlElement): never {
  throw invalid([entry.name, 'CdtDbtInd'], 'is missing');
}

/** Whether the transactions of an entry are all there and add up to it. */
export function isBrokenDown({ amount, direction, batched, transactions }: NotificationEntry): boolean {
  if (transactions.length === 0) return false;
  if (batched !== null && batched !== transactions.length) return false;
  if (transactions.some((one) => (one.direction ?? direction) !== direction)) return false;
  const [only, ...others] = transactions;
  const parts =
    others.length === 0 && only!.amount === null ? [amount] : transactions.map((one) => one.amount);
  const known = parts.filter((one) => one !== null);
  if (known.length < parts.length || known.some((one) => one.currency !== amount.currency)) return false;
  return sum(known, amount.currency).amount === money(amount.amount, amount.currency).amount;
}
