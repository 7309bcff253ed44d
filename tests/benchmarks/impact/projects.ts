import {
  beforeAfter,
  differenceInDifferences,
  interruptedTimeSeries,
  syntheticControl,
} from '@talkoot/impact';
import type { Estimate, SeriesInput, SyntheticControlInput, UnitSeries } from '@talkoot/impact';

export const comparators = [
  'before-after',
  'comparison-units',
  'synthetic-control',
  'interrupted-time-series',
] as const;
export type Comparator = (typeof comparators)[number];

/** What is known of a project: 20 readings; 12 units twice; 9 units over 24 periods; 36 months of counts. */
export interface ProjectData {
  readonly 'before-after': { readonly before: readonly number[]; readonly after: readonly number[] };
  readonly 'comparison-units': {
    readonly treated: readonly number[];
    readonly comparison: readonly number[];
  };
  readonly 'synthetic-control': SyntheticControlInput;
  readonly 'interrupted-time-series': SeriesInput;
}

export function estimateBy(comparator: Comparator, data: ProjectData): Estimate {
  switch (comparator) {
    case 'before-after':
      return beforeAfter(data[comparator]);
    case 'comparison-units':
      return differenceInDifferences(data[comparator]);
    case 'synthetic-control':
      return syntheticControl(data[comparator]);
    case 'interrupted-time-series':
      return interruptedTimeSeries(data[comparator]);
  }
}

/** Always the same numbers from 0 up to 1 (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Projects with an effect of about a tenth, to one decimal as people write readings. */
export function inventProjects(count: number): ProjectData[] {
  const random = randomFrom(20_261_127);
  const around = (mean: number) => Math.round(10 * mean * (0.8 + 0.4 * random())) / 10;
  const many = (length: number, mean: (at: number) => number) =>
    Array.from({ length }, (_, at) => around(mean(at)));
  const unit = (name: string, effect: number): UnitSeries => {
    const level = 50 + 50 * random();
    return { unit: name, before: many(18, () => level), after: many(6, () => level * effect) };
  };
  const counts = (from: number, length: number, mean: number) =>
    many(length, () => mean).map((value, at) => ({ period: from + at, value: Math.round(value) }));
  return Array.from({ length: count }, () => ({
    'before-after': { before: many(10, () => 100), after: many(10, () => 110) },
    'comparison-units': { treated: many(4, () => 10), comparison: many(8, () => 5) },
    'synthetic-control': {
      treated: unit('treated', 1.1),
      comparison: Array.from({ length: 8 }, (_, at) => unit(`unit ${at}`, 1)),
    },
    'interrupted-time-series': { before: counts(1, 24, 50), after: counts(25, 12, 40) },
  }));
}
