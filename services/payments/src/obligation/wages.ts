import { ratio } from '@talkoot/money';

/**
 * The pool includes the employer's contributions: of a share of it, the wage is what is left after them, rounded down, so that wage and
 * contributions together are never more than the share.
 * @param share minor units
 * @param contributions a share of the wage, as a fraction such as `0.22`
 */
export function wageOf(share: number, contributions: string): number {
  const { numerator, denominator } = ratio(contributions);
  return Number((BigInt(share) * denominator) / (denominator + numerator));
}
