import type { Criterion } from '@talkoot/api-contracts/projects';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareFractions, fraction, parseFraction, plus } from '../number/fraction.ts';
import { charter, cyclists } from '../projects.fixture.ts';
import { draftAssessment, finalScore } from './assessment.ts';
import type { AssessmentBasis } from './assessment.ts';
import { lockCriteria } from './criteria.lock.ts';
import { meanOf } from './estimates.ts';
import type { Standing } from './estimates.ts';

const charted = { charter, charterSha256: 'c'.repeat(64) };
const AT = '2027-01-01T00:00:00.000Z';
const criterion = (n: number, changes: Partial<Criterion> = {}): Criterion => ({
  ...cyclists,
  ...changes,
  criterionId: `crt-${n}`,
});
const reading = (
  n: number,
  collection: string,
  value: string,
  changes: Partial<Standing> = {},
): Standing => ({
  criterionId: `crt-${n}`,
  collection,
  value,
  group: 'treated',
  unitName: null,
  period: null,
  ...changes,
});
const vote = (options: [number, number][], ballots = 100) => ({
  pollId: 'pol-1',
  counted: true,
  ballots,
  roll: 100,
  options: options.map(([yes, no], n) => ({ optionId: `crt-${n}`, yes, no })),
});

const drafted = (
  lock: AssessmentBasis['lock'],
  observations: readonly Standing[],
  sideEffects: AssessmentBasis['sideEffects'],
  collections: readonly string[] = [],
) => draftAssessment({ projectId: 'prj-1', lock, observations, sideEffects, collections });

describe('the lock of the criteria', () => {
  const counts = fc.tuple(fc.nat(1000), fc.nat(1000));
  it('accepts what more approve than reject, with weights that add up to 1', () => {
    fc.assert(
      fc.property(fc.array(counts, { minLength: 1, maxLength: 20 }), (options) => {
        const criteria = options.map((_, n) => criterion(n));
        const lock = lockCriteria(criteria, vote(options), charted, AT);
        expect(lock.criteria.map(({ accepted }) => accepted)).toEqual(options.map(([yes, no]) => yes > no));
        const sum = lock.criteria.map(({ weight }) => parseFraction(weight)).reduce(plus, fraction(0n, 1n));
        const some = options.some(([yes, no]) => yes > no);
        expect(compareFractions(sum, fraction(some ? 1n : 0n, 1n))).toBe(0);
      }),
    );
  });
  it('follows the charter when too few voted', () => {
    const lock = (withoutQuorum: 'all-equal' | 'none') =>
      lockCriteria(
        [criterion(0), criterion(1)],
        vote(
          [
            [9, 0],
            [0, 9],
          ],
          9,
        ),
        { ...charted, charter: { ...charter, criteria: { quorum: '1/10', withoutQuorum } } },
        AT,
      );
    expect(lock('all-equal').criteria.map(({ weight }) => weight)).toEqual(['1/2', '1/2']);
    expect(lock('none').criteria.map(({ accepted }) => accepted)).toEqual([false, false]);
  });
  it('follows the charter when the poll came to no result, however low the quorum', () => {
    const withheld = { ...vote([], 0), counted: false };
    const lock = (withoutQuorum: 'all-equal' | 'none') =>
      lockCriteria(
        [criterion(0), criterion(1)],
        withheld,
        { ...charted, charter: { ...charter, criteria: { quorum: '0', withoutQuorum } } },
        AT,
      );
    expect(lock('all-equal')).toMatchObject({ quorumReached: false });
    expect(lock('all-equal').criteria.map(({ weight }) => weight)).toEqual(['1/2', '1/2']);
    expect(lock('none').criteria.map(({ accepted }) => accepted)).toEqual([false, false]);
  });
  it('has a hash of all that was locked', () => {
    const lock = (yes: number) => lockCriteria([criterion(0)], vote([[yes, 0]]), charted, AT).sha256;
    expect(lock(5)).toBe(lock(5));
    expect(lock(5)).not.toBe(lock(6));
  });
});

