import type { Criterion } from '@talkoot/api-contracts/projects';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { charter, cyclists } from '../projects.fixture.ts';
import { readObservations } from './observation.csv.ts';
import { collectionWindows, flawOfReading, missingIn } from './observation.ts';
import type { Reading } from './observation.ts';

const header = 'criterion,collection,observed_at,value,unit,group,unit_name,period';
const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;

describe('observations as CSV', () => {
  it('are read as they were written, whatever the units are called', () => {
    const names = fc
      .string({ minLength: 1, maxLength: 20 })
      .filter((one) => /^[^\p{C}]+$/u.test(one) && one.trim() === one);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer(), names), { minLength: 1, maxLength: 20 }), (rows) => {
        const lines = rows.map(
          ([value, name]) => `crt-1,c1,2026-11-01T10:00:00Z,${value},cars,,${quoted(name)},`,
        );
        const read = readObservations([header, ...lines].join('\n'));
        expect(
          Array.isArray(read) && read.map(({ line, reading }) => [line, reading.value, reading.unitName]),
        ).toEqual(rows.map(([value, name], index) => [index + 2, String(value), name]));
      }),
    );
  });
  it('name the line of every fault', () => {
    const text = [header, 'crt-1,c1,yesterday,1,cars,,,', 'crt-1,c1,2026-11-01T10:00:00Z,1e3,cars,,,'].join(
      '\n',
    );
    expect(readObservations(text)).toMatchObject({ offences: [{ at: 'line.2' }, { at: 'line.3' }] });
  });
  it('are refused, never misread, when they are broken', () => {
    fc.assert(
      fc.property(fc.string(), (noise) => {
        const read = readObservations(`${header}\n${noise}`);
        expect('offences' in read ? read.offences.length : 0).toBeGreaterThan(0);
      }),
    );
  });
});

describe('what is missing', () => {
  const plain: Criterion = { ...cyclists, criterionId: 'crt-1' };
  const { baseline: _, ...unmeasured } = plain;
  const seen = (collection: string, group: 'treated' | 'comparison') => ({
    criterionId: 'crt-1',
    collection,
    group,
    unitName: null,
    period: null,
  });

  it('is a reading of each side that is compared', () => {
    const compared = { ...plain, comparator: 'comparison-units' as const };
    expect(missingIn('c1', [plain], [])).toEqual(['crt-1']);
    expect(missingIn('c1', [plain], [seen('c1', 'treated')])).toEqual([]);
    expect(missingIn('c1', [compared], [seen('c1', 'treated')])).toEqual(['crt-1']);
    expect(missingIn('c1', [compared], [seen('c1', 'treated'), seen('c1', 'comparison')])).toEqual([]);
    expect(missingIn('baseline', [compared], [])).toEqual(['crt-1']);
  });
  it('is enough periods before the work where units are looked at over time, whatever baseline is stated', () => {
    const months = (count: number, unitName: string | null = null) =>
      Array.from({ length: count }, (_, at) => ({
        ...seen('baseline', unitName === null ? 'treated' : 'comparison'),
        unitName,
        period: `2026-0${at + 1}`,
      }));
    const series = { ...plain, comparator: 'interrupted-time-series' as const, periods: 'month' as const };
    expect(missingIn('baseline', [series], months(2))).toEqual(['crt-1']);
    expect(missingIn('baseline', [series], months(3))).toEqual([]);
    const weighed = { ...series, comparator: 'synthetic-control' as const };
    const own = months(2);
    expect(
      missingIn('baseline', [weighed], [...own, ...months(2, 'Harju'), ...months(1, 'Rantala')]),
    ).toEqual(['crt-1']);
    expect(
      missingIn('baseline', [weighed], [...own, ...months(2, 'Harju'), ...months(3, 'Rantala')]),
    ).toEqual([]);
    expect(missingIn('c1', [weighed], [seen('c1', 'treated')])).toEqual(['crt-1']);
  });
  it('is no baseline that was stated with the proposal', () => {
    expect(missingIn('baseline', [plain], [])).toEqual([]);
    expect(missingIn('baseline', [unmeasured], [])).toEqual(['crt-1']);
    expect(missingIn('baseline', [unmeasured], [seen('baseline', 'treated')])).toEqual([]);
  });
});

