import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hugeElection, smallElection } from './election.fixture.ts';
import { incrementsAtMost } from './increment.bounds.ts';
import { allocate, requireDecidable } from './index.ts';
import { equalShares } from './rules.fixture.ts';
import type { AllocationInput, AllocationRule } from './index.ts';

const project = (id: string, cost: number) => ({ id, cost });
const code = (name: string) => expect.objectContaining({ code: name });
const greedy = { rule: 'greedy' } as const;

/** An approval election; each ballot is written as the ids it approves. */
function approvals(
  budget: number,
  costs: Readonly<Record<string, number>>,
  ballots: readonly string[],
  rule: AllocationRule = greedy,
): AllocationInput {
  const projects = Object.entries(costs).map(([id, cost]) => project(id, cost));
  return {
    budget,
    projects,
    ballotType: 'approval',
    ballots: ballots.map((ids) => ({ choices: ids.split('') })),
    rule,
  };
}
const reasons = (input: AllocationInput) =>
  Object.fromEntries(allocate(input).explanations.map(({ projectId, reason }) => [projectId, reason]));

describe('greedy', () => {
  it('takes most votes first and skips what does not fit', () => {
    const outcome = allocate(approvals(100, { a: 80, b: 50, c: 20, d: 1 }, ['ab', 'ab', 'ac', '']));
    expect(outcome).toMatchObject({ selected: ['a', 'c'], cost: 100, endowment: null, comparison: null });
    expect(outcome.explanations).toEqual([
      { projectId: 'a', votes: 3, cost: 80, funded: true, reason: 'funded', available: 100 },
      {
        projectId: 'b',
        votes: 2,
        cost: 50,
        funded: false,
        reason: 'does-not-fit',
        available: 20,
        shortfall: 30,
      },
      { projectId: 'c', votes: 1, cost: 20, funded: true, reason: 'funded', available: 20 },
      { projectId: 'd', votes: 0, cost: 1, funded: false, reason: 'no-votes' },
    ]);
  });

  it('breaks ties by lower cost, then by lot, then by id where no lot was drawn', () => {
    expect(allocate(approvals(10, { b: 9, a: 9, c: 8 }, ['abc'])).selected).toEqual(['c']);
    const even = approvals(10, { b: 9, a: 9 }, ['ab']);
    expect(allocate(even).selected).toEqual(['a']);
    expect(allocate({ ...even, lot: ['b', 'a'] }).selected).toEqual(['b']);
  });

  it('counts points, and where they are equal more voters only after lower cost', () => {
    const ballots = [
      { choices: ['a', 'b'], points: [1, 4] },
      { choices: ['a', 'c'], points: [3, 0] },
    ];
    const projects = [project('a', 9), project('b', 9), project('c', 1)];
    const input = { budget: 10, projects, ballotType: 'points', ballots, rule: greedy } as const;
    expect(allocate(input).selected).toEqual(['a']);
    expect(reasons(input)).toEqual({ a: 'funded', b: 'does-not-fit', c: 'no-votes' });
    const cheaper = { ...input, projects: [project('a', 9), project('b', 8), project('c', 1)] };
    expect(allocate(cheaper).selected).toEqual(['b']);
  });
});