describe('a draft of an assessment', () => {
  const lockOf = (...criteria: Criterion[]) =>
    lockCriteria(criteria, vote(criteria.map(() => [10, 0])), charted, AT);

  it('does not depend on the order of observations', () => {
    const readings = fc.array(fc.integer({ min: 0, max: 100_000 }), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(readings, (values) => {
        const observations = values.map((value) => reading(0, 'c1', (value / 100).toFixed(2)));
        const draft = (many: Standing[]) => drafted(lockOf(criterion(0)), many, []).sha256;
        expect(draft(observations.toReversed())).toBe(draft(observations));
      }),
    );
  });
  it('compares with other units: what the others changed is no effect', () => {
    const compared = criterion(0, { comparator: 'comparison-units', goal: '250', failureBound: '100' });
    const others = (collection: string, value: string, unitName: string) =>
      reading(0, collection, value, { group: 'comparison', unitName });
    const observations = [
      others('baseline', '100', 'Harju'),
      others('baseline', '200', 'Rantala'),
      others('c1', '104', 'Harju'),
      others('c1', '206', 'Rantala'),
      reading(0, 'c1', '250'),
    ];
    const draft = drafted(lockOf(compared), observations, []);
    // +10 here, +5 elsewhere on average: half of the way to the goal.
    expect(draft.criteria[0]).toMatchObject({ estimate: '5.000000', achievement: '1/2' });
  });
  it('names the units that cannot be compared, in the assumptions or in the note', () => {
    const compared = criterion(0, { comparator: 'comparison-units', goal: '250', failureBound: '100' });
    const others = (collection: string, value: string, unitName: string) =>
      reading(0, collection, value, { group: 'comparison', unitName });
    const whole = [others('baseline', '100', 'Harju'), others('c1', '105', 'Harju'), reading(0, 'c1', '250')];
    const broken = [others('baseline', '200', 'Rantala'), others('c1', '150', 'Kivelä')];
    const result = (many: Standing[]) => drafted(lockOf(compared), many, []).criteria[0]!;
    const named = 'Left out, as a reading is missing: Kivelä, Rantala.';
    expect(result([...whole, ...broken]).assumptions.at(-1)).toBe(named);
    expect(result([whole[2]!, ...broken])).toMatchObject({
      missing: true,
      note: expect.stringContaining(named),
    });
    const read = [...whole, reading(0, 'baseline', '244')];
    expect(result(read)).toMatchObject({ baseline: '240', estimate: '1.000000' });
    expect(result(read).assumptions.at(-1)).toContain('Δ from the registered baseline');
  });
  it('counts before and after from the registered baseline, whatever is read later, and says what was read', () => {
    const seen = [reading(0, 'baseline', '250'), reading(0, 'baseline', '260'), reading(0, 'c1', '300')];
    const [result] = drafted(lockOf(criterion(0)), seen, []).criteria;
    expect(result).toMatchObject({ method: 'before-after', estimate: '60.000000', achievement: '3/4' });
    expect(result!.assumptions.at(-1)).toBe(
      'The registered baseline 240 counts; readings before the work had a mean of 255.',
    );
  });
  it('names the planned collections without readings, in what is signed', () => {
    const lock = lockOf(criterion(0));
    const planned = ['c1', 'c2', 'c3'];
    const draft = (plan: string[]) => drafted(lock, [reading(0, 'c2', '320')], [], plan);
    expect(draft(planned).criteria[0]).toMatchObject({ missing: false, missingCollections: ['c1', 'c3'] });
    expect(draft(planned).sha256).not.toBe(draft(['c2']).sha256);
  });
  it('weighs other units so that they went the same way before, and names who is left out', () => {
    const weighed = criterion(0, { comparator: 'synthetic-control', periods: 'month', goal: '250' });
    const { failureBound: _, ...unbounded } = weighed;
    const months = ['2026-01', '2026-02', '2026-03', '2027-01', '2027-02'];
    const unit = (values: readonly number[], unitName?: string) =>
      values.map((value, at) =>
        reading(0, at < 3 ? 'baseline' : 'c1', String(value), {
          period: months[at]!,
          ...(unitName ? { group: 'comparison', unitName } : {}),
        }),
      );
    const lock = lockOf(unbounded);
    const others = [
      ...unit([220, 230, 226, 230, 232], 'Harju'),
      ...unit([260, 250, 258, 262, 260], 'Rantala'),
    ];
    const observations = [
      ...unit([240, 240, 242, 252, 254]),
      ...others,
      ...unit([300, 250, 333, 280], 'Kivelä'),
    ];
    const [result] = drafted(lock, observations, []).criteria;
    // Half of each of the two: 246 after, and 253 here.
    expect(result).toMatchObject({
      method: 'synthetic-control',
      estimate: '7.000000',
      achievement: '7/10',
      n: 3,
    });
    expect(result!.computation).toContain('weight of Harju: 0.5');
    expect(result!.assumptions.at(-1)).toBe('Left out, as a reading is missing: Kivelä.');
    const alone = drafted(
      lock,
      observations.filter(({ unitName }) => unitName !== 'Harju'),
      [],
    );
    expect(alone.criteria[0]).toMatchObject({
      missing: true,
      estimate: null,
      note: expect.stringContaining('at least 2 comparison units'),
    });
  });
  it('reads a series of counts against its earlier trend, and counts too short a one as missing', () => {
    const series = criterion(0, { comparator: 'interrupted-time-series', periods: 'year', goal: '360' });
    const { failureBound: _, ...unbounded } = series;
    const counts = (after: number) => [
      ...[100, 120, 144, 173].map((value, at) =>
        reading(0, 'baseline', `${value}`, { period: `${2020 + at}` }),
      ),
      ...[300, 360, 432]
        .slice(0, after)
        .map((value, at) => reading(0, 'c1', `${value}`, { period: `${2024 + at}` })),
    ];
    const [result] = drafted(lockOf(unbounded), counts(3), []).criteria;
    expect(result).toMatchObject({
      method: 'interrupted-time-series',
      observed: '364.000000',
      n: 7,
      missing: false,
    });
    expect(Number(result!.estimate)).toBeCloseTo(364 - (207.4 + 248.9 + 298.7) / 3, -1);
    expect(result!.computation.some((text) => text.startsWith('scale: '))).toBe(true);
    const [short] = drafted(lockOf(unbounded), counts(2), []).criteria;
    expect(short).toMatchObject({ missing: true, note: 'at least 3 periods on each side are needed' });
  });
  it('counts a crossed failure bound as failed, whatever the others say', () => {
    const draft = drafted(lockOf(criterion(0)), [reading(0, 'c1', '200')], []);
    expect(draft.criteria[0]).toMatchObject({ failed: true, achievement: '-1' });
  });
  it('scores from a measured baseline, and counts as missing what that baseline contradicts', () => {
    const { baseline: _, failureBound: __, ...later } = criterion(0);
    const measured = (value: string) =>
      drafted(lockOf(later), [reading(0, 'baseline', value), reading(0, 'c1', '300')], []);
    expect(measured('280')).toMatchObject({ score: '1/2', criteria: [{ baseline: '280' }] });
    expect(measured('320')).toMatchObject({ score: '0', payable: false, criteria: [{ missing: true }] });
  });
  it('counts numbers as missing that are too large to be signed exactly', () => {
    const huge = [reading(0, 'c1', '999999999999999')];
    const deep = criterion(0, { baseline: { value: '-999999999999999', observedAt: AT }, goal: '0' });
    const { failureBound: _, ...unbounded } = deep;
    expect(drafted(lockOf(unbounded), huge, [])).toMatchObject({
      payable: false,
      missingWeight: '1',
    });
  });
  it('keeps the weight of what is missing, and carries no bonus above a third', () => {
    const lock = lockOf(criterion(0), criterion(1), criterion(2));
    const seen = [reading(0, 'c1', '320'), reading(1, 'c1', '320')];
    expect(drafted(lock, seen, [])).toMatchObject({
      score: '2/3',
      missingWeight: '1/3',
      payable: true,
    });
    expect(drafted(lock, seen.slice(1), [])).toMatchObject({ score: '1/3', payable: false });
  });
});

