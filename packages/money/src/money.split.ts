import { MoneyError } from './money.errors.ts';
import type { Money } from './money.shape.ts';
import { minorUnits, money } from './money.ts';

/**
 * Splits a total by weights, losing and inventing nothing: each part gets the floor of its exact
 * quota, and the units left over go one each to the largest remainders (Hamilton's method), equal
 * remainders in the order of their ids (UTF-16 code units).
 * @param total zero or more
 * @param weights integers ≥ 0, one per id, at least one above zero; any size as bigint
 * @param ids distinct
 * @returns one amount per id, in the order given; their sum is the total
 * @throws MoneyError `weights-invalid`, `ids-invalid`, `amount-negative`, `amount-unsafe`
 */
export function allocate(
  total: Money,
  weights: readonly (bigint | number)[],
  ids: readonly string[],
): Money[] {
  const units = unitsToSplit(total);
  const exact = exactWeights(weights, ids);
  const whole = exact.reduce((a, b) => a + b, 0n);
  if (whole === 0n) throw new MoneyError('weights-invalid', 'no weight is above zero');
  const parts = exact.map((weight, index) => ({
    index,
    id: ids[index]!,
    floor: (units * weight) / whole,
    remainder: (units * weight) % whole,
  }));
  const left = units - parts.reduce((a, part) => a + part.floor, 0n);
  const favoured = new Set(
    parts
      .toSorted((a, b) => descending(a.remainder, b.remainder) || (a.id < b.id ? -1 : 1))
      .slice(0, Number(left))
      .map((part) => part.index),
  );
  return parts.map((part) => money(part.floor + (favoured.has(part.index) ? 1n : 0n), total.currency));
}

/**
 * `numerator/denominator` of an amount, floored once to the minor unit.
 * @param value zero or more
 * @throws MoneyError `portion-invalid`, `amount-negative`, `amount-unsafe`
 */
export function portion(value: Money, numerator: bigint, denominator: bigint): Money {
  if (denominator <= 0n || numerator < 0n) {
    throw new MoneyError('portion-invalid', `${numerator}/${denominator} is not a portion`);
  }
  return money((unitsToSplit(value) * numerator) / denominator, value.currency);
}

// Flooring and remainders have no one obvious meaning below zero, and nobody splits a debt here.
function unitsToSplit(value: Money): bigint {
  const units = minorUnits(value);
  if (units < 0n) throw new MoneyError('amount-negative', `${units} cannot be split`);
  return units;
}

function exactWeights(weights: readonly (bigint | number)[], ids: readonly string[]): bigint[] {
  if (weights.length !== ids.length) throw new MoneyError('weights-invalid', 'one weight per id is needed');
  if (new Set(ids).size !== ids.length) throw new MoneyError('ids-invalid', 'ids repeat');
  return weights.map((weight) => {
    if ((typeof weight === 'number' && !Number.isSafeInteger(weight)) || weight < 0) {
      throw new MoneyError('weights-invalid', `${weight} is not an integer of zero or more`);
    }
    return BigInt(weight);
  });
}

function descending(a: bigint, b: bigint): number {
  return a > b ? -1 : a < b ? 1 : 0;
}
