import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { allocate, electionOf, parsePabulib } from './index.ts';
import type { AllocationRule, PabulibFile } from './index.ts';
import { expectedOutcomes, readShared, sharedFile } from './pabulib.fixture.ts';
import { equalShares } from './rules.fixture.ts';

const rules: Readonly<Record<string, AllocationRule>> = {
  greedy: { rule: 'greedy' },
  'equal-shares': equalShares,
  'equal-shares+add1': { ...equalShares, completion: 'add1' },
};

const read = new Map<string, PabulibFile>();
function fileOf(name: string): PabulibFile {
  const file = read.get(name) ?? parsePabulib(readShared(name));
  read.set(name, file);
  return file;
}

function decide(name: string, rule: AllocationRule) {
  const file = fileOf(name);
  // The increments of the files are one currency unit each, and no amount in them has decimals.
  expect(file.meta.decimals).toBe(0);
  return allocate({ ...electionOf(file), rule });
}

const expected = Object.entries(expectedOutcomes()).flatMap(
  ([name, { votes, projects, budget, ...outcomes }]) =>
    Object.entries(outcomes).map(([rule, outcome]) => ({
      name,
      rule,
      sizes: [projects, votes, budget],
      outcome,
    })),
);

describe('real elections', () => {
  it('have outcomes of pabutools for five files and three rules, but for one', () =>
    expect(expected).toHaveLength(14));

  it.each(expected)('agrees with pabutools on $name by $rule', ({ name, rule, sizes, outcome }) => {
    const { meta, projects, votes } = fileOf(name);
    expect([projects.length, votes.length, meta.budget]).toEqual(sizes);
    const decided = decide(name, rules[rule]!);
    expect(decided.selected.toSorted()).toEqual(outcome.selected.toSorted());
    expect(decided.cost).toBe(outcome.cost);
  });

  const officially: [file: string, rule: AllocationRule, projects: number, cost: number][] = [
    ['Netherlands_Assen_2024.pb', rules['equal-shares+add1']!, 9, 76_700],
    [
      'Poland_Swiecie_2023.pb',
      { ...equalShares, completion: 'add1', comparison: true, costThreshold: 3 },
      17,
      1_040_337,
    ],
    ['Poland_Warszawa_2023_Bemowo.pb', { rule: 'greedy' }, 31, 4_853_670],
    ['Poland_Gdynia_2023_Green_Budget.pb', { rule: 'greedy', minimumVotes: 1000 }, 2, 1_937_973],
  ];

  it('state an official result in these files only', () => {
    const stating = readdirSync(sharedFile('')).filter(
      (name) => name.endsWith('.pb') && fileOf(name).projects.some(({ selected }) => selected !== undefined),
    );
    expect(stating.toSorted()).toEqual(officially.map(([name]) => name).toSorted());
  });

  it.each(officially)('agrees with the official result of %s', (name, rule, count, cost) => {
    const official = fileOf(name)
      .projects.filter(({ selected }) => selected)
      .map(({ id }) => id);
    expect(official).toHaveLength(count);
    const outcome = decide(name, rule);
    expect(outcome.selected.toSorted()).toEqual(official.toSorted());
    expect(outcome.cost).toBe(cost);
  });

  it('of voters who rank projects are read, and decided by no rule', () => {
    const text = readShared('Netherlands_Assen_2024.pb')
      .toString()
      .replace('vote_type;approval', 'vote_type;ordinal');
    expect(() => electionOf(parsePabulib(text))).toThrow(
      expect.objectContaining({ code: 'unsupported-vote-type' }),
    );
  });

  it('decides cumulative votes: points first, or points × cost in equal shares', () => {
    const name = 'Poland_Czestochowa_2020_Grabowka.pb';
    expect(fileOf(name).votes[0]).toEqual({
      voterId: '35',
      choices: ['196', '198'],
      points: [6, 4],
    });
    expect(decide(name, rules.greedy!).selected.toSorted()).toEqual(['196', '198', '443', '463', '47']);
    expect(decide(name, equalShares).selected.toSorted()).toEqual(['196', '198', '463', '47']);
  });
});
