import type { IndexedElection } from './election.index.ts';
import type { ExactPrice } from './exact.prices.ts';
import type { Shares } from './shares.state.ts';

/** What a project costs its supporters now. */
export interface Offer {
  readonly project: number;
  readonly price: ExactPrice;
  /** The price in units of 2^−scale, rounded down. */
  readonly floor: number;
  /** Entries of the backing, ascending: those who pay the full price. */
  readonly payers: readonly number[];
}

/**
 * The exact price of a project, if its supporters can pay it. Those who have less than a price that is too low have less
 * than the real one: they give what they have, and the price for the others rises until each of them can pay.
 */
export function offerFor(shares: Shares, project: number): Offer | undefined {
  const { election, bounds, prices, backing } = shares;
  const { size } = election.groups;
  const { group, points } = backing;
  const broke = prices.none();
  const bound = shares.lowest[project]!;
  let payers: number[] = [];
  let held = 0;
  for (let at = backing.start[project]!; at < backing.end[project]!; at += 1) {
    const one = group[at]!;
    if (bounds.most[one]! < bound * points[at]!) prices.add(broke, one);
    else {
      payers.push(at);
      held += size[one]! * points[at]!;
    }
  }
  while (held > 0) {
    const price = prices.price(election.projects[project]!.cost, broke, held);
    const offer = { project, price, floor: prices.floor(price, bounds.scale), payers };
    const able: number[] = [];
    for (const at of payers) {
      if (canPay(shares, at, offer)) able.push(at);
      else {
        prices.add(broke, group[at]!);
        held -= size[group[at]!]! * points[at]!;
      }
    }
    if (able.length === payers.length) return offer;
    payers = able;
  }
  return undefined;
}

function canPay({ election, bounds, prices, backing }: Shares, at: number, { price, floor }: Offer): boolean {
  const one = backing.group[at]!;
  const points = backing.points[at]!;
  const bound = bounds.most[one]!;
  if (bound < floor * points) return false;
  // Nobody's bound is above by more than one for the endowment and one for each point paid.
  if (bound - 1 - election.groups.given[one]! >= (floor + 1) * points) return true;
  return !prices.hasLess(one, points, price);
}

/** Whether the first is bought before the second: exactly, and by the rules for ties. */
export function isBetter({ projects }: IndexedElection, one: Offer, other: Offer): boolean {
  const [first, second] = [projects[one.project]!, projects[other.project]!];
  const left = one.price.owed * BigInt(other.price.payers) * BigInt(second.cost);
  const right = other.price.owed * BigInt(one.price.payers) * BigInt(first.cost);
  return left < right || (left === right && first.rank < second.rank);
}

/** Whether no exact price of the project could be as low as the offer. */
export function isCertainlyDearer({ election, lowest }: Shares, project: number, offer: Offer): boolean {
  const { projects } = election;
  return (
    BigInt(lowest[project]!) * BigInt(projects[offer.project]!.cost) >
    BigInt(offer.floor + 1) * BigInt(projects[project]!.cost)
  );
}
