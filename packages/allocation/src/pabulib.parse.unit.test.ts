import { describe, expect, it } from 'vitest';
import { pabulibLimits, parsePabulib } from './index.ts';

const file = (change: Partial<Record<'meta' | 'projects' | 'votes', string[]>> = {}) =>
  [
    'META',
    'key;value',
    ...(change.meta ?? ['num_projects;2', 'num_votes;2', 'budget;100', 'vote_type;approval']),
    'PROJECTS',
    ...(change.projects ?? ['project_id;cost;votes;name', 'a;60;2;Racks', 'b;50;1;Food']),
    'VOTES',
    ...(change.votes ?? ['voter_id;vote;age', '1;a,b;44', '2;a;17']),
    '',
  ].join('\n');
const meta = (row: string) =>
  file({
    meta: [
      row,
      ...['num_projects;2', 'num_votes;2', 'budget;100', 'vote_type;approval'].filter(
        (one) => one.split(';')[0] !== row.split(';')[0],
      ),
    ],
  });
const refusal = (text: string | Uint8Array, limits = pabulibLimits) => {
  try {
    parsePabulib(text, limits);
  } catch (error) {
    const { code, line } = error as { code: string; line: number };
    return [code, line];
  }
  return undefined;
};

describe('a Pabulib file', () => {
  it('is read without what voters were asked about themselves', () => {
    const parsed = parsePabulib(file());
    expect(parsed.meta).toMatchObject({ budget: 100, decimals: 0, voteType: 'approval' });
    expect(parsed.projects[1]).toMatchObject({ id: 'b', cost: 50, votes: 1, name: 'Food' });
    expect(parsed.votes).toEqual([
      { voterId: '1', choices: ['a', 'b'] },
      { voterId: '2', choices: ['a'] },
    ]);
  });

  it('reads the same from bytes, with a byte order mark, CRLF and blank lines', () => {
    const text = `\uFEFF${file().replaceAll('\n', '\r\n')}\r\n\r\n`;
    expect(parsePabulib(new TextEncoder().encode(text))).toEqual(parsePabulib(file()));
  });

  it('reads the same whichever way its lines end, also when they end in several', () => {
    const [first, ...rest] = file().split('\n');
    const ends = [file().replaceAll('\n', '\r'), [`${first}\r`, ...rest].join('\n')];
    for (const text of [...ends, [first, ...rest].join('\r\n').replace('\r\n', '\n'), file().trimEnd()])
      expect(parsePabulib(text)).toEqual(parsePabulib(file()));
    const wrong = file({ votes: ['voter_id;vote', '1;a,b', '2;z'] });
    for (const end of ['\n', '\r\n', '\r'])
      expect(refusal(wrong.replaceAll('\n', end))).toEqual(['pb-unknown-project', 14]);
  });

  it('keeps blank ballots', () => {
    const parsed = parsePabulib(
      file({ projects: ['project_id;cost', 'a;60', 'b;50'], votes: ['voter_id;vote', '1;', '2;a'] }),
    );
    expect(parsed.votes[0]).toEqual({ voterId: '1', choices: [] });
  });

  it('turns amounts into integers of the smallest unit the file needs', () => {
    const parsed = parsePabulib(file({ projects: ['project_id;cost', 'a;60.0', 'b;50.25'] }));
    expect(parsed.meta).toMatchObject({ decimals: 2, budget: 10_000 });
    expect(parsed.projects.map((project) => project.cost)).toEqual([6000, 5025]);
  });

  it('reads quoted fields, bare quotes and semicolons in descriptions', () => {
    const parsed = parsePabulib(
      file({
        meta: ['description;One; two', 'num_projects;2', 'num_votes;2', 'budget;100', 'vote_type;approval'],
        projects: ['project_id;cost;name', 'a;60;"Racks ""here""; now"', 'b;50;"Food" we like'],
      }),
    );
    expect(parsed.meta.entries.description).toBe('One; two');
    expect(parsed.projects.map((project) => project.name)).toEqual(['Racks "here"; now', '"Food" we like']);
  });

  it('reads points of cumulative votes', () => {
    const cumulative = {
      meta: ['num_projects;2', 'num_votes;1', 'budget;100', 'vote_type;cumulative'],
      projects: ['project_id;cost', 'a;60', 'b;50'],
    };
    expect(
      parsePabulib(file({ ...cumulative, votes: ['voter_id;vote;points', '1;a,b;3,2'] })).votes[0]!.points,
    ).toEqual([3, 2]);
    expect(refusal(file({ ...cumulative, votes: ['voter_id;vote;points', '1;a,b;3'] }))).toEqual([
      'pb-invalid-points',
      13,
    ]);
    expect(refusal(file({ ...cumulative, votes: ['voter_id;vote', '1;a,b'] }))).toEqual(['pb-malformed', 12]);
    const scored = { ...cumulative, votes: ['voter_id;vote;points', '1;a,b;3,2'] };
    const projects = (score: string) => ['project_id;cost;score', 'a;60;3', `b;50;${score}`];
    expect(refusal(file({ ...scored, projects: projects('2') }))).toBeUndefined();
    expect(refusal(file({ ...scored, projects: projects('3') }))).toEqual(['pb-wrong-count', 10]);
  });
});

