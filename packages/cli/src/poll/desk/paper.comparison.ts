import { PollRefused } from '../poll.errors.ts';
import type { TypedPaper } from './paper.csv.ts';

export interface TypedFile {
  readonly name: string;
  readonly papers: readonly TypedPaper[];
}

const mostShown = 20;

/**
 * The papers that two people typed, each in an order of their own.
 * @returns plaintexts, hexadecimal, ascending
 * @throws PollRefused `entries-differ` with the lines that have no counterpart
 */
export function agreedPapers(first: TypedFile, second: TypedFile): string[] {
  const differences = [...withoutCounterpart(first, second), ...withoutCounterpart(second, first)];
  if (differences.length === 0) return first.papers.map(({ plaintext }) => plaintext).toSorted();
  const shown = differences.slice(0, mostShown).join('\n');
  const more = differences.length > mostShown ? `\n… and ${differences.length - mostShown} more` : '';
  throw new PollRefused(
    'entries-differ',
    `The two files do not hold the same papers; nothing was cast. Without a counterpart:\n${shown}${more}`,
  );
}

function withoutCounterpart({ name, papers }: TypedFile, other: TypedFile): string[] {
  const left = new Map<string, number>();
  for (const { plaintext } of other.papers) left.set(plaintext, (left.get(plaintext) ?? 0) + 1);
  return papers.flatMap(({ line, cells, plaintext }) => {
    const counterparts = left.get(plaintext) ?? 0;
    left.set(plaintext, counterparts - 1);
    return counterparts > 0 ? [] : [`${name} line ${line}: ${cells}`];
  });
}
