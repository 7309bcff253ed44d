import type { Election } from '@talkoot/allocation';

/** Always the same numbers from 0 up to 1 (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * An election in cents: projects of 1,000 to 100,000 euros, few of them popular; a voter approves up to ten; the budget is a
 * quarter of what all projects cost.
 */
export function syntheticElection({ votes, projects }: { votes: number; projects: number }): Election {
  const random = randomFrom(20_261_125);
  const all = Array.from({ length: projects }, (_, index) => ({
    id: `p${String(index + 1).padStart(3, '0')}`,
    cost: Math.round(100_000 * 100 ** random()),
  }));
  const choose = (): string[] => {
    const chosen = new Set<string>();
    const wanted = 1 + Math.floor(random() * 10);
    // The square prefers low places; a choice made twice makes the ballot shorter.
    for (let count = 0; count < wanted; count += 1) chosen.add(all[Math.floor(random() ** 2 * projects)]!.id);
    return [...chosen];
  };
  return {
    budget: Math.floor(all.reduce((sum, { cost }) => sum + cost, 0) / 4),
    projects: all,
    ballotType: 'approval',
    ballots: Array.from({ length: votes }, () => ({ choices: choose() })),
  };
}
