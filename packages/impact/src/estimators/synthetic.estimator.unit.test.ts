import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineText, syntheticControl } from '../index.ts';
import type { UnitSeries } from '../index.ts';

const code = (name: string) => expect.objectContaining({ code: name });
const series = (unit: string, before: number[], after: number[]): UnitSeries => ({ unit, before, after });
const schools = [
  series('Harju', [10, 12, 11, 13], [12, 13]),
  series('Rantala', [20, 18, 22, 19], [21, 22]),
  series('Kivelä', [15, 15, 16, 30], [40, 41]),
];
const treated = series('Lintula', [15, 15, 16.5, 16], [10, 11]);

describe('a synthetic control', () => {
  it('is the mixture of other units that was nearest before, and shows every step', () => {
    const found = syntheticControl({ treated, comparison: schools });
    expect(found.weights).toEqual([
      { unit: 'Harju', weight: expect.closeTo(0.5, 12) },
      { unit: 'Rantala', weight: expect.closeTo(0.5, 12) },
      { unit: 'Kivelä', weight: 0 },
    ]);
    expect(found).toMatchObject({
      estimate: expect.closeTo(-6.5, 12),
      rmspe: { before: expect.closeTo(0, 12), after: expect.closeTo(6.5, 1) },
      n: 4,
      observed: 10.5,
      degreesOfFreedom: 2,
    });
    const lines = found.computation.map(lineText);
    expect(lines).toContain('weight of Harju: 0.5');
    expect(lines).toContain('effect: mean after 10.5 − (synthetic 17) = -6.5');
    expect(lines.some((line) => line.startsWith('standard error: standard deviation of 3 placebos = '))).toBe(
      true,
    );
  });

  it('takes off whatever happened to everybody, and follows the unit of measure', () => {
    const value = fc.integer({ min: 0, max: 1_000 });
    const rows = fc.array(fc.array(value, { minLength: 11, maxLength: 11 }), { minLength: 4, maxLength: 6 });
    fc.assert(
      fc.property(
        rows,
        fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 11, maxLength: 11 }),
        (all, drift) => {
          const estimate = (change: (one: number, at: number) => number) => {
            const [first, ...others] = all.map((row, index) => {
              const moved = row.map(change);
              return series(`u${index}`, moved.slice(0, 8), moved.slice(8));
            }) as [UnitSeries, ...UnitSeries[]];
            return syntheticControl({ treated: first, comparison: others });
          };
          const plain = estimate((one) => one);
          expect(estimate((one, at) => one + drift[at]!).estimate).toBeCloseTo(plain.estimate, 5);
          expect(estimate((one) => one * 8).standardError).toBeCloseTo(plain.standardError! * 8, 5);
          expect(plain.p).toBeGreaterThanOrEqual(1 / all.length);
        },
      ),
    );
  });

  it('is refused without enough periods or units, with gaps, repetitions or more than one answer', () => {
    const estimate = (change: { treated?: UnitSeries; comparison?: UnitSeries[] }) => () =>
      syntheticControl({ treated, comparison: schools, ...change });
    const [harju, rantala, kivela] = schools as [UnitSeries, UnitSeries, UnitSeries];
    expect(estimate({ comparison: [harju] })).toThrow(code('too-few-observations'));
    const short = (one: UnitSeries) => ({ ...one, before: one.before.slice(0, 1) });
    expect(estimate({ treated: short(treated), comparison: schools.map(short) })).toThrow(
      code('too-few-observations'),
    );
    expect(
      estimate({ comparison: Array.from({ length: 101 }, (_, at) => ({ ...harju, unit: `${at}` })) }),
    ).toThrow(code('too-many-observations'));
    expect(estimate({ comparison: [harju, rantala, short(kivela)] })).toThrow(code('panel-unbalanced'));
    expect(estimate({ comparison: [harju, rantala, harju] })).toThrow(code('duplicate-id'));
    expect(estimate({ comparison: [harju, { ...rantala, after: [21, Number.NaN] }] })).toThrow(
      code('number-not-finite'),
    );
    expect(estimate({ comparison: [harju, rantala, { ...rantala, unit: 'Twin' }] })).toThrow(
      code('design-singular'),
    );
  });
});
