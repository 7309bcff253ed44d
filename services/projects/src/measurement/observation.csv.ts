import { FeedReadingShape, MOST_FED, ObservationInputShape } from '@talkoot/api-contracts/projects';
import type { FeedReading } from '@talkoot/api-contracts/projects';
import type { Offence } from '@talkoot/http-service';
import { CsvError, parse } from 'csv-parse/sync';
import type { z } from 'zod';
import { lineOffence } from './observation.ts';
import type { Reading } from './observation.ts';

const common = ['collection', 'observed_at', 'value', 'unit', 'group', 'unit_name', 'period'] as const;
type Row = Record<(typeof common)[number] | 'criterion' | 'ref', string>;
const MOST_LINES = 5_000;
const MOST_OFFENCES = 50;

export interface Numbered<T> {
  readonly line: number;
  readonly reading: T;
}
type Read<T> = Numbered<T>[] | { offences: Offence[] };

/** Reads observations from CSV (RFC 4180, UTF-8, with the header). Either every line is a reading or none counts. */
export function readObservations(text: string): Read<Reading> {
  return readLines(text, {
    id: 'criterion',
    key: 'criterionId',
    shape: ObservationInputShape,
    most: MOST_LINES,
  });
}

/** The same of a feed: its lines name the sender's own id of each reading instead of a criterion. */
export function readFeedReadings(text: string): Read<FeedReading> {
  return readLines(text, { id: 'ref', key: 'ref', shape: FeedReadingShape, most: MOST_FED });
}

interface Lines<T> {
  /** The first column. */
  readonly id: 'criterion' | 'ref';
  readonly key: string;
  readonly shape: z.ZodType<T>;
  readonly most: number;
}

function readLines<T>(text: string, { id, key, shape, most }: Lines<T>): Read<T> {
  const rows = rowsOf(text, [id, ...common]);
  if (!Array.isArray(rows)) return rows;
  if (rows.length === 0) return { offences: [lineOffence(2, 'there is no observation')] };
  if (rows.length > most) return { offences: [lineOffence(most + 2, `at most ${most} lines`)] };
  const offences: Offence[] = [];
  const readings = rows.flatMap(({ record, info }): Numbered<T>[] => {
    const parsed = shape.safeParse({ [key]: record[id], ...inputOf(record) });
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

function rowsOf(text: string, columns: readonly string[]): Parsed[] | { offences: Offence[] } {
  const requireHeader = (header: string[]): string[] => {
    if (header.join(',') !== columns.join(',')) throw new HeaderError(`the header is ${columns.join(',')}`);
    return header;
  };
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

function inputOf(row: Row): Record<string, unknown> {
  return {
    collection: row.collection,
    observedAt: row.observed_at,
    value: row.value,
    unit: row.unit,
    ...(row.group ? { group: row.group } : {}),
    ...(row.unit_name ? { unitName: row.unit_name } : {}),
    ...(row.period ? { period: row.period } : {}),
  };
}
