import type { Fraction } from 'fraction.js';
import { exactOf } from '../exact.ts';
import { OutcomeError } from './outcome.errors.ts';
import type { Tier } from './payment.part.shape.ts';

/**
 * Tiers in rising order, of which every value meets exactly one.
 * @throws OutcomeError `tiers-gap`, `tiers-overlap`, `range-empty`
 */
export function requireTiers(id: string, tiers: readonly Tier[]): void {
  if (tiers[0]!.from || tiers.at(-1)!.to)
    throw new OutcomeError('tiers-gap', `${id}: the first tier has no lower end, the last no upper one`);
  for (const tier of tiers) requireWide(id, tier);
  for (const [index, tier] of tiers.slice(1).entries()) requireMeeting(id, tiers[index]!, tier);
}

/** An upper end and the lower end that follows it: the same value, which belongs to one of them. */
function requireMeeting(id: string, { to }: Tier, { from }: Tier): void {
  if (!to || !from)
    throw new OutcomeError('tiers-overlap', `${id}: a tier without an end reaches over the next`);
  const order = exactOf(to.at).compare(exactOf(from.at));
  if (order > 0 || (order === 0 && to.included && from.included))
    throw new OutcomeError('tiers-overlap', `${id}: tiers overlap at ${from.at}`);
  if (order < 0 || (!to.included && !from.included))
    throw new OutcomeError('tiers-gap', `${id}: no tier has ${to.at}${order < 0 ? ` to ${from.at}` : ''}`);
}

function requireWide(id: string, { from, to }: Tier): void {
  if (!from || !to) return;
  const order = exactOf(from.at).compare(exactOf(to.at));
  if (order > 0 || (order === 0 && !(from.included && to.included)))
    throw new OutcomeError('range-empty', `${id}: nothing is from ${from.at} to ${to.at}`);
}

/** The tier of a value. */
export function tierOf(value: Fraction, tiers: readonly Tier[]): Tier {
  return tiers.find(({ to }) => {
    if (!to) return true;
    const order = value.compare(exactOf(to.at));
    return order < 0 || (order === 0 && to.included);
  })!;
}

export function tierText({ from, to }: Tier): string {
  const low = from ? `${from.included ? 'from' : 'above'} ${from.at}` : '';
  const high = to ? `${to.included ? 'up to' : 'below'} ${to.at}` : '';
  return [low, high].filter((end) => end !== '').join(' ') || 'any value';
}
