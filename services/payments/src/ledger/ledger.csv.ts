import type { LedgerEntry, LedgerLine } from '@talkoot/api-contracts/payments';
import { isRedacted } from '@talkoot/api-contracts/payments/ledger-chain';
import { csvOf } from '@talkoot/http-service';
import type { CsvRow } from '@talkoot/http-service';
import { decimalOf } from '@talkoot/money';

/**
 * Everything the hash of an entry covers is a column of its own, so that the file alone can be verified. Of a redacted entry most are
 * empty, and `commitment` stands for them.
 */
const columns = [
  'fiscal_year',
  'pilot',
  'number',
  'date',
  'at',
  'kind',
  'project',
  'obligation',
  'account',
  'side',
  'debit',
  'credit',
  'currency',
  'amount_minor',
  'cost_centre',
  'general_account',
  'vat_code',
  'transaction',
  'entry',
  'municipality',
  'salt',
  'commitment',
  'sha256',
] as const;

export interface LedgerCsvOptions {
  /** `semicolon` with decimal commas, as spreadsheets of most of Europe read it; `comma` with decimal points. */
  readonly separator: 'semicolon' | 'comma';
  /** A first page begins with a byte order mark, by which Excel knows UTF-8, and the header. */
  readonly first: boolean;
}

type Row = CsvRow<(typeof columns)[number]>;

/** Entries as CSV; pages put one after another are one file. What a spreadsheet would take for a formula is escaped. */
export function ledgerCsv(
  municipalityId: string,
  lines: readonly LedgerLine[],
  { separator, first }: LedgerCsvOptions,
): string {
  const decimal = (entry: LedgerEntry) => {
    const text = decimalOf(entry.amount);
    return separator === 'comma' ? text : text.replace('.', ',');
  };
  const rows = lines.map((line) => ({
    municipality: municipalityId,
    ...placeOf(line),
    ...(isRedacted(line)
      ? { currency: line.currency, commitment: line.commitment }
      : contentOf(line, decimal(line))),
  }));
  return csvOf(columns, rows, { bom: first, header: first, delimiter: separator === 'comma' ? ',' : ';' });
}

const placeOf = ({ fiscalYear, pilotId, number, at, sha256 }: LedgerLine): Row => ({
  fiscal_year: fiscalYear,
  pilot: pilotId,
  number,
  date: at.slice(0, 10),
  at,
  sha256,
});

const contentOf = (one: LedgerEntry, decimal: string): Row => ({
  kind: one.kind,
  project: one.projectId,
  obligation: one.obligationId,
  account: one.account,
  side: one.side,
  [one.side]: decimal,
  currency: one.amount.currency,
  amount_minor: one.amount.amount,
  cost_centre: one.costCentre,
  general_account: one.generalAccount,
  vat_code: one.vatCode,
  transaction: one.transactionId,
  entry: one.entryId,
  salt: one.salt,
});
