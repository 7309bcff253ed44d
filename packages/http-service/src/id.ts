import { createHash } from 'node:crypto';

const digits = 'abcdefghijklmnopqrstuvwxyz234567';

/**
 * An id that follows from the operation which makes the thing, e.g. `prj-` and 20 base-32 characters (100 bits).
 * A repeated operation makes the same id, so it can make nothing twice.
 */
export function idFrom(operationId: string, prefix: string): string {
  const hash = createHash('sha256').update(`${prefix}\n${operationId}`).digest();
  const bits = BigInt(`0x${hash.subarray(0, 13).toString('hex')}`) >> 4n;
  const signs = Array.from({ length: 20 }, (_, at) => digits[Number((bits >> BigInt(5 * at)) & 31n)]);
  return `${prefix}-${signs.join('')}`;
}