describe('a malformed Pabulib file is refused with code and line', () => {
  const columns = 'project_id;cost;votes;name';
  it.each([
    ['sections missing', 'hello', 'pb-malformed', 1],
    ['nothing at all', '', 'pb-malformed', undefined],
    ['unknown vote type', meta('vote_type;telepathy'), 'pb-malformed', 3],
    ['a key twice', file({ meta: ['budget;1', 'budget;1'] }), 'pb-malformed', 4],
    ['a key missing', file({ meta: ['budget;1'] }), 'pb-malformed', 1],
    ['a key without a value', meta('comment'), 'pb-malformed', 3],
    ['a section missing', file().split('VOTES')[0]!, 'pb-malformed', undefined],
    ['a section without a header', `${file().split('VOTES')[0]}VOTES\n`, 'pb-malformed', 11],
    ['sections in another order', file().replace('PROJECTS', 'VOTES'), 'pb-malformed', undefined],
    ['a section twice', `${file()}PROJECTS\nproject_id;cost\nc;1\n`, 'pb-wrong-count', 4],
    ['a number of projects that is no number', meta('num_projects;0x2'), 'pb-malformed', 3],
    ['a number of votes without a number', meta('num_votes;'), 'pb-malformed', 3],
    ['a least number of choices that is none', meta('min_length;-1'), 'pb-malformed', 3],
    ['too few projects', meta('num_projects;3'), 'pb-wrong-count', 3],
    ['too many votes', meta('num_votes;1'), 'pb-wrong-count', 3],
    ['a budget below zero', meta('budget;-1'), 'pb-invalid-cost', 3],
    ['a budget that is no number', meta('budget;lots'), 'pb-invalid-cost', 3],
    ['a column missing', file({ projects: ['project_id;name', 'a;x', 'b;y'] }), 'pb-malformed', 8],
    ['a column twice', file({ projects: ['project_id;cost;cost', 'a;1;1', 'b;1;1'] }), 'pb-malformed', 8],
    ['a row too short', file({ projects: [columns, 'a;60;2;x', 'b;50;1'] }), 'pb-malformed', 10],
    ['a project twice', file({ projects: [columns, 'a;60;2;x', 'a;50;1;y'] }), 'pb-duplicate-project', 10],
    ['a negative cost', file({ projects: [columns, 'a;60;2;x', 'b;-50;1;y'] }), 'pb-invalid-cost', 10],
    [
      'a cost with too many decimals',
      file({ projects: [columns, 'a;1.1234567;2;x', 'b;5;1;y'] }),
      'pb-invalid-cost',
      9,
    ],
    ['a cost in powers of ten', file({ projects: [columns, 'a;6e1;2;x', 'b;5;1;y'] }), 'pb-invalid-cost', 9],
    ['a project without an id', file({ projects: [columns, ';60;2;x', 'b;50;1;y'] }), 'pb-malformed', 9],
    [
      'a project whose id no list holds',
      file({ projects: [columns, '"a,b";60;2;x', 'b;50;1;y'] }),
      'pb-malformed',
      9,
    ],
    [
      'a votes column without a count',
      file({ projects: [columns, 'a;60;two;x', 'b;50;1;y'] }),
      'pb-malformed',
      9,
    ],
    ['a zero cost', file({ projects: [columns, 'a;0;2;x', 'b;50;1;y'] }), 'pb-invalid-cost', 9],
    [
      'an inexact cost',
      file({ projects: [columns, 'a;99999999999999999;2;x', 'b;50;1;y'] }),
      'pb-invalid-cost',
      9,
    ],
    [
      'a votes column that disagrees',
      file({ projects: [columns, 'a;60;2;x', 'b;50;2;y'] }),
      'pb-wrong-count',
      10,
    ],
    [
      'a vote for an unknown project',
      file({ votes: ['voter_id;vote', '1;a,b', '2;z'] }),
      'pb-unknown-project',
      14,
    ],
    ['an empty choice', file({ votes: ['voter_id;vote', '1;a,,b', '2;a'] }), 'pb-unknown-project', 13],
    ['a choice twice', file({ votes: ['voter_id;vote', '1;a,b', '2;a,a'] }), 'pb-duplicate-choice', 14],
    ['a voter without an id', file({ votes: ['voter_id;vote', '1;a,b', ';a'] }), 'pb-malformed', 14],
    ['a voter twice', file({ votes: ['voter_id;vote', '1;a,b', '1;a'] }), 'pb-duplicate-voter', 14],
  ])('%s', (_, text, code, line) => {
    expect(refusal(text)).toEqual([code, line]);
  });

  it('bytes that are not UTF-8', () => {
    expect(refusal(new Uint8Array([0x4d, 0xff]))).toEqual(['pb-malformed', undefined]);
  });

  it('more than the limits allow, before it is read', () => {
    expect(refusal(file(), { ...pabulibLimits, bytes: 10 })?.[0]).toBe('pb-too-large');
    expect(refusal(file(), { ...pabulibLimits, columns: 3 })).toEqual(['pb-too-large', 8]);
    expect(refusal(file(), { ...pabulibLimits, projects: 1 })?.[0]).toBe('pb-too-large');
    expect(refusal(file(), { ...pabulibLimits, votes: 1 })?.[0]).toBe('pb-too-large');
    expect(refusal(`META\nkey;value\n${';'.repeat(101)}\n`, { ...pabulibLimits, rowLength: 100 })).toEqual([
      'pb-too-large',
      3,
    ]);
    const endless = `META\nkey;value\n${'a;b\n'.repeat(2_000)}`;
    expect(refusal(endless, { ...pabulibLimits, projects: 1, votes: 1 })).toEqual(['pb-too-large', 1003]);
    expect(
      refusal(file({ votes: ['voter_id;vote', `1;"${'x'.repeat(200)}`] }), {
        ...pabulibLimits,
        rowLength: 100,
      })?.[0],
    ).toBe('pb-too-large');
  });

  it('an opened quote that never closes', () => {
    expect(refusal(file({ votes: ['voter_id;vote', '1;"a'] }))?.[0]).toBe('pb-malformed');
  });
});