describe('equal shares', () => {
  // Three quarters of the voters and a quarter: with greedy the majority takes everything.
  const town = (rule: AllocationRule) =>
    approvals(40, { a: 12, b: 12, c: 12, z: 10 }, ['abc', 'abc', 'abc', 'z'], rule);

  it('lets each part of the voters spend its part of the money', () => {
    expect(allocate(town(greedy)).selected).toEqual(['a', 'b', 'c']);
    const outcome = allocate(town(equalShares));
    expect(outcome).toMatchObject({
      selected: ['a', 'b', 'z'],
      cost: 34,
      endowment: { total: 40, voters: 4 },
    });
    expect(outcome.explanations).toEqual([
      { projectId: 'a', votes: 3, cost: 12, funded: true, reason: 'funded-by-supporters', price: 4 },
      { projectId: 'b', votes: 3, cost: 12, funded: true, reason: 'funded-by-supporters', price: 4 },
      { projectId: 'z', votes: 1, cost: 10, funded: true, reason: 'funded-by-supporters', price: 10 },
      {
        projectId: 'c',
        votes: 3,
        cost: 12,
        funded: false,
        reason: 'supporters-short',
        available: 6,
        shortfall: 6,
      },
    ]);
  });

  it('spends what is left by the greedy rule if asked to', () => {
    const rich = { ...town({ ...equalShares, completion: 'utilitarian' }), budget: 47 };
    expect(allocate(rich)).toMatchObject({ selected: ['a', 'b', 'z', 'c'], cost: 46 });
    expect(reasons(rich)).toMatchObject({ z: 'funded-by-supporters', c: 'funded' });
  });

  it('raises the endowment until the outcome costs too much, and keeps the one before', () => {
    const add1 = { ...equalShares, completion: 'add1', exhaustiveStop: false } as const;
    const outcome = allocate(approvals(10, { a: 6, b: 6, c: 9 }, ['a', 'b', 'c'], add1));
    // At 4 each nobody can pay; at 6 each two can, together 12.
    expect(outcome).toMatchObject({ selected: [], endowment: { total: 10 + 2 * 3, voters: 3 } });
  });

  it('stops raising once nothing supported fits any more, if asked to', () => {
    const input = approvals(10, { a: 8, b: 7 }, ['a', 'a', 'b']);
    const add1 = { ...equalShares, completion: 'add1' } as const;
    expect(allocate({ ...input, rule: add1 })).toMatchObject({ selected: ['a'], endowment: { total: 13 } });
    expect(allocate({ ...input, rule: { ...add1, exhaustiveStop: false } })).toMatchObject({
      selected: ['a'],
      endowment: { total: 19 },
    });
  });

  it('gives way to greedy only if strictly more voters have more there', () => {
    const compared = { ...equalShares, comparison: true } as const;
    const input = approvals(40, { a: 12, b: 12, c: 12, z: 10 }, ['abc', 'abc', 'abc', 'z'], compared);
    expect(allocate(input)).toMatchObject({
      selected: ['a', 'b', 'c'],
      endowment: null,
      comparison: { preferEqualShares: 1, preferGreedy: 3 },
    });
  });
});

describe('filters', () => {
  it('say how many votes a project missed', () => {
    const input = approvals(30, { a: 30, b: 10 }, ['ab', 'b', 'b', '']);
    expect(allocate({ ...input, rule: { ...greedy, minimumVotes: 3 } }).explanations).toEqual([
      { projectId: 'b', votes: 3, cost: 10, funded: true, reason: 'funded', available: 30 },
      { projectId: 'a', votes: 1, cost: 30, funded: false, reason: 'too-few-votes', votesShort: 2 },
    ]);
    // 1 of 4 is less than 30 / (3 × 30): out. With 4 × 30 it is just enough.
    const { explanations } = allocate({ ...input, rule: { ...greedy, costThreshold: 3 } });
    expect(explanations[1]).toMatchObject({ projectId: 'a', reason: 'below-threshold', votesShort: 1 });
    expect(reasons({ ...input, rule: { ...greedy, costThreshold: 4 } })).toMatchObject({ a: 'does-not-fit' });
  });

  it('leave the number of ballots as it is, blanks included: an endowment is the budget by all of them', () => {
    const rule = { ...equalShares, minimumVotes: 2 } as const;
    const { endowment, selected } = allocate(approvals(12, { a: 6, b: 4 }, ['a', 'a', 'b', ''], rule));
    expect({ endowment, selected }).toEqual({ endowment: { total: 12, voters: 4 }, selected: ['a'] });
  });

  it('fund one project of a conflict group', () => {
    const rule = {
      ...equalShares,
      completion: 'utilitarian',
      conflicts: [
        ['a', 'b'],
        ['b', 'c'],
      ],
    } as const;
    const input = approvals(40, { a: 10, b: 10, c: 10 }, ['ab', 'ab', 'bc'], {
      ...rule,
      conflicts: rule.conflicts.map((group) => [...group]),
    });
    const outcome = allocate(input);
    expect(outcome.selected).toEqual(['b']);
    expect(outcome.explanations.slice(1)).toMatchObject([
      { projectId: 'a', reason: 'conflict', conflictsWith: 'b' },
      { projectId: 'c', reason: 'conflict', conflictsWith: 'b' },
    ]);
  });
});

