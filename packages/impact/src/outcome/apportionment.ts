import type { Fraction } from 'fraction.js';
import { signOf, total, zero } from '../exact.ts';

/**
 * The part of each line in the rounded amount, in whole minor units that add up to it. What a cap took off the sum is
 * taken from the lines above zero, in proportion to them: who is owed by a negative line is owed it whatever the cap.
 * Then largest remainder, ties to the earlier line. `value` is the sum after the caps.
 */
export function apportion(
  amount: Fraction,
  lines: readonly Fraction[],
  value: Fraction,
  minorDigits: number,
): Fraction[] {
  const unit = 10n ** BigInt(minorDigits);
  const exact = cut(lines, value).map((line) => line.mul(unit));
  const floors = exact.map((part) => part.floor());
  const whole = amount.mul(unit);
  const left = floors.reduce((rest, part) => rest.sub(part), whole);
  const order = exact
    .map((part, index) => ({ index, remainder: part.sub(floors[index]!) }))
    .toSorted((a, b) => b.remainder.compare(a.remainder) || a.index - b.index);
  const raised = new Set(order.slice(0, Number(left.n)).map(({ index }) => index));
  return floors.map((part, index) => (raised.has(index) ? part.add(1) : part).div(unit));
}

/** Lines that add up to `value`: what is over is taken from those above zero, in proportion to them. */
export function cut(lines: readonly Fraction[], value: Fraction): readonly Fraction[] {
  const positive = total(lines.filter((line) => signOf(line) > 0));
  if (signOf(positive) === 0) return lines;
  const owed = total(lines).sub(positive);
  const scale = value.sub(owed).div(positive);
  return lines.map((line) => (line.gt(zero) ? line.mul(scale) : line));
}
