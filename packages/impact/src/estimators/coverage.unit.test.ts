import { describe, expect, it } from 'vitest';
import {
  againstGoal,
  beforeAfter,
  differenceInDifferences,
  interruptedTimeSeries,
  syntheticControl,
} from '../index.ts';
import type { Estimate, UnitSeries } from '../index.ts';

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

let random = randomFrom(0);
/** Box and Muller. */
const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const normals = (n: number, mean = 0, deviation = 1) =>
  Array.from({ length: n }, () => mean + deviation * normal());
/** Most values small, a few large; their mean is 1. */
const skewed = (n: number) => Array.from({ length: n }, () => -Math.log(1 - random()));

function poisson(mean: number): number {
  let count = 0;
  for (let left = random(); left > Math.exp(-mean); left *= random()) count += 1;
  return count;
}

/** One treated unit among others that share two moving influences; the truth is an effect of −2. */
function panel(comparison: number, before: number) {
  const periods = before + 4;
  const influences = [normals(periods, 10, 3), normals(periods, 5, 3)];
  const unit = (name: string, effect: number): UnitSeries => {
    const [first, second] = [random(), random()];
    const values = Array.from({ length: periods }, (_, at) => {
      const common = first * influences[0]![at]! + second * influences[1]![at]!;
      return common + 0.5 * normal() + (at < before ? 0 : effect);
    });
    return { unit: name, before: values.slice(0, before), after: values.slice(before) };
  };
  return {
    treated: unit('treated', -2),
    comparison: Array.from({ length: comparison }, (_, at) => unit(`${at}`, 0)),
  };
}

const rate = (period: number, change: number) =>
  Math.exp(3.8 + 0.01 * period + (period < change ? 0 : -0.3 - 0.02 * (period - change)));
const rateWithout = (period: number) => Math.exp(3.8 + 0.01 * period);

/** Counts that vary `scale` times as much as Poisson counts, moved by waves of that autocorrelation. */
function series(periods: number, scale: number, autocorrelation: number) {
  const change = periods / 2 + 1;
  let wave = normal();
  const counts = Array.from({ length: periods }, (_, at) => {
    wave = autocorrelation * wave + Math.sqrt(1 - autocorrelation ** 2) * normal();
    const moved = autocorrelation === 0 ? 1 : Math.exp(0.25 * wave - 0.25 ** 2 / 2);
    return { period: at + 1, value: scale * poisson((rate(at + 1, change) * moved) / scale) };
  });
  return { before: counts.slice(0, periods / 2), after: counts.slice(periods / 2) };
}

function seriesEffect(periods: number): number {
  const change = periods / 2 + 1;
  const after = Array.from({ length: periods / 2 }, (_, at) => change + at);
  return after.reduce((sum, at) => sum + rate(at, change) - rateWithout(at), 0) / after.length;
}

interface Case {
  readonly name: string;
  readonly runs: number;
  readonly truth: number;
  readonly estimate: () => Estimate;
  /** Shares of the 80% and 95% intervals that hold the truth, as found in many more runs. */
  readonly held: readonly [number, number];
}

const cases: readonly Case[] = [
  {
    name: 'against a goal, 4 readings',
    runs: 2_000,
    truth: 2,
    estimate: () => againstGoal({ baseline: 0, goal: 1, observations: normals(4, 2) }),
    held: [0.8, 0.95],
  },
  {
    name: 'against a goal, 4 skewed readings: too seldom',
    runs: 2_000,
    truth: 1,
    estimate: () => againstGoal({ baseline: 0, goal: 2, observations: skewed(4) }),
    held: [0.74, 0.88],
  },
  {
    name: 'before and after, 5 against 8 that vary three times as much',
    runs: 2_000,
    truth: 2,
    estimate: () => beforeAfter({ before: normals(5, 1), after: normals(8, 3, 3) }),
    held: [0.8, 0.95],
  },
  {
    name: 'difference in differences, 4 units against 10',
    runs: 2_000,
    truth: 2,
    estimate: () => differenceInDifferences({ treated: normals(4, 3, 2), comparison: normals(10, 1) }),
    held: [0.79, 0.935],
  },
  {
    name: 'difference in differences, one unit against 5',
    runs: 2_000,
    truth: 2,
    estimate: () => differenceInDifferences({ treated: normals(1, 3), comparison: normals(5, 1) }),
    held: [0.83, 0.96],
  },
  {
    name: 'synthetic control of 5 units over 8 periods: the wide interval too seldom',
    runs: 200,
    truth: -2,
    estimate: () => syntheticControl(panel(5, 8)),
    held: [0.83, 0.915],
  },
  {
    name: 'synthetic control of 10 units over 12 periods',
    runs: 200,
    truth: -2,
    estimate: () => syntheticControl(panel(10, 12)),
    held: [0.87, 0.94],
  },
  {
    name: 'interrupted time series of 12 periods, twice as variable as Poisson counts',
    runs: 400,
    truth: seriesEffect(12),
    estimate: () => interruptedTimeSeries(series(12, 2, 0)),
    held: [0.81, 0.95],
  },
  {
    name: 'interrupted time series of 24 periods, twice as variable as Poisson counts',
    runs: 400,
    truth: seriesEffect(24),
    estimate: () => interruptedTimeSeries(series(24, 2, 0)),
    held: [0.81, 0.95],
  },
  {
    name: 'interrupted time series of 24 periods that resemble their neighbours (0.6): far too seldom',
    runs: 400,
    truth: seriesEffect(24),
    estimate: () => interruptedTimeSeries(series(24, 1, 0.6)),
    held: [0.58, 0.8],
  },
];

function coverageOf({ runs, truth, estimate }: Case): [number, number] {
  let [at80, at95] = [0, 0];
  for (let run = 0; run < runs; run += 1) {
    const { interval80, interval95 } = estimate();
    if (interval80!.low <= truth && truth <= interval80!.high) at80 += 1;
    if (interval95!.low <= truth && truth <= interval95!.high) at95 += 1;
  }
  return [at80 / runs, at95 / runs];
}

describe('intervals hold a truth that is known as often as the README says', () => {
  it.each(cases)('$name', (one) => {
    random = randomFrom(20_261_127);
    const found = coverageOf(one);
    for (const [at, held] of one.held.entries()) {
      const chance = Math.sqrt((held * (1 - held)) / one.runs);
      expect(Math.abs(found[at]! - held)).toBeLessThan(0.005 + 3 * chance);
    }
  });
});
