import { Fraction } from 'fraction.js';
import { exactOf, signOf, zero } from '../exact.ts';
import { OutcomeError } from './outcome.errors.ts';
import { perfectRoot, powerBounds } from './power.ts';
import type { Flow } from './results.shape.ts';

const daysOfYear = 365n;
/** Powers of centuries would take hours. */
const mostDays = 50 * 366;

/**
 * The largest whole number of minor units that can be paid on a day so that the internal rate of return of all flows
 * does not exceed the cap; below zero if the earlier flows exceed it by themselves. Year fractions are ACT/365.
 *
 * With flows that change sign once, from invested to received, the rate of return is unique and rises with what is
 * paid, and it does not exceed r exactly if Σ flow × (1 + r)^(days to the payment ÷ 365) + payment ≤ 0. So the limit
 * is the floor of the future value of what is still invested, and that floor is found without rounding:
 * write 1 + r = bᵐ with the largest such m that divides 365, and k = 365 ÷ m. Then xᵏ − b is irreducible (k is odd
 * and b no p-th power for a prime p of k: Capelli), so b^(1/k), …, b^((k−1)/k) and 1 are linearly independent over the
 * rationals. The future value is therefore rational exactly if the coefficients of all broken powers vanish;
 * else it is no integer, and bounds of more and more places end up between the same two.
 *
 * @throws OutcomeError `flow-signs`, `flow-after-payment`
 */
export function returnLimit(
  investment: { readonly flows: readonly Flow[]; readonly paidOn: string },
  rate: Fraction,
  minorDigits: number,
): bigint {
  requireOneSignChange(investment);
  const { base, m } = perfectRoot(rate.add(1), [daysOfYear, 73n, 5n]);
  const k = daysOfYear / m;
  const coefficients = new Map<bigint, Fraction>();
  for (const { date, amount } of investment.flows) {
    const days = BigInt(daysBetween(date, investment.paidOn));
    const part = exactOf(amount)
      .neg()
      .mul(powered(base, days / k));
    coefficients.set(days % k, (coefficients.get(days % k) ?? zero).add(part));
  }
  const whole = coefficients.get(0n) ?? zero;
  const broken = [...coefficients].filter(([j, value]) => j !== 0n && signOf(value) !== 0);
  return floorOfSum({ whole, broken, base, k }, 10n ** BigInt(minorDigits));
}

interface PowerSum {
  readonly whole: Fraction;
  readonly broken: readonly (readonly [j: bigint, coefficient: Fraction])[];
  readonly base: Fraction;
  readonly k: bigint;
}

function floorOfSum({ whole, broken, base, k }: PowerSum, unit: bigint): bigint {
  for (let places = 24; ; places *= 2) {
    let [low, high] = [whole, whole];
    for (const [j, coefficient] of broken) {
      const [below, above] = powerBounds(base, { j, k }, places).map((bound) => bound.mul(coefficient));
      low = low.add(signOf(coefficient) > 0 ? below! : above!);
      high = high.add(signOf(coefficient) > 0 ? above! : below!);
    }
    const [from, to] = [low, high].map((bound) => floored(bound.mul(unit)));
    if (from === to) return from!;
  }
}

function floored(value: Fraction): bigint {
  const { s, n } = value.floor();
  return s * n;
}

function powered(base: Fraction, exponent: bigint): Fraction {
  return new Fraction(base.n ** exponent, base.d ** exponent);
}

function daysBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 86_400_000;
}

function requireOneSignChange({
  flows,
  paidOn,
}: {
  readonly flows: readonly Flow[];
  readonly paidOn: string;
}): void {
  const late = flows.find(({ date }) => date > paidOn);
  if (late) throw new OutcomeError('flow-after-payment', `${late.date} is after ${paidOn}`);
  const early = flows.find(({ date }) => daysBetween(date, paidOn) > mostDays);
  if (early) throw new OutcomeError('out-of-range', `${early.date} is more than 50 years before ${paidOn}`);
  const byDate = new Map<string, Fraction>();
  for (const { date, amount } of flows) byDate.set(date, (byDate.get(date) ?? zero).add(exactOf(amount)));
  const signs = [...byDate].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => signOf(value));
  const told = signs.filter((sign) => sign !== 0);
  const change = told.findIndex((sign) => sign > 0);
  const after = change === -1 ? [] : told.slice(change);
  if (told[0] !== -1 || after.includes(-1))
    throw new OutcomeError('flow-signs', 'the flows do not go from invested to received exactly once');
}