describe('the final score', () => {
  it('is the signed score and what citizens accepted, within the bounds of the charter', () => {
    const lock = lockCriteria([criterion(0)], vote([[10, 0]]), charted, AT);
    const effects = ['0.05', '-0.1', '0.9'].map((points, n) => ({
      sideEffectId: `sef-${n}`,
      title: 'An effect',
      direction: 'good',
      points,
    }));
    const draft = drafted(lock, [reading(0, 'c1', '280')], effects);
    const tally = (...yes: number[]) => yes.map((count, n) => ({ optionId: `sef-${n}`, yes: count, no: 5 }));
    expect(finalScore(lock, draft, []).score).toBe('1/2');
    expect(finalScore(lock, draft, tally(6, 6, 5)).score).toBe('9/20');
    expect(finalScore(lock, draft, tally(0, 0, 6)).score).toBe('7/10');
  });
  it('without side effects repeats the draft', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1000 }), (value) => {
        const lock = lockCriteria([criterion(0)], vote([[10, 0]]), charted, AT);
        const draft = drafted(lock, [reading(0, 'c1', String(value))], []);
        expect(finalScore(lock, draft, []).score).toBe(draft.score);
      }),
    );
  });
});

describe('a measured mean', () => {
  it('is exact to six places, half to even', () => {
    expect(meanOf([])).toBeNull();
    expect(meanOf(['1', '2'])).toBe('1.5');
    expect(meanOf(['1', '1', '2'])).toBe('1.333333');
    expect(meanOf(['0.000001', '0'])).toBe('0');
    expect(meanOf(['-10', '-10'])).toBe('-10');
  });
});
