import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { registerAllocate } from './allocate.command.ts';

const folderOfElections = join(
  process.env.TALKOOT_SHARED ?? join(import.meta.dirname, '../../../../shared'),
  'pabulib',
);
const bemowo = join(folderOfElections, 'Poland_Warszawa_2023_Bemowo.pb');
const swiecie = join(folderOfElections, 'Poland_Swiecie_2023.pb');
const grabowka = join(folderOfElections, 'Poland_Czestochowa_2020_Grabowka.pb');

async function run(...args: string[]) {
  const written: string[] = [];
  const refused: string[] = [];
  const program = new Command('talkoot').exitOverride();
  registerAllocate(program);
  program.commands[0]!.exitOverride().configureOutput({ writeErr: (text) => refused.push(text) });
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  try {
    await program.parseAsync(['allocate', ...args], { from: 'user' });
    return { code: undefined, out: written.join(''), error: '' };
  } catch (error) {
    return { code: (error as { code: string }).code, out: written.join(''), error: refused.join('') };
  } finally {
    spy.mockRestore();
  }
}

const program = join(import.meta.dirname, 'talkoot.ts');
/** As a process of its own. */
const started = (...args: string[]) =>
  promisify(execFile)(process.execPath, [program, 'allocate', ...args]).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  );

