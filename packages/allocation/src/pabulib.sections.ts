import { parse } from 'csv-parse/sync';
import { PabulibError } from './pabulib.errors.ts';

/** What a reader accepts before it looks at any content. */
export interface PabulibLimits {
  readonly bytes: number;
  readonly rowLength: number;
  readonly columns: number;
  readonly projects: number;
  readonly votes: number;
}

interface Row {
  readonly line: number;
  readonly fields: readonly string[];
}

export interface Section {
  readonly line: number;
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}

const names = ['META', 'PROJECTS', 'VOTES'] as const;
export type Sections = Record<(typeof names)[number], Section>;

/** Splits a file into its three sections, each with a header row. */
export function readSections(input: string | Uint8Array, limits: PabulibLimits): Sections {
  const found = new Map<string, { line: number; rows: Row[] }>();
  let current: Row[] | undefined;
  for (const row of readRows(decode(input, limits), limits)) {
    const title = row.fields.length === 1 ? row.fields[0]!.trim().toUpperCase() : '';
    const expected = names[found.size];
    if (title !== '' && title === expected) {
      current = [];
      found.set(title, { line: row.line, rows: current });
    } else if (current) {
      current.push(row);
    } else {
      throw new PabulibError('pb-malformed', 'the file does not begin with META', row.line);
    }
  }
  const section = (name: (typeof names)[number]) => withHeader(name, found.get(name));
  return { META: section('META'), PROJECTS: section('PROJECTS'), VOTES: section('VOTES') };
}

function decode(input: string | Uint8Array, limits: PabulibLimits): string {
  const size = typeof input === 'string' ? input.length : input.byteLength;
  if (size > limits.bytes) throw new PabulibError('pb-too-large', `more than ${limits.bytes} bytes`);
  if (typeof input === 'string') return input;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(input);
  } catch {
    throw new PabulibError('pb-malformed', 'the file is not UTF-8');
  }
}

function readRows(text: string, limits: PabulibLimits): Row[] {
  const lineEnd = text.includes('\n') ? '\n' : '\r';
  refuseLongLines(text, lineEnd, limits);
  const mostRows = limits.projects + limits.votes + 1000;
  const rows: Row[] = [];
  try {
    parse(text, {
      delimiter: ';',
      // Lines may end in one way and in the other, as when a file was put together from two.
      record_delimiter: ['\r\n', lineEnd],
      bom: true,
      // Real files quote some fields, and leave quotes bare in others.
      relax_quotes: true,
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: limits.rowLength,
      on_record: (fields: string[], { lines }: { lines: number }) => {
        if (fields.length > limits.columns) throw new PabulibError('pb-too-large', 'too many columns', lines);
        if (rows.length >= mostRows)
          throw new PabulibError('pb-too-large', `more than ${mostRows} rows`, lines);
        rows.push({ line: lines, fields });
        return null;
      },
    });
    return rows;
  } catch (error) {
    throw error instanceof PabulibError ? error : asPabulibError(error);
  }
}

/** Before a reader makes millions of empty fields of one. */
function refuseLongLines(text: string, lineEnd: string, { rowLength }: PabulibLimits): void {
  let line = 1;
  for (let start = 0; start < text.length; line += 1) {
    const found = text.indexOf(lineEnd, start);
    const end = found === -1 ? text.length : found;
    if (end - start > rowLength) throw new PabulibError('pb-too-large', 'row too long', line);
    start = end + 1;
  }
}

function asPabulibError(error: unknown): unknown {
  const { code, lines } = error as { code?: string; lines?: number };
  if (code === 'CSV_MAX_RECORD_SIZE') return new PabulibError('pb-too-large', 'row too long', lines);
  if (code?.startsWith('CSV_')) return new PabulibError('pb-malformed', 'quotes do not match', lines);
  return error;
}

function withHeader(name: string, found: { line: number; rows: Row[] } | undefined): Section {
  const header = found?.rows[0];
  if (!found || !header)
    throw new PabulibError('pb-malformed', `the section ${name} or its header is missing`, found?.line);
  const columns = header.fields.map((field) => field.trim().toLowerCase());
  if (new Set(columns).size !== columns.length) {
    throw new PabulibError('pb-malformed', `${name} names a column twice`, header.line);
  }
  return { line: found.line, columns, rows: found.rows.slice(1) };
}

/** Rows as records by column name; every row must be as wide as the header. */
export function* recordsOf(
  section: Section,
  required: readonly string[],
): Generator<[Map<string, string>, number]> {
  for (const column of required) {
    if (!section.columns.includes(column)) {
      throw new PabulibError('pb-malformed', `the column ${column} is missing`, section.line + 1);
    }
  }
  for (const { line, fields } of section.rows) {
    if (fields.length !== section.columns.length) {
      throw new PabulibError(
        'pb-malformed',
        `${fields.length} fields instead of ${section.columns.length}`,
        line,
      );
    }
    yield [new Map(section.columns.map((column, index) => [column, fields[index]!.trim()])), line];
  }
}
