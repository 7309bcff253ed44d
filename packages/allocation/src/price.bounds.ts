import type { IndexedElection } from './election.index.ts';
import type { MoneyBounds } from './money.bounds.ts';
import type { Shares } from './shares.state.ts';

/** The price of a point if all supporters paid it, in units of 2^−scale, rounded down: no price is lower. */
export function priceOfAll({ projects }: IndexedElection, { scale }: MoneyBounds, project: number): number {
  const { cost, points } = projects[project]!;
  return points === 0 ? 0 : floorOf(Math.floor(cost * 2 ** scale), points);
}

/**
 * A better bound of the price of a point than the one that is known; the same one if the bounds of money give no better; `undefined` if the supporters certainly cannot pay. Whoever has less than a price that is too low has less
 * than the real one: so the others must bring up at least what these leave of the cost.
 */
export function raisePrice(
  { election: { projects, groups }, bounds: { scale, most }, backing, lowest }: Shares,
  project: number,
): number | undefined {
  const { size } = groups;
  const { group, points } = backing;
  const price = lowest[project]!;
  const first = backing.start[project]!;
  const end = backing.end[project]!;
  let held = 0;
  let payers = 0;
  let kept = first;
  for (let at = first; at < end; at += 1) {
    const one = group[at]!;
    const money = most[one]!;
    if (money === 0) continue;
    const given = points[at]!;
    if (money < price * given) held += size[one]! * money;
    else payers += size[one]! * given;
    group[kept] = one;
    points[kept] = given;
    kept += 1;
  }
  backing.end[project] = kept;
  if (payers === 0) return undefined;
  return Math.max(price, floorOf(Math.floor(projects[project]!.cost * 2 ** scale) - held, payers));
}

/** The quotient of two safe integers rounded down; division alone may round up to the next whole number. */
function floorOf(dividend: number, divisor: number): number {
  const quotient = Math.floor(dividend / divisor);
  return quotient * divisor > dividend ? quotient - 1 : quotient;
}
