import { describe, expect, it } from 'vitest';
import { allocateGreedy, greedyInput, parsePabulib } from './index.ts';
import { expectedOutcomes, readShared } from './pabulib.fixture.ts';

const outcomeOf = (name: string) => allocateGreedy(greedyInput(parsePabulib(readShared(name))));

describe('greedy on real elections', () => {
  it.each([
    'France_Toulouse_2022.pb',
    'Netherlands_Assen_2024.pb',
    'Poland_Gdynia_2023_Green_Budget.pb',
    'Poland_Swiecie_2023.pb',
    'Poland_Warszawa_2023_Bemowo.pb',
  ])('agrees with pabutools on %s', (name) => {
    const expected = expectedOutcomes()[name]!;
    const file = parsePabulib(readShared(name));
    expect([file.projects.length, file.votes.length, file.meta.budget]).toEqual([
      expected.projects,
      expected.votes,
      expected.budget,
    ]);
    const outcome = outcomeOf(name);
    expect(outcome.selected.toSorted()).toEqual(expected.greedy.selected.toSorted());
    expect(outcome.cost).toBe(expected.greedy.cost);
  });

  it.each([
    ['Poland_Warszawa_2023_Bemowo.pb', 31],
    ['Poland_Gdynia_2023_Green_Budget.pb', 2],
  ])('agrees with the official result of %s', (name, count) => {
    const official = parsePabulib(readShared(name))
      .projects.filter((project) => project.selected)
      .map((project) => project.id);
    expect(official).toHaveLength(count);
    expect(outcomeOf(name).selected.toSorted()).toEqual(official.toSorted());
  });

  it('reads cumulative votes, and refuses to decide them as approvals', () => {
    const file = parsePabulib(readShared('Poland_Czestochowa_2020_Grabowka.pb'));
    expect(file.votes[0]).toEqual({ voterId: '35', choices: ['196', '198'], points: [6, 4] });
    expect(() => greedyInput(file)).toThrow(expect.objectContaining({ code: 'unsupported-vote-type' }));
  });
});
