import { PayrollReceiptShape, receiptColumns } from '@talkoot/api-contracts/payments';
import type { PayrollReceipt } from '@talkoot/api-contracts/payments';
import { DomainError } from '@talkoot/http-service';
import { CsvError, parse } from 'csv-parse/sync';

const MOST = 500;
const amounts = ['gross', 'withheld', 'net', 'employerCost'] as const;
const needed = receiptColumns.filter((column) => column !== 'reference' && column !== 'reasonCode');
type Row = Record<string, string>;

/**
 * Receipts out of CSV: the first line names the columns, cells are apart by comma or semicolon, amounts are whole minor units.
 * @throws DomainError `receipts-malformed` naming each line and column that is not as documented
 */
export function receiptsFromCsv(text: string): PayrollReceipt[] {
  const rows = rowsOf(text);
  if (rows.length === 0 || rows.length > MOST)
    throw malformed(`Between 1 and ${MOST} receipts, not ${rows.length}`);
  const columns = Object.keys(rows[0]!);
  const missing = needed.filter((column) => !columns.includes(column));
  const unknown = columns.filter((column) => !(receiptColumns as readonly string[]).includes(column));
  if (missing.length > 0 || unknown.length > 0) {
    throw malformed(`Missing columns: ${missing.join(', ') || 'none'}; ${unknown.length} unknown`);
  }
  const read = rows.map((row) => PayrollReceiptShape.safeParse(receiptOf(row)));
  const errors = read.flatMap(({ error }, line) =>
    (error?.issues ?? []).map((one) => ({
      at: `line.${line + 2}.${one.path.join('.')}`,
      message: one.message,
    })),
  );
  if (errors.length > 0) throw new DomainError('receipts-malformed', undefined, errors.slice(0, 50));
  return read.map(({ data }) => data!);
}

function rowsOf(text: string): Row[] {
  const delimiter = text.slice(0, text.indexOf('\n')).includes(';') ? ';' : ',';
  try {
    return parse(text, { bom: true, columns: distinct, skip_empty_lines: true, trim: true, delimiter });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw malformed(`Not a table: ${error.code}`);
  }
}

function distinct(columns: string[]): string[] {
  if (new Set(columns).size !== columns.length) throw malformed('A column is named twice');
  return columns;
}

/** Cells that are left empty are left out. What is no whole number stays as it is, and is refused. */
function receiptOf(row: Row): Record<string, unknown> {
  const cells = Object.entries(row).filter(([, cell]) => cell !== '');
  return Object.fromEntries(
    cells.map(([column, cell]) => {
      const isAmount = (amounts as readonly string[]).includes(column) && /^\d{1,15}$/.test(cell);
      return [column, isAmount ? Number(cell) : cell];
    }),
  );
}

const malformed = (detail: string) => new DomainError('receipts-malformed', detail);
