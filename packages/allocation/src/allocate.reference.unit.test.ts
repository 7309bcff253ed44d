import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allocate } from './index.ts';
import { indexElection } from './election.index.ts';
import { hugeElection, smallElection } from './election.fixture.ts';
import { runEqualShares } from './equal-shares.run.ts';
import { allocateSlowly, allPointsOf, votesOf } from './reference.fixture.ts';
import type { AllocationInput } from './index.ts';

/** What is decided, and for each project why, as the slow implementation says it. */
function slowly(input: AllocationInput) {
  const { selected, total, why } = allocateSlowly(input);
  const explained = input.projects.map(({ id, cost }) => ({
    ...{ projectId: id, votes: votesOf(input, id), cost, funded: selected.includes(id) },
    ...(input.ballotType === 'points' ? { points: allPointsOf(input, id) } : {}),
    ...why[id],
  }));
  return { selected, total, explained };
}

function decided(input: AllocationInput) {
  const { selected, endowment, explanations } = allocate(input);
  const placeOf = new Map(input.projects.map(({ id }, place) => [id, place]));
  const explained = explanations.toSorted((a, b) => placeOf.get(a.projectId)! - placeOf.get(b.projectId)!);
  return { selected, total: endowment?.total ?? null, explained };
}

describe('an allocation', () => {
  it('is what a slow and obvious implementation says, and for the reasons it says, with all parameters and many ties', () => {
    fc.assert(
      fc.property(smallElection, (input) => {
        expect(decided(input)).toEqual(slowly(input));
      }),
      { numRuns: 4000 },
    );
  }, 120_000);

  it('is so with amounts and sums of points beyond 32 bits', () => {
    fc.assert(
      fc.property(hugeElection, (input) => {
        expect(decided(input)).toEqual(slowly(input));
      }),
      { numRuns: 1000 },
    );
  }, 120_000);

  it('does not depend on how precise the bounds are that spare exact work', () => {
    const precision = fc.integer({ min: -6, max: 40 });
    fc.assert(
      fc.property(smallElection, precision, (input, bits) => {
        fc.pre(input.ballots.length > 0);
        const election = indexElection(input);
        const candidates = [...election.projects.keys()].filter((one) => election.projects[one]!.votes > 0);
        const run = (some?: number) => {
          const total = BigInt(input.budget) + 7n;
          const options = { total, enough: Number.MAX_SAFE_INTEGER, precision: some };
          const { funded, moneyBehind } = runEqualShares(election, candidates, options);
          return { funded, left: candidates.map(moneyBehind) };
        };
        expect(run(bits)).toEqual(run());
      }),
      { numRuns: 3000 },
    );
  }, 120_000);
});
