import type { LedgerEntry, RedactedEntry } from '@talkoot/api-contracts/payments';
import { commitmentOf } from '@talkoot/api-contracts/payments/ledger-chain';
import { money } from '@talkoot/money';
import { bookKey } from './ledger.ts';
import type { Leg, Transaction } from './ledger.ts';

export interface EntryDocument extends Omit<Leg, 'codes' | 'personal'> {
  /** `<transaction id>/<line>`, so that a line can exist only once. */
  _id: string;
  transactionId: string;
  kind: string;
  municipalityId: string;
  /** See `bookKey`; with the number it is the place of this entry. */
  book: string;
  number: number;
  sha256: string;
  fiscalYear: number;
  pilotId: string | null;
  currency: string;
  at: Date;
  costCentre: string | null;
  generalAccount: string | null;
  vatCode: string | null;
  /** Of a personal entry, 128 random bits in hexadecimal; null for what everybody may read. */
  salt: string | null;
}

/** A line before it has its place in the book. */
type Unplaced = Omit<EntryDocument, 'number' | 'sha256' | 'salt'> & Pick<Leg, 'personal'>;

/** The lines of a transaction, before they have their place in the book. */
export function entriesOf(transaction: Transaction, at: Date): Unplaced[] {
  const { id, kind, municipalityId, fiscalYear, pilotId, currency } = transaction;
  const book = bookKey(transaction);
  return transaction.legs.map(({ codes, ...leg }, line) => ({
    _id: `${id}/${String(line + 1).padStart(4, '0')}`,
    transactionId: id,
    kind,
    municipalityId,
    book,
    fiscalYear,
    pilotId,
    currency,
    at,
    ...leg,
    costCentre: codes?.costCentre ?? null,
    generalAccount: codes?.account ?? null,
    vatCode: codes?.vatCode ?? null,
  }));
}

export function entryView(entry: EntryDocument): LedgerEntry {
  const { _id, municipalityId: _, book: __, amount, currency, at, ...rest } = entry;
  return { entryId: _id, ...rest, amount: money(amount, currency), at: at.toISOString() };
}

/** The same as the public sees it. */
export function publicView(entry: EntryDocument): LedgerEntry | RedactedEntry {
  const whole = entryView(entry);
  if (entry.salt === null) return whole;
  const { fiscalYear, pilotId, number, at, sha256, amount } = whole;
  return {
    fiscalYear,
    pilotId,
    number,
    currency: amount.currency,
    at,
    commitment: commitmentOf(whole),
    sha256,
  };
}