describe('talkoot allocate', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'talkoot-allocate-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('decides a real election', async () => {
    expect(existsSync(bemowo), `${bemowo} is missing; TALKOOT_SHARED names the folder`).toBe(true);
    const { out } = await run(bemowo, '--rule', 'greedy', '--json');
    const result = JSON.parse(out) as { selected: string[]; cost: number; explanations: unknown[] };
    expect(result.selected).toHaveLength(31);
    expect(result.cost).toBe(4_853_670);
    expect(result.explanations).toHaveLength(83);
    expect((await run(bemowo)).out).toContain('31 of 83 projects, 4853670 of 4854279 PLN');
  });

  it('decides by equal shares with its parameters, and says what everybody had', async () => {
    const official = [
      '--rule',
      'equal-shares',
      '--completion',
      'add1',
      '--comparison',
      'on',
      '--threshold',
      '3',
    ];
    const { out } = await run(swiecie, ...official, '--exhaustive-stop', 'on', '--json');
    const { selected, cost, endowment, explanations, comparison } = JSON.parse(out) as Record<
      string,
      unknown
    >;
    expect(selected).toHaveLength(17);
    expect({ cost, comparison }).toEqual({
      cost: 1_040_337,
      comparison: { preferEqualShares: 1245, preferGreedy: 363 },
    });
    expect(endowment).toBeCloseTo(1_070_000 / 2553 + 226, 9);
    expect(explanations).toContainEqual({
      ...{ projectId: 'c15', votes: 272, cost: 80_000, funded: false, reason: 'supporters-short' },
      ...{ available: 69_914, shortfall: 10_086, pricePerSupporter: 80_000 / 272 },
    });
    expect((await run(swiecie, ...official)).out).toContain('Everybody had 645.11 PLN to share.');
  });

  it('decides points, and shows them', async () => {
    const { out } = await run(grabowka, '--rule', 'equal-shares', '--json');
    const { selected, explanations } = JSON.parse(out) as { selected: string[]; explanations: unknown[] };
    expect(selected.toSorted()).toEqual(['196', '198', '463', '47']);
    expect(explanations[0]).toMatchObject({ projectId: '196', votes: 72, points: 435 });
  });

  it('breaks ties by a lot, and funds one project of a conflict group', async () => {
    const [election, lot, conflicts] = ['tie.pb', 'lot.json', 'conflicts.json'].map((name) =>
      join(folder, name),
    );
    const meta = 'META\nkey;value\nnum_projects;2\nnum_votes;1\nbudget;2.5\nvote_type;approval\n';
    await writeFile(
      election!,
      `${meta}PROJECTS\nproject_id;cost\na;1.25\nb;1.25\nVOTES\nvoter_id;vote\n1;a,b\n`,
    );
    await writeFile(lot!, '["b","a"]');
    await writeFile(conflicts!, '[["a","b"]]');
    const decided = async (...args: string[]) => JSON.parse((await run(election!, '--json', ...args)).out);
    expect(await decided()).toMatchObject({ selected: ['a', 'b'], cost: 2.5 });
    expect(await decided('--tie', lot!)).toMatchObject({ selected: ['b', 'a'] });
    expect(await decided('--conflicts', conflicts!, '--tie', lot!)).toMatchObject({
      selected: ['b'],
      cost: 1.25,
    });
  });

  it('follows completion, exhaustive stop, increment and minimum of votes', async () => {
    const path = join(folder, 'completions.pb');
    const decided = async (budget: number, costs: string[], votes: string[], args: string) => {
      const counts = `num_projects;${costs.length}\nnum_votes;${votes.length}`;
      const rows = votes.map((vote, at) => `${at};${vote}\n`).join('');
      const meta = `META\nkey;value\n${counts}\nbudget;${budget}\nvote_type;approval\n`;
      const projects = `PROJECTS\nproject_id;cost\n${costs.join('\n')}\n`;
      await writeFile(path, `${meta}${projects}VOTES\nvoter_id;vote\n${rows}`);
      const { out } = await run(path, '--rule', 'equal-shares', '--json', ...args.split(' '));
      const { selected, endowment } = JSON.parse(out) as { selected: string[]; endowment: number };
      return [selected.toSorted().join(''), endowment];
    };
    const four = (args: string) =>
      decided(13, ['a;9', 'b;3', 'c;6', 'd;2'], ['d', 'a,c', 'a', 'b,d'], `--completion ${args}`);
    expect(await four('none')).toEqual(['d', 13 / 4]);
    expect(await four('utilitarian')).toEqual(['ad', 13 / 4]);
    expect(await four('add1')).toEqual(['bd', 17 / 4]);
    expect(await four('add1u')).toEqual(['bcd', 17 / 4]);
    expect(await four('add1 --increment 2')).toEqual(['d', 13 / 4]);
    expect(await four('add1 --minimum-votes 2')).toEqual(['ad', 21 / 4]);
    const two = (stop: string) =>
      decided(10, ['a;8', 'b;7'], ['a', 'a', 'b'], `--completion add1 --exhaustive-stop ${stop}`);
    expect(await two('on')).toEqual(['a', 13 / 3]);
    expect(await two('off')).toEqual(['a', 19 / 3]);
  });

  it('follows every parameter or refuses it: greedy has no completion and no comparison', async () => {
    expect((await run(grabowka, '--completion', 'add1')).code).toBe('rule-invalid');
    expect((await run(grabowka, '--comparison', 'on')).code).toBe('rule-invalid');
    expect((await run(grabowka, '--rule', 'greedy', '--completion', 'none')).code).toBeUndefined();
  });

  it('as a program exits with 0, or with 1, a code and nothing on its output', async () => {
    const decided = await started(grabowka, '--json');
    expect([decided.code, decided.stderr]).toEqual([0, '']);
    expect(Object.keys(JSON.parse(decided.stdout))).toEqual([
      ...['selected', 'cost', 'endowment', 'comparison', 'explanations'],
    ]);
    const path = join(folder, 'unknown.pb');
    const meta = 'META\nkey;value\nnum_projects;1\nnum_votes;1\nbudget;1\nvote_type;approval\n';
    await writeFile(path, `${meta}PROJECTS\nproject_id;cost\na;1\nVOTES\nvoter_id;vote\n1;z\n`);
    const refused = await started(path, '--json');
    expect([refused.code, refused.stdout, refused.stderr]).toEqual([
      ...[1, '', 'pb-unknown-project: line 12: no project "z"\n'],
    ]);
  });

  it('lets no file command the terminal', async () => {
    const path = join(folder, 'escape.pb');
    const meta =
      'META\nkey;value\nnum_projects;1\nnum_votes;1\nbudget;1\nvote_type;approval\ncurrency;E\u001b[2J\n';
    const text = (id: string) =>
      `${meta}PROJECTS\nproject_id;cost;name\n${id};1;na\u001b[2Jme\nVOTES\nvoter_id;vote\n1;${id}\n`;
    await writeFile(path, text('a\u001b[31m'));
    const { out, code } = await run(path);
    expect(code).toBeUndefined();
    expect(out).toContain('na [2Jme');
    expect(out).not.toContain('\u001b[');
    await writeFile(path, text('a\u001b[31m').replace(';1;na', ';0;na'));
    expect((await run(path)).error).toContain(
      'pb-invalid-cost: line 10: the cost of "a\\u001b[31m" is not above zero',
    );
  });

  it('refuses a lot and conflict groups that are none', async () => {
    const path = join(folder, 'wrong.json');
    for (const text of ['{', '{"a":1}', '[1]']) {
      await writeFile(path, text);
      expect((await run(grabowka, '--tie', path)).code).toBe('lot-malformed');
      expect((await run(grabowka, '--conflicts', path)).code).toBe('conflicts-malformed');
    }
    await writeFile(path, '["196"]');
    expect((await run(grabowka, '--tie', path)).code).toBe('lot-incomplete');
    await writeFile(path, '[["196","none"]]');
    expect((await run(grabowka, '--conflicts', path)).code).toBe('unknown-project');
    await writeFile(path, '[["196"]]');
    expect((await run(grabowka, '--conflicts', path)).code).toBe('rule-invalid');
    expect((await run(grabowka, '--tie', join(folder, 'none.json'))).code).toBe('file-unreadable');
  });

  it('names the code and line of a malformed file, and prints nothing else', async () => {
    const path = join(folder, 'bad.pb');
    await writeFile(path, 'META\nkey;value\nbudget;1\n');
    expect(await run(path, '--json')).toEqual({
      code: 'pb-malformed',
      out: '',
      error: expect.stringContaining('pb-malformed: '),
    });
  });

  it('says when there is no such file', async () => {
    expect((await run(join(folder, 'missing.pb'))).code).toBe('file-unreadable');
    expect((await run(folder)).code).toBe('file-unreadable');
  });

  it.each([
    ['--rule', 'borda'],
    ['--completion', 'phragmen'],
    ['--exhaustive-stop', 'maybe'],
    ['--comparison', 'yes'],
    ['--increment', '0'],
    ['--threshold', '0'],
    ['--minimum-votes', '-1'],
  ])('refuses %s %s', async (...args) => {
    expect((await run(grabowka, ...args)).code).toBe('commander.invalidArgument');
  });
});
