import { ballotLength, encodeBallot } from '@talkoot/ballot-protocol';
import type { Ballot, BallotContext } from '@talkoot/ballot-protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { agreedPapers } from './paper.comparison.ts';
import { columnsOf, readPapers } from './paper.csv.ts';
import { shuffled } from './pool.ts';

const options = ['racks', 'meals', 'path'].map((id) => ({ id, cost: 400 }));
const sized = (rules: Parameters<typeof ballotLength>[0], budget: number | null = null) =>
  ({
    ballot: { ...rules, length: ballotLength(rules) },
    allocation: budget === null ? null : { rule: 'greedy', budget },
  }) as BallotContext;
const approval = sized({ type: 'approval', options, minChoices: 1, maxChoices: 2 }, 1000);
const knapsack = sized({ type: 'knapsack', options, minChoices: 1, maxChoices: 3 }, 1000);
const points = sized({ type: 'points', options, minChoices: 2, maxChoices: 3, points: 10 }, 1000);
const criteria = sized({ type: 'yes-no', options: options.map(({ id }) => ({ id })) });
const bonus = sized({ type: 'bonus', options: options.map(({ id }) => ({ id })) });

const said = (rules: BallotContext, ballot: Ballot) =>
  Buffer.from(encodeBallot(rules, ballot)).toString('hex');
const read = (text: string, rules: BallotContext) =>
  readPapers(text, rules, 'a.csv').map(({ plaintext }) => plaintext);

describe('a file of papers', () => {
  test('has a column for each option, and for the share of a bonus', () => {
    expect(columnsOf(approval)).toEqual(['racks', 'meals', 'path']);
    expect(columnsOf(bonus)).toEqual(['racks', 'meals', 'path', 'share']);
  });

  test('is read for every kind of ballot, in any order of columns, as spreadsheets write it', () => {
    expect(read('racks,meals,path\n1,0,1\n0,0,0\n', approval)).toEqual([
      said(approval, { type: 'approval', places: [0, 2] }),
      said(approval, { type: 'approval', places: [] }),
    ]);
    expect(read('\uFEFFpath;racks;meals\r\n1; 0 ;0\r\n\r\n', knapsack)).toEqual([
      said(knapsack, { type: 'knapsack', places: [2] }),
    ]);
    expect(read('racks,meals,path\n7,0,3', points)).toEqual([
      said(points, {
        type: 'points',
        points: [
          { place: 0, points: 7 },
          { place: 2, points: 3 },
        ],
      }),
    ]);
    expect(read('racks,meals,path\nYES,no,-', criteria)).toEqual([
      said(criteria, { type: 'yes-no', answers: ['yes', 'no', null] }),
    ]);
    expect(read('racks,meals,path,share\nyes,no,-,100\n-,-,-,-', bonus)).toEqual([
      said(bonus, { type: 'bonus', answers: ['yes', 'no', null], share: 100 }),
      said(bonus, { type: 'bonus', answers: [null, null, null], share: null }),
    ]);
  });

  test.each([
    [approval, 'racks,meals\n', /line 1: no column path/],
    [approval, 'racks,meals,path,statue\n', /line 1: statue is no option/],
    [approval, 'racks,meals,path,path\n', /line 1: path is no option, or there twice/],
    [approval, 'racks,meals,path\n1,0,0\n1,0\n', /line 3: 2 cells instead of 3/],
    [approval, 'racks,meals,path\n1,,0', /line 2: an empty cell is not 1 or 0/],
    [approval, 'racks,meals,path\n1,x,0', /line 2: x is not 1 or 0/],
    [approval, 'racks,meals,path\n1,1,1', /line 2: more choices/],
    [knapsack, 'racks,meals,path\n1,1,1', /line 2: its choices cost more/],
    [points, 'racks,meals,path\n7,4,0', /line 2: more points/],
    [points, 'racks,meals,path\n7,0,0', /line 2: fewer choices/],
    [points, 'racks,meals,path\n-1,0,0', /line 2: -1 is not a number/],
    [criteria, 'racks,meals,path\nyes,no,maybe', /line 2: maybe is not yes, no or -/],
    [bonus, 'racks,meals,path,share\nyes,no,-,101', /line 2: 101 is no share/],
  ])('is refused with the line of each fault (%#)', (rules, text, fault) => {
    expect(() => readPapers(text, rules, 'a.csv')).toThrow(
      expect.objectContaining({ code: 'papers-malformed', message: expect.stringMatching(fault) }),
    );
  });
});

describe('two files of the same papers', () => {
  const header = 'racks,meals,path';
  const fileOf = (name: string, rows: readonly string[]) => ({
    name,
    papers: readPapers([header, ...rows].join('\n'), approval, name),
  });
  const row = fc.constantFrom('1,0,0', '0,1,0', '0,0,1', '1,1,0', '0,0,0');

  test('agree whatever their order', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 40 }), (rows) => {
        const papers = agreedPapers(fileOf('a.csv', rows), fileOf('b.csv', shuffled(rows)));
        expect(papers).toHaveLength(rows.length);
        expect(papers).toEqual(papers.toSorted());
      }),
    );
  });

  test('differ when one paper was typed otherwise, left out or typed twice, and the lines are named', () => {
    const rows = ['1,0,0', '1,0,0', '0,1,0'];
    const differs = (others: readonly string[], lines: RegExp) =>
      expect(() => agreedPapers(fileOf('a.csv', rows), fileOf('b.csv', others))).toThrow(
        expect.objectContaining({ code: 'entries-differ', message: expect.stringMatching(lines) }),
      );
    differs(['0,1,0', '1,0,0', '0,0,1'], /a.csv line 3: 1,0,0\nb.csv line 4: 0,0,1$/);
    differs(rows.slice(1), /a.csv line 3: 1,0,0$/);
    differs([...rows, '0,1,0'], /b.csv line 5: 0,1,0$/);
  });
});
