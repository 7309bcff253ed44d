import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exportPabulib, parsePabulib } from './index.ts';
import type { PabulibExport } from './index.ts';

// Edges are trimmed and inner line breaks become spaces, so only those two may differ on reading back.
const words = fc
  .string({ unit: 'grapheme', maxLength: 20 })
  .map((text) => text.replace(/[\r\n]+/g, ' ').trim());
const poll: fc.Arbitrary<PabulibExport> = fc
  .uniqueArray(fc.stringMatching(/^[a-z0-9/_-]{1,12}$/), { minLength: 1, maxLength: 8 })
  .chain((ids) =>
    fc.record({
      meta: fc.record({ description: words, currency: fc.constant('EUR'), unit: words }),
      budget: fc.nat(10 ** 9),
      decimals: fc.constantFrom(0, 2),
      projects: fc.tuple(
        ...ids.map((id) =>
          fc.record({
            id: fc.constant(id),
            name: words,
            cost: fc.integer({ min: 1, max: 10 ** 9 }),
            selected: fc.boolean(),
          }),
        ),
      ),
      ballots: fc.array(fc.record({ ballotId: fc.uuid(), choices: fc.subarray(ids) }), { maxLength: 10 }),
    }),
  );

describe('an exported poll', () => {
  it('reads back as the same election', () => {
    fc.assert(
      fc.property(poll, (original) => {
        const read = parsePabulib(exportPabulib(original));
        const scale = 10 ** (original.decimals - read.meta.decimals);
        expect(read.meta.budget * scale).toBe(original.budget);
        expect(
          read.projects.map(({ id, cost, selected, name }) => ({ id, cost: cost * scale, selected, name })),
        ).toEqual(
          original.projects.map(({ id, cost, selected, name }) => ({ id, cost, selected, name: name || id })),
        );
        const sorted = original.ballots.toSorted((a, b) => (a.ballotId < b.ballotId ? -1 : 1));
        expect(read.votes.map((vote) => vote.choices)).toEqual(sorted.map((ballot) => ballot.choices));
      }),
    );
  });

  it('says nothing about voters but what they chose', () => {
    const text = exportPabulib({
      meta: { description: 'Round 1', currency: 'EUR' },
      budget: 10_050,
      decimals: 2,
      projects: [{ id: 'a', name: 'Racks; "new"', cost: 5000, selected: true }],
      ballots: [
        { ballotId: 'ffff', choices: ['a'] },
        { ballotId: '0000', choices: [] },
      ],
    });
    expect(text).toBe(
      'META\nkey;value\ndescription;Round 1\ncurrency;EUR\nnum_projects;1\nnum_votes;2\nbudget;100.50\nvote_type;approval\n' +
        'PROJECTS\nproject_id;cost;votes;name;selected\na;50.00;1;"Racks; ""new""";1\nVOTES\nvoter_id;vote\n1;\n2;a\n',
    );
  });

  it('keeps points, and counts them', () => {
    const ballots = [
      { ballotId: 'b', choices: ['a'], points: [3] },
      { ballotId: 'a', choices: ['b', 'a'], points: [1, 2] },
      { ballotId: 'c', choices: [], points: [] },
    ];
    const projects = [
      { id: 'a', name: 'Racks', cost: 5 },
      { id: 'b', name: 'Food', cost: 7 },
    ];
    const read = parsePabulib(exportPabulib({ meta: {}, budget: 9, decimals: 0, projects, ballots }));
    expect(read.meta.voteType).toBe('cumulative');
    expect(read.projects.map(({ columns }) => columns['score'])).toEqual(['5', '1']);
    expect(read.votes).toEqual([
      { voterId: '1', choices: ['b', 'a'], points: [1, 2] },
      { voterId: '2', choices: ['a'], points: [3] },
      { voterId: '3', choices: [], points: [] },
    ]);
  });

  it('refuses project ids that a list of ids could not hold', () => {
    const projects = [{ id: 'a,b', name: 'x', cost: 1 }];
    expect(() => exportPabulib({ meta: {}, budget: 1, decimals: 0, projects, ballots: [] })).toThrow(
      expect.objectContaining({ code: 'pb-malformed' }),
    );
  });
});
