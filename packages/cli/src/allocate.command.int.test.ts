import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { registerAllocate } from './allocate.command.ts';

const bemowo = join(
  process.env.TALKOOT_SHARED ?? join(import.meta.dirname, '../../../../shared'),
  'pabulib/Poland_Warszawa_2023_Bemowo.pb',
);

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

  it('refuses a rule it does not know', async () => {
    expect((await run(bemowo, '--rule', 'borda')).code).toBe('commander.invalidArgument');
  });
});
