import { z } from 'zod';
import { methods } from './estimators/method.ts';

const Decimal = z.string().regex(/^-?\d{1,15}(\.\d{1,12})?$/);
const Interval = z.object({ low: Decimal, high: Decimal });

/**
 * What is measured, from where to where. Values are decimal text: they enter exact arithmetic.
 * A baseline may still be missing while the idea is discussed; delivery cannot start without it.
 */
export const CriterionShape = z.object({
  criterionId: z.string().min(1).max(64),
  metric: z.string().min(1).max(200),
  unit: z.string().min(1).max(50),
  direction: z.enum(['increase', 'decrease']).optional(),
  baseline: z.object({ value: Decimal, at: z.union([z.iso.date(), z.iso.datetime()]) }).optional(),
  goal: Decimal,
  /** An observed level, inclusive, on the far side of the baseline from the goal. */
  failureBound: Decimal.optional(),
  comparator: z.enum([
    'goal',
    'before-after',
    'comparison-units',
    'synthetic-control',
    'interrupted-time-series',
  ]),
  source: z.string().min(1).max(500),
});
export type Criterion = z.infer<typeof CriterionShape>;

/** An estimate as it is signed: six decimal places, half to even. Nothing after this is rounded. */
export const SignedEstimateShape = z.object({
  method: z.enum(methods),
  unit: z.string().min(1).max(50),
  estimate: Decimal,
  standardError: Decimal.nullable(),
  /** Why there is no standard error; null if there is one. */
  reason: z.string().max(100).nullable(),
  interval80: Interval.nullable(),
  interval95: Interval.nullable(),
  /** The level after delivery, where it is known. */
  observed: Decimal.nullable(),
  observedInterval80: Interval.nullable(),
  n: z.int().min(1),
  /** Rank among placebos, where there are any. */
  p: Decimal.nullable(),
  assumptions: z.array(z.string().max(500)).max(20),
  /** Every step from the readings to the intervals. */
  computation: z.array(z.string().max(1_000)).max(500),
});
export type SignedEstimate = z.infer<typeof SignedEstimateShape>;
