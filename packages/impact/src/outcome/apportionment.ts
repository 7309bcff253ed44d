import { Fraction } from 'fraction.js';
import { signOf } from '../exact.ts';

/**
 * The part of each line in the rounded amount, in whole minor units that add up to it: in proportion to the lines where
 * a cap took something off, then largest remainder, ties to the earlier line. `value` is the sum after the caps.
 */
export function apportion(
  amount: Fraction,
  lines: readonly Fraction[],
  value: Fraction,
  sum: Fraction,
  minorDigits: number,
): Fraction[] {
  const unit = 10n ** BigInt(minorDigits);
  const scale = signOf(sum) === 0 ? new Fraction(1n) : value.div(sum);
  const exact = lines.map((line) => line.mul(scale).mul(unit));
  const floors = exact.map((part) => part.floor());
  const whole = amount.mul(unit);
  const left = floors.reduce((rest, part) => rest.sub(part), whole);
  const order = exact
    .map((part, index) => ({ index, remainder: part.sub(floors[index]!) }))
    .toSorted((a, b) => b.remainder.compare(a.remainder) || a.index - b.index);
  const raised = new Set(order.slice(0, Number(left.n)).map(({ index }) => index));
  return floors.map((part, index) => (raised.has(index) ? part.add(1) : part).div(unit));
}
