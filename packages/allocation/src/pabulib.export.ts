import { amountText } from './pabulib.amount.ts';
import { PabulibError } from './pabulib.errors.ts';

export interface PabulibExport {
  /** `description`, `country`, `unit`, `instance`, `currency`, `rule`, dates, `min_length`, `max_length`, … */
  readonly meta: Readonly<Record<string, string>>;
  /** In units of 10^−decimals of a currency unit, as the costs are. */
  readonly budget: number;
  readonly decimals: number;
  readonly projects: readonly {
    readonly id: string;
    readonly name: string;
    readonly cost: number;
    readonly selected?: boolean;
  }[];
  /** The id only decides the order (a leaf hash says nothing about who or when); it is not written. */
  readonly ballots: readonly {
    readonly ballotId: string;
    readonly choices: readonly string[];
    /** In a points poll one for each choice: on every ballot or on none. */
    readonly points?: readonly number[];
  }[];
}

/**
 * A finished approval, knapsack or points poll as a Pabulib file: no demographics, voters numbered in the
 * order of their ballot ids.
 * @throws PabulibError `pb-malformed` if a project id cannot be written in a list of ids
 */
export function exportPabulib(poll: PabulibExport): string {
  const ballots = poll.ballots.toSorted((a, b) => (a.ballotId < b.ballotId ? -1 : 1));
  const rows = [
    ['META'],
    ['key', 'value'],
    ...metaRows(poll),
    ['PROJECTS'],
    ['project_id', 'cost', 'votes', ...(hasPoints(poll) ? ['score'] : []), 'name', 'selected'],
    ...projectRows(poll),
    ['VOTES'],
    ['voter_id', 'vote', ...(hasPoints(poll) ? ['points'] : [])],
    ...ballots.map(({ choices, points }, index) => [
      ...[String(index + 1), choices.join(',')],
      ...(points ? [points.join(',')] : []),
    ]),
  ];
  return rows.map((fields) => `${fields.map(written).join(';')}\n`).join('');
}

const hasPoints = ({ ballots }: PabulibExport): boolean => ballots.some(({ points }) => points);

function metaRows(poll: PabulibExport): string[][] {
  const { meta, budget, decimals, projects, ballots } = poll;
  const counted = {
    num_projects: String(projects.length),
    num_votes: String(ballots.length),
    budget: amountText(budget, decimals),
    vote_type: hasPoints(poll) ? 'cumulative' : 'approval',
  };
  return Object.entries({ ...meta, ...counted }).filter(([, value]) => value !== '');
}

function projectRows(poll: PabulibExport): string[][] {
  const { projects, ballots, decimals } = poll;
  const votes = new Map<string, number>();
  const scores = new Map<string, number>();
  for (const { choices, points } of ballots) {
    for (const [index, id] of choices.entries()) {
      votes.set(id, (votes.get(id) ?? 0) + 1);
      scores.set(id, (scores.get(id) ?? 0) + (points?.[index] ?? 0));
    }
  }
  return projects.map(({ id, name, cost, selected = false }) => {
    if (!/^[^,;"\s]{1,100}$/.test(id))
      throw new PabulibError('pb-malformed', `${JSON.stringify(id)} cannot be written`);
    const score = hasPoints(poll) ? [String(scores.get(id) ?? 0)] : [];
    return [id, amountText(cost, decimals), String(votes.get(id) ?? 0), ...score, name, selected ? '1' : '0'];
  });
}

function written(field: string): string {
  const line = field.replace(/[\r\n]+/g, ' ').trim();
  return /[;"]/.test(line) ? `"${line.replaceAll('"', '""')}"` : line;
}
