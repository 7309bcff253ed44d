import type { LedgerEntry } from '@talkoot/api-contracts/payments';
import { decimalOf } from '@talkoot/money';
import { stringify } from 'csv-stringify/sync';

/** Everything the hash of an entry covers is a column of its own, so that the file alone can be verified. */
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
  'sha256',
] as const;

export interface CsvOptions {
  /** `semicolon` with decimal commas, as spreadsheets of most of Europe read it; `comma` with decimal points. */
  readonly separator: 'semicolon' | 'comma';
  /** A first page begins with a byte order mark, by which Excel knows UTF-8, and the header. */
  readonly first: boolean;
}

/** Entries as CSV; pages put one after another are one file. What a spreadsheet would take for a formula is escaped. */
export function ledgerCsv(
  municipalityId: string,
  entries: readonly LedgerEntry[],
  { separator, first }: CsvOptions,
): string {
  const decimal = (entry: LedgerEntry, side: LedgerEntry['side']) => {
    if (entry.side !== side) return '';
    const text = decimalOf(entry.amount);
    return separator === 'comma' ? text : text.replace('.', ',');
  };
  const rows = entries.map((one) => [
    one.fiscalYear,
    one.pilotId,
    one.number,
    one.at.slice(0, 10),
    one.at,
    one.kind,
    one.projectId,
    one.obligationId,
    one.account,
    one.side,
    decimal(one, 'debit'),
    decimal(one, 'credit'),
    one.amount.currency,
    one.amount.amount,
    one.costCentre,
    one.generalAccount,
    one.vatCode,
    one.transactionId,
    one.entryId,
    municipalityId,
    one.sha256,
  ]);
  return stringify(first ? [columns as readonly unknown[], ...rows] : rows, {
    bom: first,
    delimiter: separator === 'comma' ? ',' : ';',
    escape_formulas: true,
    record_delimiter: 'windows',
  });
}
