import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideRecord, isRecordFigure, lineText, recordRuleProblems } from './index.ts';
import type { RecordCriterion, RecordEvidence, RecordRules } from './index.ts';

const rules: RecordRules = {
  minimumRaters: 3,
  criteria: [
    { criterion: 'collaboration', weight: '2/5', full: '5' },
    { criterion: 'engagement', weight: '1/5', full: '1/2' },
    { criterion: 'hours', weight: '1/5', full: '1' },
    { criterion: 'skills-taught', weight: '1/10', full: '2' },
    { criterion: 'skills-learned', weight: '1/10', full: '2' },
  ],
};
const stars = (projectId: string, ...given: number[]) =>
  given.map((one, at) => ({ projectId, rater: `per-${at}`, stars: one }));
const evidence: RecordEvidence = {
  ratings: stars('prj-1', 4, 4, 5),
  weeks: { worked: 3, all: 12 },
  confirmedMinutes: 900,
  assignedHours: 20,
  taught: 1,
  learned: 3,
};
const decide = (
  changes: Partial<RecordEvidence> = {},
  corrections: Parameters<typeof decideRecord>[0]['corrections'] = [],
) => decideRecord({ rules, evidence: { ...evidence, ...changes }, corrections });
const entryOf = (decided: ReturnType<typeof decide>, criterion: RecordCriterion) =>
  decided.entries.find((one) => one.criterion === criterion)!;

