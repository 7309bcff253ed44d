import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

  it('refuses a lot and conflict groups that are none', async () => {
    const path = join(folder, 'wrong.json');
    for (const text of ['{', '{"a":1}', '[1]']) {
      await writeFile(path, text);
      expect((await run(bemowo, '--tie', path)).code).toBe('lot-malformed');
      expect((await run(bemowo, '--conflicts', path)).code).toBe('conflicts-malformed');
    }
    await writeFile(path, '["1440"]');
    expect((await run(bemowo, '--tie', path)).code).toBe('lot-incomplete');
    expect((await run(bemowo, '--tie', join(folder, 'none.json'))).code).toBe('file-unreadable');
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
    expect((await run(join(folder, 'none.pb'))).code).toBe('file-unreadable');
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
    expect((await run(bemowo, ...args)).code).toBe('commander.invalidArgument');
  });
});
