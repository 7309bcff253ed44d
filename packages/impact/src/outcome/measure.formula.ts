import type { Fraction } from 'fraction.js';
import type { Line } from '../computation.ts';
import { exactOf, shown, signOf, total } from '../exact.ts';
import type { Measure } from './measure.shape.ts';
import { OutcomeError } from './outcome.errors.ts';
import { rounded } from './rounding.ts';
import type { Reading, Value } from './reading.ts';

export interface Formula {
  readonly value: Value;
  /** With the numbers put in, for people. */
  readonly expression: string;
  /** What comes before it in the computation. */
  readonly steps?: readonly Line[];
}

export const open = (why: string): Formula => ({ value: null, expression: why });
const notKnown = open('not known yet');

/**
 * A measure by its formula, then rounded as stated, then within its bounds.
 * @throws OutcomeError `division-by-zero`, `out-of-range`
 */
export function measured(measure: Measure, reading: Reading): Formula {
  requireAssessed(measure, reading);
  const { value, expression } = byFormula(measure, reading);
  if (value === null) return { value, expression };
  const kept = rounded(value, measure.rounding);
  const [low, high] = [measure.min, measure.max].map((bound) =>
    bound === undefined ? null : exactOf(bound),
  );
  if (low && kept.lt(low))
    return { value: low, expression: `${expression} = ${shown(kept)}, no less than ${shown(low)}` };
  if (high && kept.gt(high))
    return { value: high, expression: `${expression} = ${shown(kept)}, no more than ${shown(high)}` };
  return {
    value: kept,
    expression: kept.equals(value) ? expression : `${expression} = ${shown(value)}, rounded`,
  };
}

/** Nothing can be said of nobody. */
function requireAssessed({ id, assessed }: Measure, { valueOf }: Reading): void {
  const count = assessed?.count === undefined ? null : valueOf(assessed.count);
  if (count && signOf(count) <= 0)
    throw new OutcomeError('division-by-zero', `${id}: nothing was assessed (${assessed!.count})`);
}

function byFormula(measure: Measure, reading: Reading): Formula {
  const { valueOf } = reading;
  switch (measure.kind) {
    case 'value':
      return of([measure.of], valueOf, ([value]) => [value!, measure.of]);
    case 'difference':
      return of([measure.of, measure.minus], valueOf, ([a, b]) => [
        a!.sub(b!),
        `${shown(a!)} − ${bracketed(b!)}`,
      ]);
    case 'relativeReduction':
      return of([measure.comparison, measure.observed], valueOf, ([comparison, observed]) => {
        if (signOf(comparison!) <= 0)
          throw new OutcomeError('division-by-zero', `${measure.id}: the comparison is not above zero`);
        return [
          comparison!.sub(observed!).div(comparison!),
          `(${shown(comparison!)} − ${bracketed(observed!)}) ÷ ${shown(comparison!)}`,
        ];
      });
    case 'ratio':
      return of([measure.of, measure.by], valueOf, ([a, b]) => divided(measure.id, a!, b!));
    case 'achievement':
      return of([measure.estimate, measure.target], valueOf, ([a, b]) => divided(measure.id, a!, b!));
    case 'product':
      return of(measure.factors, valueOf, multiplied);
    case 'sum':
      return summed(measure, reading);
    case 'weightedMean':
      return averaged(measure, reading);
  }
}

/** Applies a formula once all its operands are known. */
function of(
  operands: readonly string[],
  valueOf: Reading['valueOf'],
  formula: (values: readonly Fraction[]) => [value: Fraction, expression: string],
): Formula {
  const values = operands.map(valueOf);
  if (!values.every((value) => value !== null)) return notKnown;
  const [value, expression] = formula(values);
  return { value, expression };
}

function divided(id: string, a: Fraction, b: Fraction): [Fraction, string] {
  if (signOf(b) === 0) throw new OutcomeError('division-by-zero', `${id}: what is divided by is zero`);
  return [a.div(b), `${shown(a)} ÷ ${bracketed(b)}`];
}

const multiplied = (factors: readonly Fraction[]): [Fraction, string] => [
  factors.reduce((all, factor) => all.mul(factor)),
  factors.map(bracketed).join(' × '),
];

type Items<Kind extends Measure['kind']> = Extract<Measure, { kind: Kind }>;

/** The items that count: those whose early payment pays nothing. Null while that is not known. */
function counting<Item extends { readonly unlessPaid?: string | undefined }>(
  items: readonly Item[],
  { paid }: Reading,
): { counted: Item[]; left: number } | null {
  const known = items.map((item) => (item.unlessPaid === undefined ? false : paid(item.unlessPaid)));
  if (known.includes(null)) return null;
  const counted = items.filter((_, index) => known[index] === false);
  return { counted, left: items.length - counted.length };
}

const leftOut = (left: number) => (left === 0 ? '' : ` (${left} paid early left out)`);

function summed({ items }: Items<'sum'>, reading: Reading): Formula {
  const chosen = counting(items, reading);
  if (!chosen) return notKnown;
  return of(
    chosen.counted.map(({ value }) => value),
    reading.valueOf,
    (values) => [total(values), `${values.map(bracketed).join(' + ') || '0'}${leftOut(chosen.left)}`],
  );
}

function averaged({ id, items }: Items<'weightedMean'>, reading: Reading): Formula {
  const chosen = counting(items, reading);
  if (!chosen) return notKnown;
  if (chosen.counted.length === 0) return open('every item was paid early');
  const operands = chosen.counted.flatMap(({ value, weight }) => [value, weight]);
  return of(operands, reading.valueOf, (values) => {
    const weights = values.filter((_, index) => index % 2 === 1);
    const products = weights.map((weight, index) => weight.mul(values[2 * index]!));
    const whole = total(weights);
    if (weights.some((weight) => signOf(weight) < 0))
      throw new OutcomeError('out-of-range', `${id}: a weight is below zero`);
    if (signOf(whole) === 0) throw new OutcomeError('division-by-zero', `${id}: the weights add up to zero`);
    const terms = weights.map((weight, index) => `${shown(weight)} × ${bracketed(values[2 * index]!)}`);
    return [total(products).div(whole), `(${terms.join(' + ')}) ÷ ${shown(whole)}${leftOut(chosen.left)}`];
  });
}

export const bracketed = (value: Fraction): string =>
  signOf(value) < 0 ? `(${shown(value)})` : shown(value);
