import { stringify } from 'csv-stringify/sync';
import type { EntryDocument } from './ledger.store.ts';

const columns = [
  'entry',
  'transaction',
  'kind',
  'fiscal_year',
  'pilot',
  'project',
  'account',
  'side',
  'amount_minor',
  'currency',
  'at',
] as const;

/** Entries as CSV with a header. Ids and codes only, so nothing in it can be read as a formula. */
export function ledgerCsv(entries: readonly EntryDocument[]): string {
  const rows = entries.map((one) => [
    one._id,
    one.transactionId,
    one.kind,
    one.fiscalYear,
    one.pilotId,
    one.projectId,
    one.account,
    one.side,
    one.amount,
    one.currency,
    one.at.toISOString(),
  ]);
  return stringify([columns as readonly unknown[], ...rows]);
}
