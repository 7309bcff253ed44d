import { PabulibError } from './pabulib.errors.ts';
import type { PabulibVoteType } from './pabulib.meta.ts';
import { recordsOf } from './pabulib.sections.ts';
import type { Section } from './pabulib.sections.ts';

export interface PabulibVote {
  readonly voterId: string;
  /** Project ids; none for a blank ballot. In order of preference where the vote type is ordinal. */
  readonly choices: readonly string[];
  /** One per choice, for cumulative and scoring votes. */
  readonly points?: readonly number[];
}

export function readVotes(
  section: Section,
  projects: ReadonlySet<string>,
  type: PabulibVoteType,
): PabulibVote[] {
  const withPoints = type === 'cumulative' || type === 'scoring';
  const seen = new Set<string>();
  const votes: PabulibVote[] = [];
  for (const [record, line] of recordsOf(section, ['voter_id', 'vote', ...(withPoints ? ['points'] : [])])) {
    const voterId = record.get('voter_id')!;
    if (voterId === '') throw new PabulibError('pb-malformed', 'voter_id is empty', line);
    if (seen.has(voterId)) throw new PabulibError('pb-duplicate-voter', 'a voter appears twice', line);
    seen.add(voterId);
    const choices = readChoices(record.get('vote')!, projects, line);
    votes.push(
      withPoints
        ? { voterId, choices, points: readPoints(record.get('points')!, choices.length, line) }
        : { voterId, choices },
    );
  }
  return votes;
}

function readChoices(text: string, projects: ReadonlySet<string>, line: number): string[] {
  if (text === '') return [];
  const choices = text.split(',').map((id) => id.trim());
  for (const id of choices) {
    if (!projects.has(id))
      throw new PabulibError('pb-unknown-project', `no project ${JSON.stringify(id.slice(0, 100))}`, line);
  }
  if (new Set(choices).size !== choices.length) {
    throw new PabulibError('pb-duplicate-choice', 'a project is chosen twice', line);
  }
  return choices;
}

function readPoints(text: string, count: number, line: number): number[] {
  const points = text === '' ? [] : text.split(',').map((part) => part.trim());
  if (points.length !== count)
    throw new PabulibError('pb-invalid-points', 'not one number of points per choice', line);
  return points.map((part) => {
    if (!/^-?\d{1,9}(\.0+)?$/.test(part))
      throw new PabulibError('pb-invalid-points', 'points are not whole', line);
    return Number(part);
  });
}
