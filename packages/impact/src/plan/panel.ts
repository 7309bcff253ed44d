import { ImpactError } from '../impact.errors.ts';
import { periodNumber } from '../period.ts';
import type { PeriodKind } from '../period.ts';
import type { Panel, Row } from './panel.csv.ts';
import type { PlannedCriterion } from './plan.shape.ts';

/** A reading as a criterion sees it. */
export interface PanelReading {
  readonly line: number;
  readonly value: number;
  readonly period: number;
  readonly isAfter: boolean;
  readonly unitName: string;
}

type Columns = Readonly<Record<string, string | undefined>>;

/**
 * The rows of a criterion, after a look at every column it names.
 * @throws ImpactError `column-unknown`, `unit-mismatch`, `no-observations`
 */
export function rowsOf({ header, rows }: Panel, criterion: PlannedCriterion): readonly Row[] {
  const { where = {}, unit } = criterion;
  const columns: Columns = criterion.columns;
  for (const name of [...Object.keys(where), ...Object.values(columns)])
    if (name !== undefined && !header.includes(name))
      throw new ImpactError('column-unknown', `the data have no column ${quoted(name)}`);
  const own = rows.filter(({ cells }) =>
    Object.entries(where).every(([name, value]) => cells[name] === value),
  );
  if (own.length === 0) throw new ImpactError('no-observations', 'no row of the data belongs to it');
  const unitColumn = columns['unit'];
  const foreign = own.find(({ cells }) => unitColumn !== undefined && cells[unitColumn] !== unit);
  if (foreign)
    throw new ImpactError(
      'unit-mismatch',
      `line ${foreign.line}: ${quoted(foreign.cells[unitColumn!]!)} is not ${unit}`,
    );
  return own;
}

/** @throws ImpactError `number-malformed` */
export function numberIn({ line, cells }: Row, column: string): number {
  const text = cells[column]!;
  const value = /^[+-]?\d+(\.\d+)?(e[+-]?\d{1,3})?$/i.test(text) ? Number(text) : NaN;
  if (!Number.isFinite(value))
    throw new ImpactError(
      'number-malformed',
      `line ${line}: ${quoted(text)} in ${quoted(column)} is no number`,
    );
  return value;
}

interface Timed {
  readonly columns: { readonly value: string; readonly period: string; readonly unitName?: string };
  readonly periods: PeriodKind;
  readonly from: string;
}

/**
 * Readings in time. Where units are named, or a series is counted, there is one for each unit and period.
 * @throws ImpactError `number-malformed`, `period-malformed`, `duplicate-observation`
 */
export function readingsOf(
  rows: readonly Row[],
  { columns, periods, from }: Timed,
  once: boolean,
): PanelReading[] {
  const start = periodOf(periods, from, 'from');
  const readings = rows.map((row) => {
    const period = periodOf(periods, row.cells[columns.period]!, `line ${row.line}`);
    const unitName = columns.unitName === undefined ? '' : row.cells[columns.unitName]!;
    return {
      line: row.line,
      value: numberIn(row, columns.value),
      period,
      isAfter: period >= start,
      unitName,
    };
  });
  if (once) requireOnce(readings);
  return readings;
}

function periodOf(kind: PeriodKind, text: string, place: string): number {
  const period = periodNumber(kind, text);
  if (period === null) throw new ImpactError('period-malformed', `${place}: ${quoted(text)} is no ${kind}`);
  return period;
}

function requireOnce(readings: readonly PanelReading[]): void {
  const seen = new Map<string, number>();
  for (const { unitName, period, line } of readings) {
    const key = JSON.stringify([unitName, period]);
    const earlier = seen.get(key);
    if (earlier !== undefined)
      throw new ImpactError(
        'duplicate-observation',
        `line ${line} repeats unit and period of line ${earlier}`,
      );
    seen.set(key, line);
  }
}

export interface PanelUnit {
  readonly unit: string;
  readonly before: readonly PanelReading[];
  readonly after: readonly PanelReading[];
}

/** Readings by unit, each side in time. */
export function unitsOf(readings: readonly PanelReading[]): Map<string, PanelUnit> {
  const inTime = readings.toSorted((a, b) => a.period - b.period);
  const byName = Map.groupBy(inTime, ({ unitName }) => unitName);
  return new Map(
    [...byName].map(([unit, own]) => [
      unit,
      { unit, before: own.filter(({ isAfter }) => !isAfter), after: own.filter(({ isAfter }) => isAfter) },
    ]),
  );
}

/**
 * Treated and comparison units of a plan.
 * @throws ImpactError `unit-unknown`, `duplicate-id` for one on both sides or named twice
 */
export function sidesOf(
  units: ReadonlyMap<string, PanelUnit>,
  treated: readonly string[],
  comparison: readonly string[] | undefined,
): { treated: PanelUnit[]; comparison: PanelUnit[] } {
  const others = comparison ?? [...units.keys()].filter((name) => !treated.includes(name));
  const named = [...treated, ...others];
  if (new Set(named).size !== named.length)
    throw new ImpactError('duplicate-id', 'a unit is named twice, or on both sides');
  const find = (name: string): PanelUnit => {
    const unit = units.get(name);
    if (!unit) throw new ImpactError('unit-unknown', `the data have no unit ${quoted(name)}`);
    return unit;
  };
  return { treated: treated.map(find), comparison: others.map(find) };
}

/** Whoever wrote the file does not command the terminal. */
export const quoted = (text: string): string =>
  JSON.stringify(text.replaceAll(/\p{C}/gu, '\u{FFFD}').slice(0, 80));
