import type { Fraction } from 'fraction.js';
import { exactOf, shown, signOf, total, zero } from '../exact.ts';
import { rateAt } from './anchors.ts';
import { conditionText } from './condition.ts';
import { bracketed, open } from './measure.formula.ts';
import type { Formula } from './measure.formula.ts';
import { OutcomeError } from './outcome.errors.ts';
import type { Payment, PaymentOf } from './payment.shape.ts';
import type { Reading } from './reading.ts';
import { byRateCard } from './rate.card.ts';
import { rounded } from './rounding.ts';
import { tierOf, tierText } from './tiers.ts';
import { waterfallParts } from './waterfall.ts';

const nothing = (why: string): Formula => ({ value: zero, expression: why });

/**
 * What one payment comes to in this decision: its conditions, its formula, its weight, its cap. Null while it hangs on
 * something that is not known yet.
 * @throws OutcomeError `out-of-range`
 */
export function lineOf(payment: Payment, reading: Reading): Formula {
  const { id, when, once } = payment;
  const before = reading.paidBefore(id);
  if (once === true && signOf(before) !== 0) return nothing('paid before');
  const holds = when ? reading.holds(when) : true;
  if (holds === null) return open(`open: ${conditionText(when!)} is not known yet`);
  if (!holds) return nothing(`not ${conditionText(when!)}`);
  const { value, ...told } = byFormula(payment, reading);
  if (value === null) return open('open: a value is not known yet');
  const most = payment.cap ? reading.valueOf(payment.cap.amount) : null;
  if (payment.cap && most === null) return open('open: its cap is not known yet');
  return capped(
    payment.cap && { ...payment.cap, most: most! },
    before,
    weighted(payment, { value, ...told }),
  );
}

type Known = Formula & { readonly value: Fraction };

function weighted(payment: Payment, line: Known): Known {
  if (!('weight' in payment) || payment.weight === undefined) return line;
  const weight = exactOf(payment.weight);
  return {
    ...line,
    value: line.value.mul(weight),
    expression: `${line.expression} × weight ${shown(weight)}`,
  };
}

interface Cap {
  readonly most: Fraction;
  readonly over: 'decision' | 'contract';
}

function capped(cap: Cap | undefined, before: Fraction, line: Known): Known {
  if (!cap) return line;
  const room = roomOf(cap, before);
  if (line.value.lte(room)) return line;
  return { ...line, value: room, expression: `${line.expression} = ${shown(line.value)}, capped` };
}

/** What a cap leaves for this decision: nothing at the least. */
export function roomOf({ most, over }: Cap, before: Fraction): Fraction {
  const room = over === 'contract' ? most.sub(before) : most;
  return room.gt(zero) ? room : zero;
}

function byFormula(payment: Payment, reading: Reading): Formula {
  switch (payment.kind) {
    case 'fixed':
      return product(payment.id, [payment.amount], reading);
    case 'tiers':
      return byTiers(payment, reading);
    case 'anchors':
      return byAnchors(payment, reading);
    case 'tariff':
      return product(payment.id, [payment.tariff, payment.count], reading, [payment.count]);
    case 'rateCard':
      return byRateCard(payment, reading);
    case 'saving':
      return bySaving(payment, reading);
    case 'waterfall':
      return byWaterfall(payment, reading);
  }
}

/** Factors multiplied; of some of them only zero or more makes sense. */
function product(
  id: string,
  operands: readonly string[],
  { valueOf }: Reading,
  counts: readonly string[] = [],
): Formula {
  const values = operands.map(valueOf);
  if (!values.every((value) => value !== null)) return open('');
  for (const count of counts) requireFrom(id, valueOf(count)!, zero);
  return {
    value: values.reduce((all, value) => all.mul(value)),
    expression: values.map(values.length === 1 ? shown : bracketed).join(' × '),
  };
}

function requireFrom(id: string, value: Fraction, low: Fraction): void {
  if (value.lt(low)) throw new OutcomeError('out-of-range', `${id}: ${shown(value)} makes no sense there`);
}

/** @throws OutcomeError `out-of-range` */
export function requireShare(id: string, share: Fraction): void {
  if (share.lt(zero) || share.gt(1))
    throw new OutcomeError(
      'out-of-range',
      `${id}: share is from 0 to 1; 50 % is 0.5. ${shown(share)} is not`,
    );
}

function byTiers({ measure, tiers, base = '1' }: PaymentOf<'tiers'>, { valueOf }: Reading): Formula {
  const [value, factor] = [valueOf(measure), valueOf(base)];
  if (value === null || factor === null) return open('');
  const tier = tierOf(value, tiers);
  const pays = valueOf(tier.pays);
  if (pays === null) return open('');
  const found = `tier ${tierText(tier)} (${measure} is ${shown(value)})`;
  const expression = base === '1' ? found : `${found}: ${bracketed(pays)} × ${bracketed(factor)}`;
  return { value: pays.mul(factor), expression };
}

function byAnchors(payment: PaymentOf<'anchors'>, { valueOf, holds }: Reading): Formula {
  const { measure, anchors, rounding, floor, base } = payment;
  const [value, factor] = [valueOf(measure), valueOf(base)];
  const floored = floor?.when ? holds(floor.when) : floor !== undefined;
  if (value === null || factor === null || floored === null) return open('');
  const read = rateAt(value, anchors);
  const kept = rounded(read, rounding);
  const least = floored ? exactOf(floor!.pays) : null;
  const rate = least?.gt(kept) ? least : kept;
  const steps = [
    `${measure} ${shown(value)} gives ${shown(read)}`,
    ...(kept.equals(read) ? [] : [`rounded ${shown(kept)}`]),
    ...(rate.equals(kept) ? [] : [`no less than ${shown(rate)}`]),
  ];
  return {
    value: rate.mul(factor),
    expression: `${steps.join(', ')}: ${bracketed(rate)} × ${bracketed(factor)}`,
  };
}

function bySaving({ id, measure, heads, share }: PaymentOf<'saving'>, reading: Reading): Formula {
  const [saving, part] = [reading.valueOf(measure), reading.valueOf(share)];
  const count = heads === undefined ? reading.payableOf(measure) : reading.valueOf(heads);
  if (saving === null || count === null || part === null) return open('');
  requireFrom(id, count, zero);
  requireShare(id, part);
  return {
    value: saving.mul(count).mul(part),
    expression: `${bracketed(saving)} × ${shown(count)} heads × ${shown(part)}`,
  };
}

function byWaterfall({ id, amount, steps }: PaymentOf<'waterfall'>, reading: Reading): Formula {
  const value = reading.valueOf(amount);
  const exact = steps.map(({ share, until }) => ({
    share: exactOf(share),
    until: until === undefined ? null : reading.valueOf(until),
  }));
  const known = exact.every(({ until }, index) => steps[index]!.until === undefined || until !== null);
  if (value === null || !known) return open('');
  requireFrom(id, value, zero);
  const parts = waterfallParts(value, reading.paidBefore(id), exact);
  const texts = parts.map(({ of, share }) => `${shown(of)} × ${shown(share)}`);
  return { value: total(parts.map(({ pays }) => pays)), expression: texts.join(' + ') || '0' };
}
