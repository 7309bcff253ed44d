import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { changesOf, differenceInDifferences, syntheticControl } from '../index.ts';
import type { UnitSeries } from '../index.ts';

const shared = process.env.TALKOOT_SHARED ?? join(import.meta.dirname, '../../../../../shared');
const CHANGE = 1989;

/** Packs per head in each state, before and from 1989. */
function readStates(): UnitSeries[] {
  const lines = readFileSync(join(shared, 'measurement/prop99.csv'), 'utf8').trim().split(/\r?\n/).slice(1);
  const rows = lines.map((line) => line.split(';') as [string, string, string]);
  rows.sort((a, b) => Number(a[1]) - Number(b[1]));
  const side = (state: string, isAfter: boolean) =>
    rows
      .filter(([name, year]) => name === state && Number(year) >= CHANGE === isAfter)
      .map(([, , packs]) => Number(packs));
  return [...new Set(rows.map(([state]) => state))].map((unit) => ({
    unit,
    before: side(unit, false),
    after: side(unit, true),
  }));
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b) / values.length;
const states = readStates();
const treated = states.find(({ unit }) => unit === 'California')!;
const comparison = states.filter((state) => state !== treated);

describe("California's Proposition 99", () => {
  it('is reproduced by a difference in differences with one treated unit', () => {
    const readings = ({ before, after }: UnitSeries) => ({ before: mean(before), after: mean(after) });
    const found = differenceInDifferences({
      treated: changesOf([readings(treated)]),
      comparison: changesOf(comparison.map(readings)),
    });
    expect(found.estimate).toBeCloseTo(-27.349, 3);
    expect(found.standardError).toBeCloseTo(17.519, 3);
    expect(found.p).toBeCloseTo(4 / 39, 12);
    expect(found.n).toBe(39);
  });

  it('is reproduced by a synthetic control of earlier values alone, no placebo left out', () => {
    const found = syntheticControl({ treated, comparison });
    expect(Math.abs(found.estimate + 19.51)).toBeLessThanOrEqual(0.01);
    expect(found.standardError).toBeCloseTo(10.776, 3);
    expect(found.rmspe.before).toBeCloseTo(1.656, 3);
    expect(found.p).toBeCloseTo(3 / 39, 12);
    expect(found.n).toBe(39);
    expect(found.placebos).toHaveLength(38);
    const carrying = found.weights.filter(({ weight }) => weight > 0.001).map(({ unit }) => unit);
    expect(carrying).toEqual(expect.arrayContaining(['Utah', 'Montana', 'Nevada', 'Connecticut']));
  });
});
