import type { IndexedElection } from './election.index.ts';

/** A price for each point: `owed` / (`denominator` × `payers`), where the payers hold that many points together. */
export interface ExactPrice {
  readonly owed: bigint;
  readonly payers: number;
}

/** A group of supporters, added up: how many voters, and the points they gave to each project bought so far. */
export interface Broke {
  voters: number;
  readonly points: Float64Array;
}

/**
 * What was bought at which price, as integers over one growing denominator. A voter who could always pay the full price
 * has the endowment less price × points of everything bought: that is all the money there is to know.
 */
export function exactPrices({ ballots, projects, groups }: IndexedElection, total: bigint) {
  const slots = new Int32Array(projects.length).fill(-1);
  const prices: bigint[] = [];
  let endowment = total;
  let denominator = BigInt(ballots);

  function held({ voters, points }: Broke): bigint {
    let sum = BigInt(voters) * endowment;
    for (const [slot, price] of prices.entries())
      if (points[slot] !== 0) sum -= BigInt(points[slot]!) * price;
    return sum;
  }
  function moneyOf(group: number): bigint {
    let money = endowment;
    for (let at = groups.start[group]!; at < groups.start[group + 1]!; at += 1) {
      const slot = slots[groups.project[at]!]!;
      if (slot >= 0) money -= BigInt(groups.points[at]!) * prices[slot]!;
    }
    return money;
  }
  return {
    none: (): Broke => ({ voters: 0, points: new Float64Array(prices.length) }),

    add(broke: Broke, group: number): void {
      const size = groups.size[group]!;
      broke.voters += size;
      for (let at = groups.start[group]!; at < groups.start[group + 1]!; at += 1) {
        const slot = slots[groups.project[at]!]!;
        if (slot >= 0) broke.points[slot]! += size * groups.points[at]!;
      }
    },

    /** The price at which the payers bring up what those who give all they have leave of the cost. */
    price: (cost: number, broke: Broke, payers: number): ExactPrice => ({
      owed: BigInt(cost) * denominator - held(broke),
      payers,
    }),

    /** The price in units of 2^−scale, rounded down. */
    floor({ owed, payers }: ExactPrice, scale: number): number {
      const divisor = denominator * BigInt(payers);
      return Number(scale < 0 ? owed / (divisor << BigInt(-scale)) : (owed << BigInt(scale)) / divisor);
    },

    /** Whether a voter of this group has less than price × points. */
    hasLess: (group: number, points: number, { owed, payers }: ExactPrice): boolean =>
      moneyOf(group) * BigInt(payers) < owed * BigInt(points),

    /** What they hold together, in the unit of the costs, rounded down. */
    heldBy: (broke: Broke): number => Number(held(broke) / denominator),

    buy(project: number, { owed, payers }: ExactPrice): void {
      const factor = BigInt(payers) / gcd(BigInt(payers), owed);
      if (factor > 1n) {
        for (const [slot, price] of prices.entries()) prices[slot] = price * factor;
        endowment *= factor;
        denominator *= factor;
      }
      slots[project] = prices.length;
      prices.push((owed * factor) / BigInt(payers));
    },

    /** The price of one point of what was bought, rounded up. */
    paidFor(project: number): number {
      const price = prices[slots[project]!]!;
      return Number((price + denominator - 1n) / denominator);
    },
  };
}

/** `a` is small: one division of the large number, then small ones. */
function gcd(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}
