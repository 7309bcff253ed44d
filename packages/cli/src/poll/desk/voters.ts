import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { PollRefused } from '../poll.errors.ts';

/** Who stands before the desk: the line they were named in, and their national id. */
export interface Voter {
  readonly line: number;
  readonly nationalId: string;
}

const mostVoters = 20_000;

/**
 * National ids from a file, a line each, or from whoever sits at the terminal until they enter an empty one.
 * @throws PollRefused `too-many-voters`
 */
export async function* voters(
  file: string | undefined,
  terminal: NodeJS.ReadableStream = process.stdin,
): AsyncGenerator<Voter> {
  let line = 0;
  for await (const text of file === undefined
    ? entered(terminal)
    : (await readFile(file, 'utf8')).split(/\r?\n/)) {
    line += 1;
    const nationalId = text.trim();
    if (nationalId === '' && file === undefined) return;
    if (nationalId === '') continue;
    if (line > mostVoters) throw new PollRefused('too-many-voters', `More than ${mostVoters} lines.`);
    yield { line, nationalId };
  }
}

async function* entered(input: NodeJS.ReadableStream): AsyncGenerator<string> {
  const terminal = createInterface({ input, output: process.stderr, prompt: 'National id: ' });
  let isOver = false;
  terminal.once('close', () => (isOver = true));
  try {
    terminal.prompt();
    for await (const line of terminal) {
      yield line;
      // What was typed before the end of the input is still to come.
      if (!isOver) terminal.prompt();
    }
  } finally {
    terminal.close();
  }
}
