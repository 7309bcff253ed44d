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

/** Small elections full of ties: few costs, few points, many like ballots. */
export const smallElection: fc.Arbitrary<AllocationInput> = fc
  .record({
    ids: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', '10', '9'), {
      minLength: 2,
      maxLength: 6,
    }),
    ballotType: fc.constantFrom('approval' as const, 'points' as const),
    unit: fc.constantFrom(1, 1, 1000, 1_000_003),
  })
  .chain(({ ids, ballotType, unit }) => {
    const choices = fc.subarray(ids, { minLength: 0 });
    const ballot =
      ballotType === 'approval'
        ? choices.map((some) => ({ choices: some }))
        : choices.chain((some) =>
            fc
              .array(fc.integer({ min: 0, max: 4 }), { minLength: some.length, maxLength: some.length })
              .map((points) => ({ choices: some, points })),
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
