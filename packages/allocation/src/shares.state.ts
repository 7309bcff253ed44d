import type { IndexedElection } from './election.index.ts';
import { exactPrices } from './exact.prices.ts';
import { moneyBounds } from './money.bounds.ts';
import type { MoneyBounds } from './money.bounds.ts';
import { priceOfAll } from './price.bounds.ts';

/** The supporters of each project that still have money: of project p the entries from `start[p]` to `end[p]`. */
interface Backing {
  readonly start: Int32Array;
  readonly end: Int32Array;
  readonly group: Int32Array;
  readonly points: Uint32Array;
}

/** Where a run of equal shares stands. */
export interface Shares {
  readonly election: IndexedElection;
  readonly bounds: MoneyBounds;
  readonly prices: ReturnType<typeof exactPrices>;
  readonly backing: Backing;
  /** For each project a price of a point that is not too high, in units of 2^−scale; and that price by the cost. */
  readonly lowest: Float64Array;
  readonly quotient: Float64Array;
}

export function openShares(election: IndexedElection, total: bigint, precision?: number): Shares {
  const { projects } = election;
  const bounds = moneyBounds(election, total, precision);
  const lowest = Float64Array.from(projects.keys(), (project) => priceOfAll(election, bounds, project));
  const quotient = lowest.map((price, project) => price / projects[project]!.cost);
  const prices = exactPrices(election, total);
  return { election, bounds, prices, backing: backingOf(election), lowest, quotient };
}

function backingOf({ supporters: { start, group, points } }: IndexedElection): Backing {
  return { start, end: start.slice(1), group: group.slice(), points: points.slice() };
}
