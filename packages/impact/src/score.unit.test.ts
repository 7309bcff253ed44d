import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exactOf } from './exact.ts';
import { criterionProblems, decideScore, lineText, missingBaselines } from './index.ts';
import type { Criterion, ScoreInput, ScoreRules, SignedEstimate } from './index.ts';

const rules: ScoreRules = { goalOn: 'effect', evidence: 'point', failureValue: '-1', sideEffectsMost: '0.2' };
const code = (name: string) => expect.objectContaining({ code: name });

function criterion(criterionId: string, change: Partial<Criterion> = {}): Criterion {
  const baseline = { value: '100', at: '2026-01-01' };
  return {
    criterionId,
    metric: 'cyclists',
    unit: 'a day',
    baseline,
    goal: '150',
    comparator: 'before-after',
    source: 'counter',
    ...change,
  };
}
function measured(estimate: string, change: Partial<SignedEstimate> = {}): SignedEstimate {
  const none = {
    standardError: null,
    reason: 'r',
    interval80: null,
    interval95: null,
    observedInterval80: null,
  };
  return {
    method: 'before-after',
    unit: 'a day',
    estimate,
    observed: '130',
    ...none,
    n: 2,
    p: null,
    assumptions: [],
    computation: [],
    ...change,
  };
}
const entry = (
  id: string,
  yes: number,
  no: number,
  estimate: SignedEstimate | null,
  change: Partial<Criterion> = {},
) => ({
  criterion: criterion(id, change),
  votes: { yes, no },
  measured: estimate,
});
const decide = (
  criteria: ScoreInput['criteria'],
  change: Partial<ScoreRules> = {},
  sideEffects: ScoreInput['sideEffects'] = [],
) => decideScore({ rules: { ...rules, ...change }, criteria, sideEffects });
const achieved = (estimate: SignedEstimate, change: Partial<ScoreRules> = {}, own: Partial<Criterion> = {}) =>
  decide([entry('c', 1, 0, estimate, own)], change).criteria[0]!;

describe('a criterion', () => {
  it('scores the share of the way from baseline to goal, by effect or by level', () => {
    expect(achieved(measured('20')).achievement).toBe('2/5');
    expect(achieved(measured('20'), { goalOn: 'level' }).achievement).toBe('3/5');
    expect(achieved(measured('-20'), {}, { goal: '50' }).achievement).toBe('2/5');
  });

  it('scores no more than the ends allow', () => {
    expect(achieved(measured('900'))).toMatchObject({ raw: '18', achievement: '1' });
    expect(achieved(measured('-900')).achievement).toBe('-1');
    expect(achieved(measured('900'), { ends: { low: '0', high: '1.5' } }).achievement).toBe('3/2');
  });

  it('counts the failure value once the bound is reached, whatever the effect', () => {
    const bound = { failureBound: '90' };
    expect(achieved(measured('20', { observed: '90' }), {}, bound)).toMatchObject({
      failureBoundCrossed: true,
      raw: '2/5',
      achievement: '-1',
    });
    expect(achieved(measured('20', { observed: '90.000001' }), {}, bound).failureBoundCrossed).toBe(false);
    expect(
      achieved(measured('-20', { observed: '111' }), {}, { goal: '50', failureBound: '110' })
        .failureBoundCrossed,
    ).toBe(true);
    expect(achieved(measured('20', { observed: '90' }), { failureValue: '-1/2' }, bound).achievement).toBe(
      '-1/2',
    );
  });

  it('counts only what the evidence shows, if the charter asks for that', () => {
    const evidence = { evidence: 'bound80' as const };
    expect(achieved(measured('20', { interval80: { low: '10', high: '30' } }), evidence).achievement).toBe(
      '1/5',
    );
    expect(achieved(measured('-20', { interval80: { low: '-30', high: '-10' } }), evidence).achievement).toBe(
      '-1/5',
    );
    expect(achieved(measured('20', { interval80: { low: '-5', high: '45' } }), evidence).achievement).toBe(
      '0',
    );
    expect(achieved(measured('20'), evidence).achievement).toBe('0');
    const level = measured('20', { observedInterval80: { low: '110', high: '150' } });
    expect(achieved(level, { ...evidence, goalOn: 'level' }).achievement).toBe('1/5');
  });

  it('is judged on six decimal places, half to even, and exactly from there', () => {
    expect(achieved(measured('16.6666665')).achievement).toBe(achieved(measured('16.666666')).achievement);
  });

  it('is refused if it cannot be scored', () => {
    const problems = (change: Partial<Criterion>) =>
      criterionProblems(criterion('c', change)).map((one) => one.code);
    expect(problems({})).toEqual([]);
    expect(problems({ goal: '100.0' })).toEqual(['goal-equals-baseline']);
    expect(problems({ direction: 'decrease' })).toEqual(['direction-contradicts-goal']);
    expect(problems({ direction: 'increase', failureBound: '100' })).toEqual(['failure-bound-misplaced']);
    expect(problems({ failureBound: '120' })).toEqual(['failure-bound-misplaced']);
    expect(problems({ failureBound: '99' })).toEqual([]);
    expect(() => achieved(measured('1'), {}, { goal: '100' })).toThrow(code('goal-equals-baseline'));
    expect(() => achieved(measured('1', { unit: 'a week' }))).toThrow(code('unit-mismatch'));
    expect(() => achieved(measured('NaN'))).toThrow(code('number-malformed'));
    expect(() => achieved(measured('1', { observed: null }), { goalOn: 'level' })).toThrow(
      code('observed-missing'),
    );
    expect(() => achieved(measured('1', { observed: null }), {}, { failureBound: '90' })).toThrow(
      code('observed-missing'),
    );
  });

  it('without a baseline keeps delivery from starting', () => {
    const { baseline: _none, ...open } = criterion('open');
    expect(missingBaselines([open, criterion('c')])).toEqual(['open']);
    expect(() => decide([{ criterion: open, votes: { yes: 1, no: 0 }, measured: measured('1') }])).toThrow(
      code('baseline-missing'),
    );
  });
});