describe('an allocation', () => {
  it('funds nothing without a ballot, and counts blank ballots as ballots', () => {
    for (const rule of [greedy, { ...equalShares, completion: 'add1', comparison: true } as const]) {
      const empty = approvals(10, { a: 1 }, [], rule);
      expect(allocate(empty)).toMatchObject({
        selected: [],
        cost: 0,
        explanations: [{ reason: 'no-ballots' }],
      });
      expect(reasons({ ...empty, ballots: [{ choices: [] }] })).toEqual({ a: 'no-votes' });
    }
  });

  it('funds nothing without projects, and nothing without a budget', () => {
    for (const rule of [greedy, { ...equalShares, completion: 'add1u', comparison: true } as const]) {
      const none = approvals(10, {}, ['', ''], rule);
      expect(allocate(none)).toMatchObject({ selected: [], cost: 0, explanations: [] });
      const broke = allocate(approvals(0, { a: 1 }, ['a', 'a'], { ...rule, costThreshold: 3 }));
      expect(broke).toMatchObject({ selected: [], cost: 0 });
      expect(broke.explanations).toEqual([
        {
          projectId: 'a',
          votes: 2,
          cost: 1,
          funded: false,
          reason: expect.any(String) as string,
          available: 0,
          shortfall: 1,
        },
      ]);
    }
  });

  it('decides among ten thousand projects, also when all of them exclude each other', () => {
    const projects = Array.from({ length: 10_000 }, (_, at) => project(`p${at}`, 1 + ((at * 7919) % 1000)));
    const ids = projects.map(({ id }) => id);
    const ballots = Array.from({ length: 200 }, (_, at) => ({ choices: ids.slice(at * 50, at * 50 + 60) }));
    const input = { budget: 1_000_000, projects, ballotType: 'approval', ballots } as const;
    expect(allocate({ ...input, rule: greedy }).explanations).toHaveLength(10_000);
    for (const rule of [greedy, { ...equalShares, completion: 'add1', increment: 1000 } as const]) {
      const { selected, explanations } = allocate({ ...input, rule: { ...rule, conflicts: [ids] } });
      expect(selected).toHaveLength(1);
      expect(explanations.filter(({ reason }) => reason === 'conflict')).toHaveLength(9_999);
    }
  });

  it('never overspends and explains every project once', () => {
    fc.assert(
      fc.property(smallElection, (input) => {
        const { selected, cost, explanations } = allocate(input);
        expect(cost).toBeLessThanOrEqual(input.budget);
        expect(explanations.filter(({ funded }) => funded).map(({ projectId }) => projectId)).toEqual(
          selected,
        );
        const explained = explanations.map(({ projectId }) => projectId).toSorted();
        expect(explained).toEqual(input.projects.map(({ id }) => id).toSorted());
      }),
    );
  });

  it('depends neither on the order of ballots and choices nor on the order of projects', () => {
    fc.assert(
      fc.property(smallElection, (input) => {
        const ballots = input.ballots.toReversed().map(({ choices, points }) => ({
          choices: choices.toReversed(),
          ...(points ? { points: points.toReversed() } : {}),
        }));
        const turned = { ...input, ballots, projects: input.projects.toReversed() };
        expect(allocate(turned)).toEqual(allocate(input));
      }),
    );
  });

  it('refuses what it cannot decide exactly', () => {
    const input = approvals(10, { a: 1, b: 1 }, ['a']);
    const refuses = (change: object, name: string) =>
      expect(() => allocate({ ...input, ...change })).toThrow(code(name));
    refuses({ budget: 0.5 }, 'budget-invalid');
    refuses({ budget: -1 }, 'budget-invalid');
    refuses({ projects: [project('a', 0)] }, 'cost-not-positive');
    refuses({ projects: [project('a', 1.5)] }, 'cost-not-positive');
    refuses({ projects: [project('a', 1), project('a', 1)] }, 'duplicate-project');
    refuses({ ballots: [{ choices: ['z'] }] }, 'unknown-project');
    refuses({ ballots: [{ choices: ['a', 'a'] }] }, 'duplicate-choice');
    for (const lot of [[], ['z', 'a'], ['a', 'a'], ['a', 'b', 'b']]) refuses({ lot }, 'lot-incomplete');
  });

  it('refuses points that are not one whole number for each choice, and points where voters approve', () => {
    const one = (points?: number[]) => ({ ballots: [{ choices: ['a'], ...(points ? { points } : {}) }] });
    const input = approvals(10, { a: 1 }, []);
    const refuses = (change: object) =>
      expect(() => allocate({ ...input, ...change })).toThrow(code('points-invalid'));
    refuses(one([1]));
    for (const points of [undefined, [], [1, 2], [-1], [0.5], [Number.NaN], [2 ** 32]])
      refuses({ ballotType: 'points', ...one(points) });
  });

  it('refuses a rule that is none, and conflict groups of what is no option', () => {
    const input = approvals(10, { a: 1 }, ['a']);
    const refuses = (rule: object, name: string) =>
      expect(() => allocate({ ...input, rule: rule as AllocationRule })).toThrow(code(name));
    refuses({ rule: 'borda' }, 'rule-invalid');
    refuses({ rule: 'greedy', completion: 'add1' }, 'rule-invalid');
    refuses({ ...equalShares, increment: 0 }, 'rule-invalid');
    refuses({ ...equalShares, costThreshold: 0 }, 'rule-invalid');
    refuses({ ...equalShares, minimumVotes: 0.5 }, 'rule-invalid');
    refuses({ ...greedy, conflicts: [['a', 'z']] }, 'unknown-project');
  });

  it('is refused before anybody votes if its increment is so small that it might never end', () => {
    const rule = { ...equalShares, completion: 'add1' } as const;
    const election = { budget: 6_000_000, projects: [{ cost: 9_000_000 }, { cost: 1 }] };
    expect(() => requireDecidable(election, { ...rule, increment: 1 })).toThrow(code('too-many-increments'));
    requireDecidable(election, { ...rule, increment: 2 });
    requireDecidable(election, { ...rule, completion: 'none', increment: 1 });
    requireDecidable(election, greedy);
  });

  it('takes no more increments than were foreseen, whatever is voted', () => {
    fc.assert(
      fc.property(fc.oneof(smallElection, hugeElection), (input) => {
        const { endowment } = allocate(input);
        if (input.rule.rule !== 'equal-shares' || endowment === null) return;
        const raised = (BigInt(endowment.total) - BigInt(input.budget)) / BigInt(endowment.voters);
        const increments = Number(raised) / input.rule.increment;
        // The one that costs too much does not count, and is taken all the same.
        expect(Math.floor(increments)).toBeLessThanOrEqual(incrementsAtMost(input, input.rule));
      }),
    );
  });

  it('is decided though everybody together gets more than can be counted in safe integers', () => {
    const rule = { ...equalShares, completion: 'add1', exhaustiveStop: false } as const;
    const most = Number.MAX_SAFE_INTEGER;
    const input = approvals(most, { a: most, b: 1 }, ['a', 'b', 'a'], { ...rule, increment: 2 ** 51 });
    expect(allocate(input)).toMatchObject({ selected: ['b'], cost: 1 });
  });
});
