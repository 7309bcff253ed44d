import { CsvError, parse } from 'csv-parse/sync';
import { ImpactError } from '../impact.errors.ts';

/** What is read at most. */
export const panelLimits = { bytes: 20_000_000 } as const;

export interface Row {
  readonly line: number;
  readonly cells: Readonly<Record<string, string>>;
}

export interface Panel {
  readonly header: readonly string[];
  readonly rows: readonly Row[];
}

/**
 * Rows of a CSV file (RFC 4180, UTF-8) with a header.
 * @throws ImpactError `file-too-large`, `csv-malformed`
 */
export function readPanel(bytes: Uint8Array, delimiter: string): Panel {
  if (bytes.length > panelLimits.bytes)
    throw new ImpactError('file-too-large', `the data are larger than ${panelLimits.bytes} bytes`);
  let header: string[] = [];
  try {
    const records = parse(decoded(bytes), {
      bom: true,
      columns: (names: string[]) => (header = distinct(names)),
      delimiter,
      info: true,
      max_record_size: 100_000,
      skip_empty_lines: true,
      trim: true,
    }) as unknown as { record: Record<string, string>; info: { lines: number } }[];
    return { header, rows: records.map(({ record, info }) => ({ line: info.lines, cells: record })) };
  } catch (error) {
    if (error instanceof CsvError) throw new ImpactError('csv-malformed', error.message);
    throw error;
  }
}

function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new ImpactError('csv-malformed', 'the data are not UTF-8');
  }
}

function distinct(names: string[]): string[] {
  const repeated = names.find((name, at) => names.indexOf(name) !== at);
  if (repeated !== undefined)
    throw new ImpactError('csv-malformed', `the header names ${JSON.stringify(repeated)} twice`);
  return names;
}
