import type { CriterionInput } from '@talkoot/api-contracts/projects';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cyclists } from '../projects.fixture.ts';
import { flawOf } from './proposal.ts';

const value = fc.integer({ min: -1000, max: 1000 });
const criterion = (changes: Partial<CriterionInput>): CriterionInput => ({ ...cyclists, ...changes });
const baselineOf = (n: number) => ({ value: String(n), observedAt: '2026-05-01T09:00:00.000Z' });

describe('a criterion', () => {
  it('is sound exactly when goal, baseline and failure bound lie in the order of its direction', () => {
    fc.assert(
      fc.property(value, value, value, fc.boolean(), (baseline, goal, bound, rises) => {
        const direction = rises ? ('increase' as const) : ('decrease' as const);
        const flaw = flawOf(
          criterion({
            direction,
            baseline: baselineOf(baseline),
            goal: String(goal),
            failureBound: String(bound),
          }),
        );
        const ordered = rises ? bound < baseline && baseline < goal : bound > baseline && baseline > goal;
        expect(flaw === null).toBe(ordered);
        if (goal === baseline) expect(flaw).toBe('goal-equals-baseline');
      }),
    );
  });
  it('may wait for its baseline', () => {
    const { baseline: _, ...later } = cyclists;
    expect(flawOf(later)).toBeNull();
    expect(flawOf({ ...later, failureBound: '400' })).toBe('failure-bound-misplaced');
  });
});
