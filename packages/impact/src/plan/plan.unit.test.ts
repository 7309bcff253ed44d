import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimatePlan, EstimatesShape, MeasurementPlanShape, panelLimits } from '../plan.ts';
import { committedDocuments } from '../committed-documents.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFileSync(`${root}${path}`);
const jsonOf = (path: string) => JSON.parse(read(path).toString()) as Record<string, unknown>;
const code = (name: string) => expect.objectContaining({ code: name });
const bytes = (text: string) => new TextEncoder().encode(text);

const ajv = new Ajv({ strict: true, allErrors: true });
const schemaOf = (name: string) => ajv.compile(jsonOf(`schemas/${name}.json`));
const [isPlan, isEstimates] = [schemaOf('measurement-plan'), schemaOf('estimates')];
const plans = readdirSync(`${root}examples`).filter((name) => name.endsWith('.plan.json'));
const withData = plans.filter((name) => name !== 'proposition-99.plan.json');
const dataOf = (plan: string) => read(`examples/${plan.replace('.plan.json', '.csv')}`);

describe('the committed schemas', () => {
  it('are those of the shapes', () => {
    for (const [path, text] of committedDocuments()) expect(read(path).toString()).toBe(text);
  });

  it.each(plans)('accept the plan %s as its shape does', (name) => {
    const plan = jsonOf(`examples/${name}`);
    expect(isPlan(plan)).toBe(true);
    expect(MeasurementPlanShape.safeParse(plan).success).toBe(true);
  });

  it('refuse with the shape a plan that lacks or misspells anything', () => {
    for (const name of plans) {
      const plan = jsonOf(`examples/${name}`) as { criteria: Record<string, unknown>[] };
      const [first] = plan.criteria as [Record<string, unknown>];
      const needed = Object.keys(first).filter((key) => !['metric', 'where', 'comparison'].includes(key));
      const spoilt = [
        { ...plan, criteria: [] },
        { ...plan, columns: {} },
        ...needed.map((key) => ({ ...plan, criteria: [{ ...first, [key]: undefined }] })),
        { ...plan, criteria: [{ ...first, comparator: 'guess' }] },
        { ...plan, criteria: [{ ...first, treeted: 'x' }] },
      ].map((one) => JSON.parse(JSON.stringify(one)) as unknown);
      for (const one of spoilt) {
        expect(isPlan(one)).toBe(false);
        expect(MeasurementPlanShape.safeParse(one).success).toBe(false);
      }
    }
  });

  it.each(withData)('describe what comes of %s', (name) => {
    const estimates = JSON.parse(
      JSON.stringify(estimatePlan(jsonOf(`examples/${name}`), dataOf(name))),
    ) as unknown;
    expect(isEstimates(estimates)).toBe(true);
    expect(EstimatesShape.parse(estimates)).toEqual(estimates);
  });
});

describe('a measurement plan', () => {
  it("reproduces Card and Krueger's balanced stores from their table", () => {
    const { estimates } = estimatePlan(
      jsonOf('examples/card-krueger.plan.json'),
      dataOf('card-krueger.plan.json'),
    );
    expect(estimates[0]).toMatchObject({
      estimate: expect.closeTo(2.75, 10),
      standardError: expect.closeTo(1.3423, 4),
      degreesOfFreedom: expect.closeTo(96.88, 2),
      n: 384,
    });
  });

  it('reproduces the interrupted time series from its counts', () => {
    const { estimates } = estimatePlan(jsonOf('examples/accidents.plan.json'), dataOf('accidents.plan.json'));
    expect(estimates[0]).toMatchObject({
      coefficients: {
        level: { estimate: expect.closeTo(-0.30977, 5), standardError: expect.closeTo(0.17197, 5) },
        trendChange: { estimate: expect.closeTo(-0.04644, 5), standardError: expect.closeTo(0.0261, 5) },
      },
      scale: expect.closeTo(2.0234, 4),
      n: 24,
    });
  });

  it('takes each criterion from its own rows by its own comparator', () => {
    const { estimates } = estimatePlan(
      jsonOf('examples/school-food.plan.json'),
      dataOf('school-food.plan.json'),
    );
    expect(estimates.map(({ method, n }) => [method, n])).toEqual([
      ['difference-in-differences', 4],
      ['against-goal', 2],
      ['before-after', 8],
    ]);
    // −0.65 at Lintula; 0.1, −0.05 and −0.05 elsewhere
    expect(estimates[0]!.estimate).toBeCloseTo(-0.65, 12);
    expect(estimates[1]!.estimate).toBe(113.5);
    expect(estimates[0]!.computation).toContain('effect: -0.65 − (0) = -0.65');
  });
});

const series = (changes: object = {}) => ({
  criteria: [
    {
      criterionId: 'c',
      unit: 'cars',
      comparator: 'interrupted-time-series',
      columns: { period: 'month', value: 'count', unit: 'unit' },
      periods: 'month',
      from: '2026-04',
      ...changes,
    },
  ],
});
const header = 'month,count,unit';
const months = (counts: readonly (number | string)[], unit = 'cars') =>
  counts.map((count, at) => `2026-${String(at + 1).padStart(2, '0')},${count},${unit}`);
