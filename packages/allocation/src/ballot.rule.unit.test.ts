import { describe, expect, it } from 'vitest';
import { ballotProblems } from './index.ts';

const limits = { minChoices: 2, maxChoices: 3, budget: 100, costs: { a: 60, b: 40, c: 1, d: 1 } };
const codes = (type: 'approval' | 'knapsack', choices: string[]) =>
  ballotProblems(type, limits, choices).map((one) => one.code);

describe('a ballot', () => {
  it('is valid within its limits, edges included', () => {
    expect(codes('approval', ['a', 'b', 'c'])).toEqual([]);
    expect(codes('knapsack', ['a', 'b'])).toEqual([]);
  });

  it('may be blank whatever the minimum', () => expect(codes('approval', [])).toEqual([]));

  it('is refused with too few or too many choices', () => {
    expect(codes('approval', ['a'])).toEqual(['too-few-choices']);
    expect(codes('approval', ['a', 'b', 'c', 'd'])).toEqual(['too-many-choices']);
  });

  it('is bound by the budget only if it is a knapsack', () => {
    expect(codes('knapsack', ['a', 'b', 'c'])).toEqual(['over-budget']);
    expect(codes('approval', ['a', 'b', 'c'])).toEqual([]);
  });

  it('is refused for unknown or repeated projects, names of object members included', () => {
    expect(ballotProblems('approval', limits, ['a', 'toString', '__proto__'])).toEqual([
      { code: 'unknown-project', projectId: 'toString' },
      { code: 'unknown-project', projectId: '__proto__' },
    ]);
    expect(ballotProblems('knapsack', limits, ['c', 'a', 'a'])).toEqual([
      { code: 'duplicate-choice', projectId: 'a' },
    ]);
  });
});