describe('a performance record', () => {
  it('weighs each entry by the charter and shows every line', () => {
    const decided = decide();
    // 0.4 × 4.3 ÷ 5 + 0.2 × 0.25 ÷ 0.5 + 0.2 × 15 ÷ 20 + 0.1 × 1 ÷ 2 + 0.1
    expect(decided.score).toBe('93/125');
    expect(decided.computation.map(lineText)).toEqual([
      "collaboration: mean of 3 raters' means in 1 projects with at least 3, to tenths = 4.3",
      'collaboration: counts: 0.4 × min(1, 4.3 ÷ 5) = 0.344',
      'engagement: 3 of 12 weeks of delivery with confirmed work = 0.25',
      'engagement: counts: 0.2 × min(1, 0.25 ÷ 0.5) = 0.1',
      'hours: 900 confirmed minutes of 20 assigned hours = 0.75',
      'hours: counts: 0.2 × min(1, 0.75 ÷ 1) = 0.15',
      'skills-taught: confirmed by the learner = 1',
      'skills-taught: counts: 0.1 × min(1, 1 ÷ 2) = 0.05',
      'skills-learned: confirmed by the learner = 3',
      'skills-learned: counts: 0.1 × min(1, 3 ÷ 2) = 0.1',
      'score: 0.344 + 0.1 + 0.15 + 0.05 + 0.1 = 0.744',
    ]);
  });

  it('counts each rater once, however many milestones they rated', () => {
    const often = [...stars('prj-1', 1, 5, 5), ...Array.from({ length: 9 }, () => stars('prj-1', 1)[0]!)];
    expect(entryOf(decide({ ratings: often }), 'collaboration').figure).toBe('37/10');
  });

  it('says nothing of stars that too few people of a project gave', () => {
    const decided = decide({ ratings: [...stars('prj-1', 1, 1), ...stars('prj-2', 1, 1)] });
    const hidden = { recorded: null, figure: null, points: null, why: 'too-few-raters' };
    expect(entryOf(decided, 'collaboration')).toMatchObject(hidden);
    expect(decided.score).toBeNull();
    const both = decide({ ratings: [...stars('prj-1', 1, 1), ...stars('prj-2', 4, 4, 5)] });
    expect(entryOf(both, 'collaboration').figure).toBe('43/10');
  });

  it('does not depend on what is hidden', () => {
    const few = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 2 });
    fc.assert(
      fc.property(few, few, (one, other) => {
        const withFew = (given: number[]) => decide({ ratings: stars('prj-1', ...given) });
        expect(withFew(one)).toEqual(withFew(other));
      }),
    );
  });

  it('is between 0 and 1, as a slow reference has it', () => {
    const count = fc.nat(50);
    const work = fc.record({
      given: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 3, maxLength: 9 }),
      worked: count,
      idle: fc.integer({ min: 1, max: 50 }),
      minutes: fc.nat(10_000),
      assigned: fc.integer({ min: 1, max: 100 }),
      taught: count,
      learned: count,
    });
    fc.assert(
      fc.property(work, ({ given, worked, idle, minutes, assigned, taught, learned }) => {
        const decided = decide({
          ratings: stars('prj-1', ...given),
          weeks: { worked, all: worked + idle },
          confirmedMinutes: minutes,
          assignedHours: assigned,
          taught,
          learned,
        });
        const mean = Number(sharedTenths(given));
        const capped = (figure: number, full: number) => Math.min(1, figure / full);
        const expected =
          0.4 * capped(mean, 5) +
          0.2 * capped(worked / (worked + idle), 0.5) +
          0.2 * capped(minutes / 60 / assigned, 1) +
          0.1 * (capped(taught, 2) + capped(learned, 2));
        const [n, d = 1] = decided.score!.split('/').map(Number);
        expect(n! / d).toBeCloseTo(expected, 9);
        expect(n! / d).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('counts a corrected figure beside the recorded one, the latest of several', () => {
    const corrected = (figure: string, contestId: string) => ({
      criterion: 'hours' as const,
      figure,
      contestId,
    });
    const decided = decide({}, [corrected('1/10', 'rct-1'), corrected('2', 'rct-2')]);
    expect(entryOf(decided, 'hours')).toMatchObject({ recorded: '3/4', figure: '2', points: '1/5' });
    expect(decided.computation.map(lineText)).toContain('hours: corrected: contest rct-2 = 2');
  });

  it('has no figure before there was any delivery', () => {
    const decided = decide({ weeks: { worked: 0, all: 0 }, ratings: [] });
    expect(decided.entries.map(({ why }) => why)).toEqual(['nothing-yet', 'nothing-yet', null, null, null]);
    expect(decided.score).toBeNull();
  });

  it.each([
    ['stars above 5', { ratings: stars('prj-1', 6) }],
    ['half a minute', { confirmedMinutes: 0.5 }],
    ['more weeks worked than there were', { weeks: { worked: 2, all: 1 } }],
  ])('refuses %s', (_, changes) => {
    expect(() => decide(changes)).toThrow(expect.objectContaining({ code: 'record-invalid' }));
  });
});

/** In whole numbers: thirtieths and the like compared by hand, half to even. */
function sharedTenths(given: readonly number[]): string {
  const sum = given.reduce((all, one) => all + one, 0) * 10;
  const floor = Math.floor(sum / given.length);
  const rest = (sum % given.length) * 2;
  const up = rest > given.length || (rest === given.length && floor % 2 === 1);
  return ((floor + (up ? 1 : 0)) / 10).toFixed(1);
}

describe('the rules of a record', () => {
  const problems = (changes: Partial<RecordRules>) => recordRuleProblems({ ...rules, ...changes });
  const [first, second] = rules.criteria;
  it.each<[string, Partial<RecordRules>]>([
    ['minimumRaters is at least 3', { minimumRaters: 2 }],
    ['weights add up to 1', { criteria: rules.criteria.slice(1) }],
    ['full is above zero', { criteria: [{ ...first!, weight: '1', full: '0' }] }],
    [
      'weights are above zero',
      {
        criteria: [
          { ...first!, weight: '1' },
          { ...second!, weight: '0' },
        ],
      },
    ],
    [
      'each criterion is weighed once',
      {
        criteria: [
          { ...first!, weight: '1/2' },
          { ...first!, weight: '1/2' },
        ],
      },
    ],
  ])('%s', (problem, changes) => {
    expect(problems({})).toEqual([]);
    expect(problems(changes)).toEqual([problem]);
    const withFaults = () => decideRecord({ rules: { ...rules, ...changes }, evidence, corrections: [] });
    expect(withFaults).toThrow(expect.objectContaining({ code: 'rules-invalid' }));
  });

  it.each<[RecordCriterion, string, string]>([
    ['collaboration', '4.5', '5.5'],
    ['engagement', '1/2', '3/2'],
    ['hours', '3/2', '-1'],
    ['skills-taught', '3', '1/2'],
  ])('a figure of %s may be %s, not %s', (criterion, sound, unsound) => {
    expect(isRecordFigure(criterion, sound)).toBe(true);
    expect(isRecordFigure(criterion, unsound)).toBe(false);
  });
});
