import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allocateGreedy } from './index.ts';
import type { AllocationInput } from './index.ts';

const project = (id: string, cost: number) => ({ id, cost });
const code = (name: string) => expect.objectContaining({ code: name });

const election: fc.Arbitrary<AllocationInput> = fc
  .uniqueArray(fc.string({ minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 12 })
  .chain((ids) =>
    fc.record({
      budget: fc.integer({ min: 0, max: 500 }),
      projects: fc.tuple(
        ...ids.map((id) => fc.integer({ min: 1, max: 200 }).map((cost) => project(id, cost))),
      ),
      ballots: fc.array(fc.subarray(ids), { maxLength: 30 }),
    }),
  );

describe('greedy', () => {
  it('takes most votes first and skips what does not fit', () => {
    const outcome = allocateGreedy({
      budget: 100,
      projects: [project('a', 80), project('b', 50), project('c', 20), project('d', 1)],
      ballots: [['a', 'b'], ['a', 'b'], ['a', 'c'], []],
    });
    expect(outcome).toMatchObject({ selected: ['a', 'c'], cost: 100 });
    expect(outcome.explanations).toEqual([
      {
        projectId: 'a',
        votes: 3,
        cost: 80,
        funded: true,
        reason: 'funded',
        remainingBefore: 100,
        shortfall: 0,
      },
      {
        projectId: 'b',
        votes: 2,
        cost: 50,
        funded: false,
        reason: 'does-not-fit',
        remainingBefore: 20,
        shortfall: 30,
      },
      {
        projectId: 'c',
        votes: 1,
        cost: 20,
        funded: true,
        reason: 'funded',
        remainingBefore: 20,
        shortfall: 0,
      },
      {
        projectId: 'd',
        votes: 0,
        cost: 1,
        funded: false,
        reason: 'no-votes',
        remainingBefore: 0,
        shortfall: 1,
      },
    ]);
  });

  it('breaks ties by lower cost, then by lot, then by id where no lot was drawn', () => {
    const tie = {
      budget: 10,
      projects: [project('b', 9), project('a', 9), project('c', 8)],
      ballots: [['a', 'b', 'c']],
    };
    expect(allocateGreedy(tie).selected).toEqual(['c']);
    const even = { ...tie, projects: [project('b', 9), project('a', 9)], ballots: [['a', 'b']] };
    expect(allocateGreedy(even).selected).toEqual(['a']);
    expect(allocateGreedy({ ...even, lot: ['b', 'a'] }).selected).toEqual(['b']);
  });

  it('funds nothing without a ballot, and counts blank ballots as ballots', () => {
    const empty = { budget: 10, projects: [project('a', 1)], ballots: [] };
    expect(allocateGreedy(empty)).toMatchObject({
      selected: [],
      cost: 0,
      explanations: [{ reason: 'no-ballots' }],
    });
    expect(allocateGreedy({ ...empty, ballots: [[]] }).explanations[0]!.reason).toBe('no-votes');
  });

  it('never overspends, and leaves out no supported project that still fits', () => {
    fc.assert(
      fc.property(election, (input) => {
        const { selected, cost, explanations } = allocateGreedy(input);
        const costs = new Map(input.projects.map(({ id, cost: price }) => [id, price]));
        expect(selected.reduce((sum, id) => sum + costs.get(id)!, 0)).toBe(cost);
        expect(cost).toBeLessThanOrEqual(input.budget);
        const supported = explanations.filter((one) => !one.funded && one.votes > 0);
        expect(supported.filter((one) => one.cost <= input.budget - cost)).toEqual([]);
      }),
    );
  });

  it('depends neither on the order of ballots nor on the order of projects', () => {
    fc.assert(
      fc.property(election, (input) => {
        const turned = {
          ...input,
          ballots: input.ballots.toReversed(),
          projects: input.projects.toReversed(),
        };
        expect(allocateGreedy(turned)).toEqual(allocateGreedy(input));
      }),
    );
  });

  it('explains every project once', () => {
    fc.assert(
      fc.property(election, (input) => {
        const explained = allocateGreedy(input)
          .explanations.map((one) => one.projectId)
          .toSorted();
        expect(explained).toEqual(input.projects.map(({ id }) => id).toSorted());
      }),
    );
  });

  it('refuses what it cannot decide exactly', () => {
    const input = { budget: 10, projects: [project('a', 1)], ballots: [['a']] };
    expect(() => allocateGreedy({ ...input, budget: 0.5 })).toThrow(code('budget-invalid'));
    expect(() => allocateGreedy({ ...input, budget: -1 })).toThrow(code('budget-invalid'));
    expect(() => allocateGreedy({ ...input, projects: [project('a', 0)] })).toThrow(
      code('cost-not-positive'),
    );
    expect(() => allocateGreedy({ ...input, projects: [project('a', 1), project('a', 1)] })).toThrow(
      code('duplicate-project'),
    );
    expect(() => allocateGreedy({ ...input, ballots: [['z']] })).toThrow(code('unknown-project'));
    expect(() => allocateGreedy({ ...input, ballots: [['a', 'a']] })).toThrow(code('duplicate-choice'));
    for (const lot of [[], ['z'], ['a', 'a']])
      expect(() => allocateGreedy({ ...input, lot })).toThrow(code('lot-incomplete'));
  });
});
