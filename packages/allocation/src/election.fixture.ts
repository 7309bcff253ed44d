import * as fc from 'fast-check';
import type { AllocationInput, AllocationRule } from './index.ts';

const filters = (ids: readonly string[]) =>
  fc.record(
    {
      minimumVotes: fc.integer({ min: 0, max: 3 }),
      costThreshold: fc.integer({ min: 1, max: 4 }),
      conflicts: fc.array(fc.subarray([...ids], { minLength: 2 }), { maxLength: 2 }),
    },
    { requiredKeys: [] },
  );

function ruleFor(ids: readonly string[], increment: number): fc.Arbitrary<AllocationRule> {
  const equalShares = fc.record({
    rule: fc.constant('equal-shares' as const),
    completion: fc.constantFrom('none', 'utilitarian', 'add1', 'add1u'),
    increment: fc.constantFrom(increment, 2 * increment),
    exhaustiveStop: fc.boolean(),
    comparison: fc.boolean(),
  });
  return fc
    .tuple(
      fc.oneof(
        { weight: 1, arbitrary: fc.constant({ rule: 'greedy' as const }) },
        { weight: 5, arbitrary: equalShares },
      ),
      filters(ids),
    )
    .map(([rule, some]) => ({ ...rule, ...some }));
}

interface Amounts {
  /** All costs and the budget are multiples of one of them. */
  readonly units: readonly number[];
  readonly points: fc.Arbitrary<number>;
}

/** Small elections full of ties: few costs, few points, many like ballots. */
export const smallElection = electionOf({
  units: [1, 1, 1000, 1_000_003],
  points: fc.integer({ min: 0, max: 4 }),
});

/** The same with amounts beyond 32 bits, and points whose sums are. */
export const hugeElection = electionOf({
  units: [2 ** 40, 1_000_000_000_039],
  points: fc.constantFrom(0, 1, 2 ** 31, 2 ** 32 - 1),
});

function electionOf({ units, points }: Amounts): fc.Arbitrary<AllocationInput> {
  return fc
    .record({
      ids: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', '10', '9'), {
        minLength: 2,
        maxLength: 6,
      }),
      ballotType: fc.constantFrom('approval' as const, 'points' as const),
      unit: fc.constantFrom(...units),
    })
    .chain(({ ids, ballotType, unit }) => {
      const choices = fc.subarray(ids, { minLength: 0 });
      const ballot =
        ballotType === 'approval'
          ? choices.map((some) => ({ choices: some }))
          : choices.chain((some) =>
              fc
                .array(points, { minLength: some.length, maxLength: some.length })
                .map((given) => ({ choices: some, points: given })),
            );
      const sometimes = fc.option(fc.shuffledSubarray(ids, { minLength: ids.length }), { nil: undefined });
      return fc
        .record({
          budget: fc.integer({ min: 0, max: 40 }).map((amount) => amount * unit),
          projects: fc.tuple(
            ...ids.map((id) => fc.integer({ min: 1, max: 12 }).map((cost) => ({ id, cost: cost * unit }))),
          ),
          ballotType: fc.constant(ballotType),
          ballots: fc.array(ballot, { maxLength: 9 }),
          rule: ruleFor(ids, unit),
          lot: sometimes,
        })
        .map(({ lot, ...input }) => (lot ? { ...input, lot } : input));
    });
}
