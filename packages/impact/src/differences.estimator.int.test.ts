import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { changesOf, differenceInDifferences } from './index.ts';

const shared = process.env.TALKOOT_SHARED ?? join(import.meta.dirname, '../../../../shared');

/** Mean packs per head before and from 1989, by state. */
function readStates(): Map<string, { before: number; after: number }> {
  const byState = new Map<string, { before: number[]; after: number[] }>();
  for (const line of readFileSync(join(shared, 'measurement/prop99.csv'), 'utf8')
    .trim()
    .split(/\r?\n/)
    .slice(1)) {
    const [state = '', year, packs] = line.split(';');
    const sides = byState.get(state) ?? { before: [], after: [] };
    sides[Number(year) < 1989 ? 'before' : 'after'].push(Number(packs));
    byState.set(state, sides);
  }
  const mean = (values: number[]) => values.reduce((a, b) => a + b) / values.length;
  return new Map(
    [...byState].map(([state, { before, after }]) => [state, { before: mean(before), after: mean(after) }]),
  );
}

describe('difference in differences with one treated unit', () => {
  it("reproduces California's Proposition 99", () => {
    const states = readStates();
    const california = states.get('California')!;
    states.delete('California');
    const found = differenceInDifferences({
      treated: changesOf([california]),
      comparison: changesOf([...states.values()]),
    });
    expect(found.estimate).toBeCloseTo(-27.349, 3);
    expect(found.standardError).toBeCloseTo(17.519, 3);
    expect(found.p).toBeCloseTo(4 / 39, 12);
    expect(found.n).toBe(39);
  });
});
