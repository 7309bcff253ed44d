import { stringify } from 'csv-stringify/sync';

export type CsvCell = string | number | boolean | null;

/** A row by the names of its columns; what is not there is an empty cell. */
export type CsvRow<C extends string> = Readonly<Partial<Record<C, CsvCell>>>;

export interface CsvOptions {
  /** Between cells; a comma unless said. */
  readonly delimiter?: ',' | ';';
  /** Whether the names of the columns come first; a later page of one file has none. */
  readonly header?: boolean;
  /** Whether a byte order mark comes first, by which Excel knows UTF-8. */
  readonly bom?: boolean;
  /** For a machine that finds people and accounts by its cells: nothing is escaped, not even what a spreadsheet would run. */
  readonly raw?: boolean;
}

/** A number is no formula, whatever its sign, and stays one. */
const NUMBER = /^-?\d+(?:[.,]\d+)?$/;

/**
 * A table as CSV by RFC 4180, the one way in which services write it. A cell that a spreadsheet would take for a formula
 * begins with an apostrophe, so that it is text.
 * @param columns in their order; what else a row holds is left out
 */
export function csvOf<C extends string>(
  columns: readonly C[],
  rows: readonly CsvRow<C>[],
  { delimiter = ',', header = true, bom = false, raw = false }: CsvOptions = {},
): string {
  return stringify(
    rows.map((row) => columns.map((column) => textOf(row[column] ?? null))),
    {
      columns: [...columns],
      header,
      bom,
      delimiter,
      record_delimiter: 'windows',
      quoted_match: /[\r\n]/,
      cast: {
        string: (text) => (raw || NUMBER.test(text) ? text : { value: text, escape_formulas: true }),
      },
    },
  );
}

const textOf = (cell: CsvCell): string => (cell === null ? '' : String(cell));
