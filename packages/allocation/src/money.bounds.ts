import type { IndexedElection } from './election.index.ts';

/**
 * Everybody's money from above, as safe integers of 2^−`scale` of a unit: never less than what a voter has, and at most one
 * for each point paid more. Zero only if the voter has nothing.
 */
export interface MoneyBounds {
  readonly scale: number;
  readonly most: Float64Array;
}

/** Sums of everybody's money stay safe integers. */
const sumBits = 52;

export function moneyBounds(
  { ballots, groups }: IndexedElection,
  total: bigint,
  precision = 64,
): MoneyBounds {
  const bits = (total + BigInt(ballots)).toString(2).length;
  const scale = Math.min(sumBits - bits, precision);
  const scaled = scale < 0 ? ceiling(total, 1n << BigInt(-scale)) : total << BigInt(scale);
  const endowment = Number(ceiling(scaled, BigInt(ballots)));
  return { scale, most: new Float64Array(groups.size.length).fill(endowment) };
}

const ceiling = (dividend: bigint, divisor: bigint): bigint => (dividend + divisor - 1n) / divisor;
