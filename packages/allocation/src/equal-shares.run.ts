import type { IndexedElection } from './election.index.ts';
import { raisePrice } from './price.bounds.ts';
import { isBetter, isCertainlyDearer, offerFor } from './shares.offer.ts';
import type { Offer } from './shares.offer.ts';
import { openShares } from './shares.state.ts';
import type { Shares } from './shares.state.ts';

export interface SharesRun {
  /** In the order of funding. */
  readonly funded: readonly number[];
  readonly cost: number;
  /** The most that a supporter paid for each point, rounded up to the unit of the costs. */
  readonly paidFor: (project: number) => number;
  /** What the supporters of a project still have together, rounded down. */
  readonly moneyBehind: (project: number) => number;
}

interface RunOptions {
  /** The endowments of all voters together. */
  readonly total: bigint;
  /** The run may end once it has spent more than this. */
  readonly enough: number;
  /** Of the bounds, in bits after the point: the outcome does not depend on it. */
  readonly precision?: number | undefined;
}

/**
 * The method of equal shares: again and again the project with the lowest price for a point and unit of cost is bought;
 * who cannot pay the price gives all there is.
 *
 * Every decision is exact. Bounds, in safe integers, only spare exact work: they say which project to look at first, and
 * which are certainly dearer.
 */
export function runEqualShares(
  election: IndexedElection,
  candidates: readonly number[],
  { total, enough, precision }: RunOptions,
): SharesRun {
  const { projects } = election;
  const shares = openShares(election, total, precision);
  const open = new Set(candidates.filter((one) => BigInt(projects[one]!.cost) <= total));
  const funded: number[] = [];
  let cost = 0;
  while (cost <= enough) {
    const best = bestOffer(shares, open);
    if (!best) break;
    buy(shares, best);
    funded.push(best.project);
    cost += projects[best.project]!.cost;
    open.delete(best.project);
    for (const group of projects[best.project]!.conflicts)
      for (const rival of election.conflicts[group]!) open.delete(rival);
  }
  const paidFor = (project: number) => shares.prices.paidFor(project);
  return { funded, cost, paidFor, moneyBehind: (project) => moneyBehind(shares, project) };
}

/** The cheapest project. What nobody can pay any more leaves `open`: money only gets less. */
function bestOffer(shares: Shares, open: Set<number>): Offer | undefined {
  const queue = [...open];
  let best: Offer | undefined;
  for (;;) {
    const index = cheapest(shares, queue);
    const project = queue[index];
    if (project === undefined || (best && isCertainlyDearer(shares, project, best))) return best;
    const price = raisePrice(shares, project);
    if (price !== undefined && price > shares.lowest[project]!) {
      shares.lowest[project] = price;
      shares.quotient[project] = price / shares.election.projects[project]!.cost;
      continue;
    }
    queue[index] = queue[queue.length - 1]!;
    queue.pop();
    const offer = price === undefined ? undefined : offerFor(shares, project);
    if (!offer) open.delete(project);
    else if (!best || isBetter(shares.election, offer, best)) best = offer;
  }
}

/** Its place in the queue. Rounding may confuse quotients that are nearly equal, which costs time and decides nothing. */
function cheapest({ quotient }: Shares, queue: readonly number[]): number {
  let found = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let index = 0; index < queue.length; index += 1) {
    const value = quotient[queue[index]!]!;
    if (value < least) [found, least] = [index, value];
  }
  return found;
}

function buy({ bounds: { most }, backing, prices }: Shares, { project, price, floor, payers }: Offer): void {
  let next = 0;
  for (let at = backing.start[project]!; at < backing.end[project]!; at += 1) {
    const one = backing.group[at]!;
    const isPayer = payers[next] === at;
    if (isPayer) next += 1;
    most[one] = isPayer ? most[one]! - floor * backing.points[at]! : 0;
  }
  prices.buy(project, price);
}

function moneyBehind({ bounds: { most }, backing, prices }: Shares, project: number): number {
  const all = prices.none();
  for (let at = backing.start[project]!; at < backing.end[project]!; at += 1) {
    const one = backing.group[at]!;
    if (most[one]! > 0) prices.add(all, one);
  }
  return prices.heldBy(all);
}
