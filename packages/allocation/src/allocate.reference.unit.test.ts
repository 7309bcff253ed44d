import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allocate } from './index.ts';
import { indexElection } from './election.index.ts';
import { smallElection } from './election.fixture.ts';
import { runEqualShares } from './equal-shares.run.ts';
import { allocateSlowly } from './reference.fixture.ts';

describe('an allocation', () => {
  it('is what a slow and obvious implementation says, with all parameters and many ties', () => {
    fc.assert(
      fc.property(smallElection, (input) => {
        const { selected, endowment } = allocate(input);
        expect({ selected, total: endowment?.total ?? null }).toEqual(allocateSlowly(input));
      }),
      { numRuns: 4000 },
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
