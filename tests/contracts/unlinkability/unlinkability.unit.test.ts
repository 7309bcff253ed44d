import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chanceOf } from './chance.ts';
import { betterThanChance, strategiesFor } from './link.ts';
import type { Copy } from './copy.ts';
import { leaks } from './plants.ts';
import { madeUpPoll } from './played-poll.fixture.ts';
import type { MadeUpPoll } from './played-poll.fixture.ts';

const seeds = fc.integer({ min: 0, max: 2 ** 31 });

function linkagesIn({ poll, truth }: MadeUpPoll, copies: readonly Copy[]) {
  return betterThanChance(strategiesFor(copies, poll), poll, truth);
}

describe('the linking program', () => {
  it('links nobody in stores without order, time or common words, whatever the poll', () => {
    fc.assert(
      fc.property(
        seeds,
        fc.integer({ min: 20, max: 90 }),
        fc.integer({ min: 5, max: 30 }),
        (seed, size, batch) => {
          const played = madeUpPoll(seed, size, batch);
          const { tried, linkages } = linkagesIn(played, played.copies);
          expect(linkages).toEqual([]);
          expect(tried).toBeGreaterThan(200);
        },
      ),
      { numRuns: 30 },
    );
  });

  it.each(leaks.map(({ name, plant }) => [name, plant] as const))('finds that %s', (_, plant) => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const played = madeUpPoll(seed);
        const castings = played.castings.map((casting) => {
          const issuing = played.issuings.find(({ voter }) => voter === casting.voter)!;
          return { ...casting, personId: issuing.personId, traceId: issuing.traceId };
        });
        const { linkages } = linkagesIn(played, plant(played.copies, castings));
        expect(linkages.length).toBeGreaterThan(0);
        expect(linkages[0]!.hits).toBeGreaterThan(4 * linkages[0]!.expected);
      }),
      { numRuns: 5 },
    );
  });
});

describe('the test against chance', () => {
  /** How often so many of the guesses hit when ballots are dealt blindly. */
  const dealt = (size: number, batches: number, named: number, runs: number) => {
    const counts: number[] = [];
    let state = 12_345;
    const below = (limit: number) => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7f_ff_ff_ff;
      return (state >> 8) % limit;
    };
    for (let run = 0; run < runs; run += 1) {
      let hits = 0;
      for (let batch = 0; batch < batches; batch += 1) {
        const voters = Array.from({ length: size }, (_, index) => index);
        for (let at = size - 1; at > 0; at -= 1) {
          const other = below(at + 1);
          [voters[at], voters[other]] = [voters[other]!, voters[at]!];
        }
        voters.forEach((voter, ballot) => (hits += (voter - ballot + size) % size < named ? 1 : 0));
      }
      counts[hits] = (counts[hits] ?? 0) + 1;
    }
    return counts;
  };

  it.each([
    [2, 4, 1],
    [5, 3, 1],
    [12, 2, 3],
    [30, 2, 5],
  ])('never says less than what happens, in batches of %i, %i of them, naming %i', (size, batches, named) => {
    const runs = 100_000;
    const counts = dealt(size, batches, named, runs);
    const guessings = Array.from({ length: batches }, () => ({ size, guessed: size, named }));
    let above = 0;
    for (let hits = counts.length - 1; hits >= 0; hits -= 1) {
      above += counts[hits] ?? 0;
      if (above > 30) expect(chanceOf(hits, guessings) * 1.2).toBeGreaterThan(above / runs);
    }
  });

  it('is exact where everything is guessed right, and says nothing where luck is to be expected', () => {
    expect(chanceOf(10, [{ size: 10, guessed: 10, named: 1 }])).toBeCloseTo(1 / 3_628_800, 12);
    expect(chanceOf(0, [{ size: 10, guessed: 10, named: 1 }])).toBe(1);
    expect(chanceOf(1, [{ size: 10, guessed: 10, named: 1 }])).toBe(1);
  });
});
