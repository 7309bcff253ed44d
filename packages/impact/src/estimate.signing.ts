import { lineText } from './computation.ts';
import type { SignedEstimate } from './criterion.shape.ts';
import type { Estimate, Interval } from './estimators/estimate.ts';
import { exactOf, sixPlaces } from './exact.ts';
import { ImpactError } from './impact.errors.ts';

const largest = 1e15;

/**
 * The estimate as an assessor signs it: every number with six decimal places, half to even, judged on
 * the decimal text that JSON gives a number. From here on arithmetic is exact.
 * @throws ImpactError `number-not-finite`; `number-malformed` from 10^15 on
 */
export function signEstimate(estimate: Estimate, unit: string): SignedEstimate {
  const { method, reason, n, assumptions, computation } = estimate;
  return {
    method,
    unit,
    estimate: signed(estimate.estimate),
    standardError: orNull(estimate.standardError, signed),
    reason,
    interval80: orNull(estimate.interval80, signedInterval),
    interval95: orNull(estimate.interval95, signedInterval),
    observed: orNull(estimate.observed, signed),
    observedInterval80: orNull(estimate.observedInterval80, signedInterval),
    n,
    p: orNull(estimate.p, signed),
    assumptions: [...assumptions],
    computation: computation.map(lineText),
  };
}

function orNull<In, Out>(value: In | null, sign: (value: In) => Out): Out | null {
  return value === null ? null : sign(value);
}

function signedInterval({ low, high }: Interval): { low: string; high: string } {
  return { low: signed(low), high: signed(high) };
}

function signed(value: number): string {
  if (!Number.isFinite(value)) throw new ImpactError('number-not-finite', `${value} cannot be signed`);
  if (Math.abs(value) >= largest) throw new ImpactError('number-malformed', `${value} is too large to sign`);
  const [mantissa = '', exponent = '0'] = String(value).split('e');
  const power = 10n ** BigInt(Math.abs(Number(exponent)));
  return sixPlaces(exactOf(mantissa).div(power));
}
