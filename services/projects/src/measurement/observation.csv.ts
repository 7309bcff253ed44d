import { ObservationInputShape } from '@talkoot/api-contracts/projects';
import type { Offence } from '@talkoot/http-service';
import { CsvError, parse } from 'csv-parse/sync';
import { lineOffence } from './observation.ts';
import type { Reading } from './observation.ts';

const columns = [
  'criterion',
  'collection',
  'observed_at',
  'value',
  'unit',
  'group',
  'unit_name',
  'period',
] as const;
type Row = Record<(typeof columns)[number], string>;
const MOST_LINES = 5_000;
const MOST_OFFENCES = 50;

export interface NumberedReading {
  readonly line: number;
  readonly reading: Reading;
}

/** Reads observations from CSV (RFC 4180, UTF-8, with the header). Either every line is a reading or none counts. */
export function readObservations(text: string): NumberedReading[] | { offences: Offence[] } {
  const rows = rowsOf(text);
  if (!Array.isArray(rows)) return rows;
  if (rows.length === 0) return { offences: [lineOffence(2, 'there is no observation')] };
  if (rows.length > MOST_LINES)
    return { offences: [lineOffence(MOST_LINES + 2, `at most ${MOST_LINES} lines`)] };
  const offences: Offence[] = [];
  const readings = rows.flatMap(({ record, info }): NumberedReading[] => {
    const parsed = ObservationInputShape.safeParse(inputOf(record));
    if (parsed.success) return [{ line: info.lines, reading: parsed.data }];
    offences.push(
      ...parsed.error.issues.map((issue) =>
        lineOffence(info.lines, `${issue.path.join('.')}: ${issue.message}`),
      ),
    );
    return [];
  });
  return offences.length > 0 ? { offences: offences.slice(0, MOST_OFFENCES) } : readings;
}

type Parsed = { record: Row; info: { lines: number } };

function rowsOf(text: string): Parsed[] | { offences: Offence[] } {
  try {
    return parse(text, {
      bom: true,
      columns: requireHeader,
      info: true,
      skip_empty_lines: true,
      trim: true,
      max_record_size: 10_000,
    }) as unknown as Parsed[];
  } catch (error) {
    if (error instanceof HeaderError) return { offences: [lineOffence(1, error.message)] };
    if (!(error instanceof CsvError)) throw error;
    const line = typeof error['lines'] === 'number' ? error['lines'] : 1;
    return { offences: [lineOffence(line, error.code)] };
  }
}

class HeaderError extends Error {}

function requireHeader(header: string[]): string[] {
  if (header.join(',') !== columns.join(',')) throw new HeaderError(`the header is ${columns.join(',')}`);
  return header;
}

function inputOf(row: Row): Record<string, unknown> {
  return {
    criterionId: row.criterion,
    collection: row.collection,
    observedAt: row.observed_at,
    value: row.value,
    unit: row.unit,
    ...(row.group ? { group: row.group } : {}),
    ...(row.unit_name ? { unitName: row.unit_name } : {}),
    ...(row.period ? { period: row.period } : {}),
  };
}
