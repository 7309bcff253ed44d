import type { Fraction } from 'fraction.js';
import type { Participants } from './results.shape.ts';
import type { Condition } from './term.shape.ts';

/** Null is not known yet, which is never the same as zero. */
export type Value = Fraction | null;

/** What formulas of measures and payments look up. */
export interface Reading {
  /** A number as it stands, or the value of an input or measure. */
  readonly valueOf: (operand: string) => Value;
  /** How many the value of a measure is paid for. */
  readonly payableOf: (measureId: string) => Value;
  /** Whom a rate card pays for. */
  readonly participantsOf: (paymentId: string) => readonly Participants[] | null;
  /** Whether all conditions hold; null if that hangs on something that is not known yet. */
  readonly holds: (conditions: readonly Condition[]) => boolean | null;
  /** Whether a payment comes to something, now or before; null while it is open. Caps of groups and of the whole come later. */
  readonly paid: (paymentId: string) => boolean | null;
  readonly paidBefore: (paymentId: string) => Fraction;
}