const data = (lines: readonly string[], head = header) => bytes([head, ...lines].join('\n'));
const good = months([5, 7, 6, 3, 4, 2]);

const school = (changes: object = {}) => ({
  criteria: [
    {
      criterionId: 'c',
      unit: 'days',
      comparator: 'synthetic-control',
      columns: { unitName: 'school', period: 'year', value: 'days' },
      periods: 'year',
      from: '2026',
      treated: 'A',
      ...changes,
    },
  ],
});
const panel = (rows: Readonly<Record<string, readonly number[]>>, from = 2023) =>
  data(
    Object.entries(rows).flatMap(([name, values]) =>
      values.map((value, at) => `${name},${from + at},${value}`),
    ),
    'school,year,days',
  );
const schools = { A: [5, 6, 5, 3], B: [4, 6, 5, 6], C: [7, 6, 8, 7], D: [3, 3, 2, 3] };

describe('bad input is refused with its code', () => {
  it.each<[string, unknown, Uint8Array]>([
    ['plan-malformed', series({ periods: 'week' }), data(good)],
    ['plan-malformed', null, data(good)],
    ['duplicate-id', { criteria: [...series().criteria, ...series().criteria] }, data(good)],
    ['file-too-large', series(), new Uint8Array(panelLimits.bytes + 1)],
    ['csv-malformed', series(), new Uint8Array([0x6d, 0xff])],
    ['csv-malformed', series(), data([...good, '2026-07,4'])],
    ['csv-malformed', series(), data([...good, '"2026-07'])],
    ['csv-malformed', series(), data(good, 'month,count,count')],
    ['column-unknown', series({ columns: { period: 'month', value: 'cars' } }), data(good)],
    ['column-unknown', series({ where: { place: 'bridge' } }), data(good)],
    ['no-observations', series({ where: { unit: 'buses' } }), data(good)],
    ['no-observations', series(), data([])],
    ['unit-mismatch', series(), data([...good.slice(1), '2026-01,5,bicycles'])],
    ['number-malformed', series(), data(months([5, 'NaN', 6, 3, 4, 2]))],
    ['number-malformed', series(), data(months([5, '', 6, 3, 4, 2]))],
    ['number-malformed', series(), data(months([5, '1e999', 6, 3, 4, 2]))],
    ['number-malformed', series(), data(months([5, '0x10', 6, 3, 4, 2]))],
    ['period-malformed', series(), data([...good, '2026-13,4,cars'])],
    ['period-malformed', series({ from: '2026' }), data(good)],
    ['period-malformed', series({ periods: 'day', from: '2026-02-30' }), data(good)],
    ['duplicate-observation', series(), data([...good, good[0]!])],
    ['too-few-observations', series(), data(good.slice(0, 5))],
    ['count-negative', series(), data(months([5, 7, 6, 3, -4, 2]))],
    ['not-converged', series(), data(months([5, 7, 6, 0, 0, 0]))],
    ['unit-unknown', school({ treated: 'Z' }), panel(schools)],
    ['unit-unknown', school({ comparison: ['B', 'Z'] }), panel(schools)],
    ['duplicate-id', school({ comparison: ['A', 'B'] }), panel(schools)],
    ['panel-unbalanced', school(), panel({ ...schools, B: [4, 6, 5] })],
    ['too-few-observations', school(), panel({ A: schools.A, B: schools.B })],
    ['design-singular', school(), panel({ ...schools, E: schools.B, B: schools.B, A: [4, 6, 5.2, 6] })],
  ])('%s', (name, plan, csv) => {
    expect(() => estimatePlan(plan, csv)).toThrow(code(name));
  });

  it('also in a table of summaries, and where a unit lacks a side', () => {
    const plan = jsonOf('examples/card-krueger.plan.json');
    const [head, first, second] = dataOf('card-krueger.plan.json').toString().trim().split('\n') as [
      string,
      string,
      string,
    ];
    const estimate =
      (...lines: string[]) =>
      () =>
        estimatePlan(plan, data(lines, head));
    expect(estimate(second)).toThrow(code('unit-unknown'));
    expect(estimate(first)).toThrow(code('duplicate-observation'));
    expect(estimate(first, second, second)).toThrow(code('duplicate-observation'));
    expect(estimate(first, second.replace('75', '0'))).toThrow(code('no-observations'));
    expect(estimate(first, second.replace('117', '-117'))).toThrow(code('number-not-finite'));
    const units = { comparator: 'comparison-units', data: 'readings', treated: ['A'] };
    expect(() => estimatePlan(school({ ...units, from: '2023' }), panel(schools))).toThrow(
      code('panel-unbalanced'),
    );
  });

  it('names the criterion and the line, and no control characters of the file', () => {
    const evil = months([5, '\u001B[31m', 6, 3, 4, 2]);
    expect(() => estimatePlan(series(), data(evil))).toThrow(
      /^c: line 3: "\u{FFFD}\[31m" in "count" is no number$/u,
    );
  });

  it('whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
        expect(() => estimatePlan(series(), noise)).toThrow(
          expect.objectContaining({ name: 'ImpactError', code: expect.any(String) }),
        );
      }),
    );
  });
});
