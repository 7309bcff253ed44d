import { Command } from 'commander';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { registerDesk } from './desk.commands.ts';
import { voters } from './voters.ts';
import type { Voter } from './voters.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'talkoot-desk-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Refused before any service is called. */
async function desk(...words: string[]): Promise<void> {
  const program = new Command('poll').exitOverride().configureOutput({ writeErr: () => {} });
  registerDesk(program);
  program.commands[0]!.commands.forEach((one) => one.exitOverride().configureOutput({ writeErr: () => {} }));
  const place = ['pol-1', '-m', 'lintula', '--url', 'http://127.0.0.1:9'];
  await program.parseAsync(['desk', ...words, ...place], { from: 'user' });
}

describe('talkoot poll desk totals', () => {
  test('takes a number together with its desk', async () => {
    for (const words of [
      ['--desk', 'library'],
      ['--entered', '4'],
    ])
      await expect(desk('totals', ...words)).rejects.toMatchObject({ code: 'total-incomplete' });
    await expect(desk('totals', '--desk', 'library', '--entered', 'four')).rejects.toMatchObject({
      code: 'commander.invalidArgument',
    });
  });

  test('says when the service does not answer', async () => {
    await expect(desk('totals')).rejects.toMatchObject({ code: 'unreachable' });
  });
});

test('papers are not compared with themselves', async () => {
  const files = ['--first', join(folder, 'a.csv'), '--second', `${folder}/./a.csv`];
  await expect(desk('enter', '--pool', join(folder, 'pool'), ...files)).rejects.toMatchObject({
    code: 'papers-same',
  });
});

describe('voters at the terminal', () => {
  const served = async (input: Readable) => {
    const found: string[] = [];
    for await (const { nationalId } of voters(undefined, input)) {
      // The one before takes a while, and the input ends meanwhile.
      await setImmediate();
      found.push(nationalId);
    }
    return found;
  };
  const screen = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  afterAll(() => screen.mockRestore());

  test('are served until the input ends, and none is lost', async () => {
    expect(await served(Readable.from(['010190-1234\n020290-5678\n']))).toEqual([
      '010190-1234',
      '020290-5678',
    ]);
  });

  test('are served until an empty line', async () => {
    expect(await served(Readable.from(['010190-1234\n\n020290-5678\n']))).toEqual(['010190-1234']);
  });
});

describe('voters in a file', () => {
  const served = async (text: string) => {
    const file = join(folder, 'voters.txt');
    await writeFile(file, text);
    const found: Voter[] = [];
    for await (const voter of voters(file)) found.push(voter);
    return found;
  };

  test('are one in a line, whatever lies between', async () => {
    expect(await served('010190-1234\r\n\r\n 020290-5678 \n')).toEqual([
      { line: 1, nationalId: '010190-1234' },
      { line: 3, nationalId: '020290-5678' },
    ]);
  });

  test('are not more than a desk can serve', async () => {
    await expect(served('V\n'.repeat(20_001))).rejects.toMatchObject({ code: 'too-many-voters' });
  });
});
