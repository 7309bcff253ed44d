import { BallotError, encodeBallot } from '@talkoot/ballot-protocol';
import type { Answer, Ballot, BallotRules, Manifest } from '@talkoot/ballot-protocol';
import { PollRefused } from '../poll.errors.ts';

/** A paper as somebody typed it. */
export interface TypedPaper {
  /** Of the file, from 1; the header is the first. */
  readonly line: number;
  /** What stands there, for whoever looks for a difference. */
  readonly cells: string;
  /** As the protocol writes it, hexadecimal: equal papers are equal. */
  readonly plaintext: string;
}

type Rules = Pick<Manifest, 'ballot' | 'allocation'>;
const mostLines = 100_000;
const mostFaults = 20;
const shareColumn = 'share';

/** The header of the files: the options in the manifest's order, and for a bonus vote the share. */
export function columnsOf({ ballot }: Pick<Manifest, 'ballot'>): string[] {
  const options = ballot.options.map(({ id }) => id);
  return ballot.type === 'bonus' ? [...options, shareColumn] : options;
}

/**
 * Reads papers as one person typed them: a line each, a cell for each option, nothing left empty.
 * @throws PollRefused `papers-malformed` naming the lines
 */
export function readPapers(text: string, rules: Rules, file: string): TypedPaper[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const [header = '', ...rest] = lines;
  const separator = header.includes(';') ? ';' : ',';
  const cellsOf = (line: string) => line.split(separator).map((cell) => cell.trim().toLowerCase());
  const order = orderOf(cellsOf(header), columnsOf(rules), file);
  if (rest.length > mostLines) throw malformed(file, [`more than ${mostLines} lines`]);
  const papers: TypedPaper[] = [];
  const faults: string[] = [];
  for (const [at, content] of rest.entries()) {
    if (content.trim() === '') continue;
    const line = at + 2;
    const read = paperIn(cellsOf(content), order, rules);
    if ('fault' in read) faults.push(`line ${line}: ${read.fault}`);
    else papers.push({ line, cells: content.trim(), plaintext: read.plaintext });
  }
  if (faults.length > 0) throw malformed(file, faults);
  return papers;
}

/** For each column that is wanted, where it stands in the file. */
function orderOf(header: readonly string[], columns: readonly string[], file: string): number[] {
  const missing = columns.filter((column) => !header.includes(column));
  const strange = header.filter((cell, at) => !columns.includes(cell) || header.indexOf(cell) !== at);
  if (missing.length + strange.length === 0) return columns.map((column) => header.indexOf(column));
  const faults = [
    ...missing.map((column) => `line 1: no column ${column}`),
    ...strange.map((cell) => `line 1: ${cell || 'an empty column'} is no option, or there twice`),
  ];
  throw malformed(file, faults);
}

type Read = { readonly plaintext: string } | { readonly fault: string };

function paperIn(cells: readonly string[], order: readonly number[], rules: Rules): Read {
  if (cells.length !== order.length) return { fault: `${cells.length} cells instead of ${order.length}` };
  const ballot = ballotIn(
    order.map((place) => cells[place]!),
    rules.ballot,
  );
  if (typeof ballot === 'string') return { fault: ballot };
  try {
    return { plaintext: Buffer.from(encodeBallot(rules, ballot)).toString('hex') };
  } catch (error) {
    if (!(error instanceof BallotError)) throw error;
    return { fault: meanings[error.code] ?? error.code };
  }
}

const meanings: Readonly<Record<string, string>> = {
  'too-many-choices': 'more choices than a paper may have',
  'too-few-choices': 'fewer choices than a paper must have, unless it is blank',
  'over-budget': 'its choices cost more than there is to spend',
  'points-total': 'more points than a voter has',
};

/** The ballot of cells in the manifest's order, or what is wrong with one of them. */
function ballotIn(cells: readonly string[], { type, options }: BallotRules): Ballot | string {
  const strange = (allowed: RegExp) => cells.slice(0, options.length).find((cell) => !allowed.test(cell));
  const faultIn = (allowed: RegExp, words: string) => {
    const cell = strange(allowed);
    return cell === undefined ? null : `${cell || 'an empty cell'} is not ${words}`;
  };
  switch (type) {
    case 'approval':
    case 'knapsack': {
      const places = cells.flatMap((cell, place) => (cell === '1' ? [place] : []));
      return faultIn(/^[01]$/, '1 or 0') ?? { type, places };
    }
    case 'points': {
      const points = cells.flatMap((cell, place) =>
        Number(cell) > 0 ? [{ place, points: Number(cell) }] : [],
      );
      return faultIn(/^\d{1,9}$/, 'a number') ?? { type, points };
    }
    case 'yes-no':
      return faultIn(/^(yes|no|-)$/, 'yes, no or -') ?? { type, answers: cells.map(answerOf) };
    case 'bonus': {
      const share = cells.at(-1)!;
      if (!/^(-|\d{1,2}|100)$/.test(share))
        return `${share || 'an empty cell'} is no share from 0 to 100, or -`;
      const answers = cells.slice(0, -1).map(answerOf);
      return (
        faultIn(/^(yes|no|-)$/, 'yes, no or -') ?? {
          type,
          answers,
          share: share === '-' ? null : Number(share),
        }
      );
    }
  }
}

const answerOf = (cell: string): Answer => (cell === 'yes' || cell === 'no' ? cell : null);

function malformed(file: string, faults: readonly string[]): PollRefused {
  const shown = faults.slice(0, mostFaults).join('; ');
  const more = faults.length > mostFaults ? `; and ${faults.length - mostFaults} more` : '';
  return new PollRefused('papers-malformed', `${file}: ${shown}${more}.`);
}
