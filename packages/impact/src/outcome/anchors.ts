import type { Fraction } from 'fraction.js';
import { exactOf } from '../exact.ts';
import { OutcomeError } from './outcome.errors.ts';
import type { Anchor } from './payment.part.shape.ts';

/** @throws OutcomeError `anchors-unordered` */
export function requireAnchors(id: string, anchors: readonly Anchor[]): void {
  const rising = anchors.slice(1).every(({ at }, index) => exactOf(at).gt(exactOf(anchors[index]!.at)));
  if (!rising) throw new OutcomeError('anchors-unordered', `${id}: anchors are stated in rising order`);
}

/** On the straight line between the two anchors around the value; outside, the rate of the end. */
export function rateAt(value: Fraction, anchors: readonly Anchor[]): Fraction {
  const exact = anchors.map(({ at, pays }) => ({ at: exactOf(at), pays: exactOf(pays) }));
  const above = exact.findIndex(({ at }) => at.gte(value));
  if (above === -1) return exact.at(-1)!.pays;
  const [low, high] = [exact[above - 1], exact[above]!];
  if (!low) return high.pays;
  const along = value.sub(low.at).div(high.at.sub(low.at));
  return low.pays.add(high.pays.sub(low.pays).mul(along));
}
