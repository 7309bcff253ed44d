import { readAmount, toUnits } from './pabulib.amount.ts';
import type { WrittenAmount } from './pabulib.amount.ts';
import { PabulibError } from './pabulib.errors.ts';
import { readMeta } from './pabulib.meta.ts';
import type { MetaEntries, PabulibVoteType } from './pabulib.meta.ts';
import { readSections, recordsOf } from './pabulib.sections.ts';
import type { PabulibLimits, Section } from './pabulib.sections.ts';
import { readVotes } from './pabulib.votes.ts';
import type { PabulibVote } from './pabulib.votes.ts';

export type { PabulibVote, PabulibVoteType };

export interface PabulibMeta {
  readonly voteType: PabulibVoteType;
  /** In units of 10^−decimals of a currency unit, as all costs are. */
  readonly budget: number;
  /** The fewest decimal places that hold every amount of the file; nearly always 0. */
  readonly decimals: number;
  readonly currency?: string;
  readonly rule?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  /** Every META row as written. */
  readonly entries: Readonly<Record<string, string>>;
}

export interface PabulibProject {
  readonly id: string;
  readonly name: string;
  /** Above zero, in units of 10^−decimals. */
  readonly cost: number;
  /** The column as published; always equal to the number of votes in the file. */
  readonly votes?: number;
  /** The official outcome, where the file states one. */
  readonly selected?: boolean;
  /** Every column as written, among them `category`, `latitude`, `longitude` where present. */
  readonly columns: Readonly<Record<string, string>>;
}

export interface PabulibFile {
  readonly meta: PabulibMeta;
  readonly projects: readonly PabulibProject[];
  readonly votes: readonly PabulibVote[];
}

export const pabulibLimits: PabulibLimits = {
  bytes: 32 * 2 ** 20,
  rowLength: 65_536,
  columns: 64,
  projects: 10_000,
  votes: 1_000_000,
};

/**
 * Reads a Pabulib `.pb` file (format: arXiv:2012.06539) completely or not at all. Amounts become
 * integers. What voters are asked about themselves (age, sex, …) is not read.
 * @throws PabulibError with a code and, where there is one, the line
 */
export function parsePabulib(input: string | Uint8Array, limits: PabulibLimits = pabulibLimits): PabulibFile {
  const sections = readSections(input, limits);
  const meta = readMeta(sections.META);
  checkCount(meta, 'num_projects', sections.PROJECTS.rows.length, limits.projects);
  checkCount(meta, 'num_votes', sections.VOTES.rows.length, limits.votes);
  const rows = readProjectRows(sections.PROJECTS);
  const votes = readVotes(sections.VOTES, new Set(rows.map((row) => row.id)), meta.voteType);
  checkVoteColumn(rows, votes);
  if (votes.some(({ points }) => points)) checkScoreColumn(rows, votes);
  const decimals = Math.max(meta.budget.places, ...rows.map((row) => row.amount.places));
  return {
    meta: {
      ...meta.stated,
      voteType: meta.voteType,
      budget: toUnits(meta.budget, decimals),
      decimals,
      entries: Object.fromEntries(meta.entries),
    },
    projects: rows.map(({ amount, line: _line, ...row }) => ({ ...row, cost: toUnits(amount, decimals) })),
    votes,
  };
}

interface ProjectRow extends Omit<PabulibProject, 'cost'> {
  readonly amount: WrittenAmount;
  readonly line: number;
}

function readProjectRows(section: Section): ProjectRow[] {
  const seen = new Set<string>();
  return [...recordsOf(section, ['project_id', 'cost'])].map(([record, line]) => {
    const row = readProject(record, line);
    if (seen.has(row.id))
      throw new PabulibError(
        'pb-duplicate-project',
        `project ${JSON.stringify(row.id)} is listed twice`,
        line,
      );
    seen.add(row.id);
    return row;
  });
}

function readProject(record: Map<string, string>, line: number): ProjectRow {
  const id = record.get('project_id')!;
  if (id === '' || id.length > 100 || id.includes(','))
    throw new PabulibError('pb-malformed', 'project_id is empty, longer than 100 or holds a comma', line);
  const amount = readAmount(record.get('cost')!, line);
  if (amount.digits <= 0n)
    throw new PabulibError('pb-invalid-cost', `the cost of ${JSON.stringify(id)} is not above zero`, line);
  const [votes, selected] = [record.get('votes'), record.get('selected')];
  return {
    id,
    name: record.get('name') || id,
    amount,
    line,
    ...(votes ? { votes: readCount(votes, 'votes', line) } : {}),
    ...(selected ? { selected: readCount(selected, 'selected', line) === 1 } : {}),
    columns: Object.fromEntries(record),
  };
}

function readCount(text: string, name: string, line: number): number {
  if (!/^\d{1,15}(\.0+)?$/.test(text)) throw new PabulibError('pb-malformed', `${name} is not a count`, line);
  return Number(text);
}

function checkCount(meta: MetaEntries, key: string, rows: number, limit: number): void {
  if (rows > limit) throw new PabulibError('pb-too-large', `${rows} rows where ${limit} are allowed`);
  const line = meta.lines.get(key)!;
  const stated = readCount(meta.entries.get(key)!, key, line);
  if (stated !== rows)
    throw new PabulibError('pb-wrong-count', `${key} says ${stated}, the file has ${rows}`, line);
}

function checkVoteColumn(rows: readonly ProjectRow[], votes: readonly PabulibVote[]): void {
  const counted = new Map<string, number>();
  for (const { choices } of votes) for (const id of choices) counted.set(id, (counted.get(id) ?? 0) + 1);
  for (const { id, votes: stated, line } of rows) {
    const found = counted.get(id) ?? 0;
    if (stated !== undefined && stated !== found) {
      throw new PabulibError(
        'pb-wrong-count',
        `${JSON.stringify(id)} states ${stated} votes, the file has ${found}`,
        line,
      );
    }
  }
}

/** Where voters give points, a score is their sum. */
function checkScoreColumn(rows: readonly ProjectRow[], votes: readonly PabulibVote[]): void {
  const scores = new Map<string, number>();
  for (const { choices, points = [] } of votes)
    for (const [index, id] of choices.entries()) scores.set(id, (scores.get(id) ?? 0) + points[index]!);
  for (const { id, columns, line } of rows) {
    const found = scores.get(id) ?? 0;
    if (columns['score'] && Number(columns['score']) !== found)
      throw new PabulibError(
        'pb-wrong-count',
        `${JSON.stringify(id)} states another score than ${found}, to which the points add up`,
        line,
      );
  }
}