describe('the calendar of collections', () => {
  const startedAt = '2027-03-10T08:00:00.000Z';
  const due = ['2027-06-08T13:00:59.000Z', '2027-09-06T13:00:59.000Z'];
  const plan = ['P90D', 'P180D', 'P270D'].map((after, at) => ({ name: `c${at + 1}`, after }));

  it('observes each between the day the one before was due and the day the next one is', () => {
    expect(collectionWindows(plan, startedAt, charter)).toMatchObject([
      { name: 'c1', from: startedAt, until: due[1] },
      { name: 'c2', from: due[0], until: '2027-12-06T14:00:59.000Z' },
      { name: 'c3', from: due[1], until: null },
    ]);
    expect(collectionWindows(plan, null, charter)[1]).toEqual({ name: 'c2', from: null, until: null });
  });
  it('gives those that are due on one working day one window', () => {
    const days = ['P2D', 'P3D', 'P4D', 'P6D'].map((after, at) => ({ name: `c${at + 1}`, after }));
    // From Wednesday: Friday, and Saturday and Sunday until Monday.
    const [, second, third] = collectionWindows(days, startedAt, charter);
    expect(second).toEqual({ ...third, name: 'c2' });
    expect(second!.from! < second!.until!).toBe(true);
  });
  it('refuses what is observed outside the window, however late it is sent', () => {
    const flaw = (collection: string, observedAt: string, now = '2029-01-01T00:00:00.000Z') =>
      flawOfReading(
        { criterionId: 'crt-1', collection, observedAt, value: '1', unit: 'cyclists', group: 'treated' },
        {
          criteria: [{ ...cyclists, criterionId: 'crt-1' }],
          collections: collectionWindows(plan, startedAt, charter),
          startedAt,
          now: new Date(now),
        },
      );
    expect(flaw('c3', '2027-03-10T09:00:00.000Z')).toBe('outside-calendar');
    expect(flaw('c2', '2027-06-08T12:00:00.000Z')).toBe('outside-calendar');
    expect(flaw('c2', '2027-06-08T14:00:00.000Z')).toBeNull();
    expect(flaw('c1', '2027-09-06T14:00:00.000Z')).toBe('outside-calendar');
    expect(flaw('c1', '2027-08-01T14:00:00.000Z')).toBeNull();
    expect(flaw('c3', '2028-12-31T14:00:00.000Z')).toBeNull();
    expect(flaw('c3', '2028-12-31T14:00:00.000Z', '2028-12-01T14:00:00.000Z')).toBe('observed-ahead');
    expect(flaw('baseline', '2020-01-01T00:00:00.000Z')).toBeNull();
  });
});

describe('a reading of a unit over time', () => {
  const series: Criterion = {
    ...cyclists,
    criterionId: 'crt-1',
    comparator: 'interrupted-time-series',
    periods: 'month',
  };
  const rules = {
    criteria: [series],
    collections: [{ name: 'c1', from: '2027-03-10T08:00:00.000Z', until: null }],
    startedAt: '2027-03-10T08:00:00.000Z',
    now: new Date('2027-06-01T08:00:00.000Z'),
  };
  const flaw = (changes: Partial<Reading>) =>
    flawOfReading(
      {
        criterionId: 'crt-1',
        collection: 'c1',
        observedAt: '2027-05-31T20:00:00.000Z',
        value: '12',
        unit: 'cyclists',
        group: 'treated',
        ...changes,
      },
      rules,
    );

  it('names its period as the criterion writes them', () => {
    expect(flaw({ period: '2027-05' })).toBeNull();
    expect(flaw({})).toBe('period-mismatch');
    for (const period of ['2027', '2027-05-31', '2027-13']) expect(flaw({ period })).toBe('period-mismatch');
  });
  it('is neither of a time to come nor of one before the measurement began', () => {
    expect(flaw({ period: '2027-07' })).toBe('observed-ahead');
    expect(flaw({ period: '2027-06' })).toBeNull();
    expect(flaw({ period: '2027-03' })).toBeNull();
    expect(flaw({ period: '2027-02' })).toBe('outside-calendar');
    expect(flaw({ period: '2027-03', observedAt: '2027-03-10T07:00:00.000Z' })).toBe('outside-calendar');
    expect(flaw({ period: '2024-01', collection: 'baseline' })).toBeNull();
  });
});
