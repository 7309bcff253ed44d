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
  readonly ballots: readonly { readonly ballotId: string; readonly choices: readonly string[] }[];
}

/**
 * A finished approval or knapsack poll as a Pabulib file: no demographics, voters numbered in the
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
    ['project_id', 'cost', 'votes', 'name', 'selected'],
    ...projectRows(poll),
    ['VOTES'],
    ['voter_id', 'vote'],
    ...ballots.map(({ choices }, index) => [String(index + 1), choices.join(',')]),
  ];
  return rows.map((fields) => `${fields.map(written).join(';')}\n`).join('');
}

function metaRows({ meta, budget, decimals, projects, ballots }: PabulibExport): string[][] {
  const counted = {
    num_projects: String(projects.length),
    num_votes: String(ballots.length),
    budget: amountText(budget, decimals),
    vote_type: 'approval',
  };
  return Object.entries({ ...meta, ...counted }).filter(([, value]) => value !== '');
}

function projectRows({ projects, ballots, decimals }: PabulibExport): string[][] {
  const votes = new Map<string, number>();
  for (const { choices } of ballots) for (const id of choices) votes.set(id, (votes.get(id) ?? 0) + 1);
  return projects.map(({ id, name, cost, selected = false }) => {
    if (!/^[^,;"\s]{1,100}$/.test(id))
      throw new PabulibError('pb-malformed', `${JSON.stringify(id)} cannot be written`);
    return [id, amountText(cost, decimals), String(votes.get(id) ?? 0), name, selected ? '1' : '0'];
  });
}

function written(field: string): string {
  const line = field.replace(/[\r\n]+/g, ' ').trim();
  return /[;"]/.test(line) ? `"${line.replaceAll('"', '""')}"` : line;
}
