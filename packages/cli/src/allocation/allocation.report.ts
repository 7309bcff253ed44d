import { amountText } from '@talkoot/allocation';
import type { Allocation, Explanation, PabulibFile } from '@talkoot/allocation';
import Table from 'cli-table3';

/** Amounts in currency units; what is a ratio is rounded as JavaScript rounds. */
export function jsonOf({ meta }: PabulibFile, outcome: Allocation): string {
  const amount = (units: number) => Number(amountText(units, meta.decimals));
  const explanations = outcome.explanations.map((one) => ({
    ...one,
    cost: amount(one.cost),
    pricePerSupporter: one.votes === 0 ? null : amount(one.cost) / one.votes,
    ...('available' in one ? { available: amount(one.available) } : {}),
    ...('shortfall' in one ? { shortfall: amount(one.shortfall) } : {}),
    ...('price' in one ? { price: amount(one.price) } : {}),
  }));
  const { selected, cost, endowment, comparison } = outcome;
  const each = endowment && amount(endowment.total) / endowment.voters;
  const printed = { selected, cost: amount(cost), endowment: each, comparison, explanations };
  return `${JSON.stringify(printed, null, 2)}\n`;
}

export function tableOf({ meta, projects }: PabulibFile, outcome: Allocation): string {
  const amount = (units: number) => amountText(units, meta.decimals);
  const names = new Map(projects.map(({ id, name }) => [id, name]));
  const hasPoints = outcome.explanations.some(({ points }) => points !== undefined);
  const table = new Table({
    head: [
      ...['project', 'name', 'votes', ...(hasPoints ? ['points'] : [])],
      ...['cost', 'per supporter', 'outcome', 'could spend', 'short of'],
    ],
    style: { head: [], border: [] },
  });
  for (const one of outcome.explanations) {
    table.push([
      ...[shown(one.projectId), shown(names.get(one.projectId)!).slice(0, 50), one.votes],
      ...(hasPoints ? [one.points ?? ''] : []),
      ...[amount(one.cost), perSupporter(one, meta.decimals), outcomeOf(one)],
      ...['available' in one ? amount(one.available) : '', shortOf(one, amount)],
    ]);
  }
  return `${table.toString()}\n${summaryOf(outcome, projects.length, amount, meta)}`;
}

function summaryOf(
  { selected, cost, endowment, comparison }: Allocation,
  projects: number,
  amount: (units: number) => string,
  { budget, currency: stated = '', decimals }: PabulibFile['meta'],
): string {
  const currency = shown(stated);
  const lines = [
    `${selected.length} of ${projects} projects, ${amount(cost)} of ${amount(budget)} ${currency}`,
  ];
  if (endowment) {
    const each = Number(amountText(endowment.total, decimals)) / endowment.voters;
    lines.push(`Everybody had ${each.toFixed(2)} ${currency} to share.`);
  }
  if (comparison) {
    const { preferEqualShares, preferGreedy } = comparison;
    const stands = preferGreedy > preferEqualShares ? 'greedy' : 'equal shares';
    lines.push(
      `${preferEqualShares} voters have more under equal shares, ${preferGreedy} under greedy: ${stands} stands.`,
    );
  }
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
}

function perSupporter({ cost, votes }: Explanation, decimals: number): string {
  return votes === 0 ? '' : (Number(amountText(cost, decimals)) / votes).toFixed(2);
}

const outcomeOf = (one: Explanation): string =>
  one.reason === 'conflict' ? `conflict with ${shown(one.conflictsWith)}` : one.reason;

/** Whoever wrote the file does not command the terminal. */
const shown = (text: string): string => text.replaceAll(/\p{Cc}+/gu, ' ');

function shortOf(one: Explanation, amount: (units: number) => string): string {
  if ('shortfall' in one) return amount(one.shortfall);
  return 'votesShort' in one ? `${one.votesShort} votes` : '';
}
