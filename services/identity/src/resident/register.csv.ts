import type { Offence } from '@talkoot/http-service';
import { CsvError, parse } from 'csv-parse/sync';
import { z } from 'zod';
import { normalNationalId } from '../person/identifier.ts';

export const MOST_ROWS = 50_000;
const MOST_ERRORS = 100;

export interface RegisterRow {
  readonly nationalId: string;
  readonly birthDate: string;
  readonly district: string;
  readonly validFrom: string;
  /** Empty when the register does not say. */
  readonly reference: string;
}
export type RegisterFile =
  | { readonly rows: readonly RegisterRow[] }
  | { readonly errors: readonly Offence[] };

const needed = ['national_id', 'birth_date', 'district'];
const known = new Set([...needed, 'valid_from', 'reference']);

const RowShape = z.object({
  national_id: z
    .string()
    .transform(normalNationalId)
    .pipe(z.string().regex(/^[A-Z0-9+-]{4,40}$/, 'is not a national id')),
  birth_date: z.iso.date('is not a date such as 1990-12-31'),
  district: z.string().trim().min(1, 'is empty').max(80, 'is longer than 80 characters'),
  valid_from: z.union([z.literal(''), z.iso.date('is not a date such as 2026-01-01')]).default(''),
  reference: z
    .union([
      z.literal(''),
      z.string().regex(/^[A-Za-z0-9_-]{4,64}$/, 'is not 4 to 64 letters, digits, - or _'),
    ])
    .default(''),
});

/**
 * Reads a residents register. It has errors or rows, never both; no error shows a value, as values are personal.
 * @param today birth dates after it are refused.
 */
export function readRegister(text: string, today: string): RegisterFile {
  let records: { record: string[]; info: { lines: number } }[];
  try {
    records = parse(text, {
      bom: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
      max_record_size: 2_000,
    }) as unknown as typeof records;
  } catch (error) {
    return { errors: [csvOffence(error)] };
  }
  const header = records.shift()?.record ?? [];
  const headerErrors = checkHeader(header);
  if (headerErrors.length > 0) return { errors: headerErrors };
  if (records.length > MOST_ROWS) {
    return { errors: [{ at: `line.${MOST_ROWS + 2}`, message: `A file has at most ${MOST_ROWS} rows` }] };
  }
  return readRows(header, records, today);
}

function checkHeader(header: readonly string[]): Offence[] {
  const missing = needed
    .filter((name) => !header.includes(name))
    .map((name) => `The column ${name} is missing`);
  const odd = header.filter((name) => !known.has(name)).map(() => 'A column is not known');
  const twice = new Set(header).size === header.length ? [] : ['A column is named twice'];
  return [...missing, ...odd, ...twice].slice(0, MOST_ERRORS).map((message) => ({ at: 'line.1', message }));
}

function readRows(
  header: readonly string[],
  records: readonly { record: string[]; info: { lines: number } }[],
  today: string,
): RegisterFile {
  const errors: Offence[] = [];
  const rows: RegisterRow[] = [];
  const lines = new Map<string, number>();
  const referred = new Map<string, number>();
  for (const { record, info } of records) {
    const at = `line.${info.lines}`;
    if (record.length !== header.length) {
      errors.push({ at, message: `has ${record.length} fields instead of ${header.length}` });
      continue;
    }
    const parsed = RowShape.safeParse(Object.fromEntries(header.map((name, index) => [name, record[index]])));
    if (!parsed.success) {
      errors.push(
        ...parsed.error.issues.map((one) => ({ at, message: `${String(one.path[0])} ${one.message}` })),
      );
      continue;
    }
    const { national_id, birth_date, district, valid_from, reference } = parsed.data;
    const before = lines.get(national_id);
    if (before !== undefined) errors.push({ at, message: `national_id is that of line ${before}` });
    if (birth_date > today || birth_date < '1880-01-01')
      errors.push({ at, message: 'birth_date is not plausible' });
    const sameReference = reference === '' ? undefined : referred.get(reference);
    if (sameReference !== undefined)
      errors.push({ at, message: `reference is that of line ${sameReference}` });
    if (normalNationalId(reference) === national_id)
      errors.push({ at, message: 'reference is the national id' });
    lines.set(national_id, info.lines);
    referred.set(reference, info.lines);
    rows.push({ nationalId: national_id, birthDate: birth_date, district, validFrom: valid_from, reference });
  }
  return errors.length > 0 ? { errors: errors.slice(0, MOST_ERRORS) } : { rows };
}

function csvOffence(error: unknown): Offence {
  if (!(error instanceof CsvError)) throw error;
  const line = typeof error['lines'] === 'number' ? error['lines'] : 1;
  const reason = error.code.toLowerCase().replace(/^csv_/, '').replaceAll('_', ' ');
  return { at: `line.${line}`, message: `is not CSV: ${reason}` };
}