describe('a score', () => {
  it('weights accepted criteria by their approvals and shows every step', () => {
    const outcome = decide(
      [
        entry('a', 30, 10, measured('50')),
        entry('b', 10, 2, measured('-25')),
        entry('c', 5, 5, measured('50')),
      ],
      {},
      [
        { sideEffectId: 'good', points: '0.3', votes: { yes: 3, no: 1 } },
        { sideEffectId: 'bad', points: '-0.05', votes: { yes: 2, no: 1 } },
        { sideEffectId: 'denied', points: '-0.9', votes: { yes: 1, no: 1 } },
      ],
    );
    expect(outcome).toMatchObject({
      score: '33/40',
      scoreShown: '0.825000',
      payable: true,
      reason: 'scored',
    });
    expect(outcome.criteria.map((one) => one.weight)).toEqual(['3/4', '1/4', '0']);
    expect(outcome.sideEffects.map((one) => one.accepted)).toEqual([true, true, false]);
    const lines = outcome.computation.map(lineText);
    expect(lines).toContain('a: weight: 30 ÷ 40 = 0.75');
    expect(lines).toContain('b: raw: -25 ÷ (50) = -0.5');
    expect(lines).toContain('side effects, within ±0.2: (0.3) + (-0.05) = 0.2');
    expect(lines.at(-1)).toBe('score S: 0.625 + (0.2) = 0.825');
  });

  it('keeps the weight of missing data at nothing, and pays nothing above a third of the weight', () => {
    const third = decide([entry('a', 2, 0, measured('50')), entry('b', 1, 0, null)]);
    expect(third).toMatchObject({ score: '2/3', payable: true });
    expect(third.criteria[1]).toMatchObject({ missing: true, achievement: '0', weight: '1/3' });
    const more = decide([entry('a', 199, 0, measured('50')), entry('b', 100, 0, null)]);
    expect(more).toMatchObject({ payable: false, reason: 'too-much-missing' });
  });

  it('carries no bonus if no criterion was accepted', () => {
    expect(decide([entry('a', 1, 1, measured('50'))])).toMatchObject({
      score: '0',
      payable: false,
      reason: 'no-criterion-accepted',
    });
    expect(decide([])).toMatchObject({ payable: false });
  });

  it('refuses repeated ids, votes that are no counts and senseless rules', () => {
    expect(() => decide([entry('a', 1, 0, null), entry('a', 1, 0, null)])).toThrow(code('duplicate-id'));
    for (const bad of [-1, 0.5, Number.NaN])
      expect(() => decide([entry('a', bad, 0, null)])).toThrow(code('votes-invalid'));
    expect(() => decide([], { sideEffectsMost: '-1' })).toThrow(code('rules-invalid'));
    expect(() => achieved(measured('1'), { ends: { low: '1', high: '-1' } })).toThrow(code('rules-invalid'));
  });

  it('stays between its ends however many criteria there are, and weights add up to one', () => {
    const votes = fc.record({
      yes: fc.nat(50),
      no: fc.nat(50),
      estimate: fc.option(fc.integer({ min: -1e9, max: 1e9 })),
    });
    fc.assert(
      fc.property(fc.array(votes, { maxLength: 8 }), (list) => {
        const outcome = decide(
          list.map(({ yes, no, estimate }, index) =>
            entry(`c${index}`, yes, no, estimate === null ? null : measured(`${estimate}`)),
          ),
        );
        const score = exactOf(outcome.score);
        expect(score.abs().lte(1)).toBe(true);
        const whole = outcome.criteria.reduce((sum, one) => sum.add(exactOf(one.weight)), exactOf('0'));
        expect(whole.equals(outcome.reason === 'no-criterion-accepted' ? 0 : 1)).toBe(true);
      }),
    );
  });
});
