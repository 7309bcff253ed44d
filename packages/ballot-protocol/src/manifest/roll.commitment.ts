import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, randomBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { compareBytes } from '../bytes.order.ts';

const width = 32;

/** A fresh salt; each entry of each roll needs its own. Whoever knows it can tell whether the entry is on the roll. */
export function newRollSalt(): Uint8Array<ArrayBuffer> {
  return randomBytes(width);
}

/** What a roll publishes in place of an entry: HMAC-SHA-256 under the entry's salt. */
export function rollCommitment(salt: Uint8Array, entry: string): Uint8Array<ArrayBuffer> {
  return hmac(sha256, salt, utf8ToBytes(entry));
}

/**
 * The bytes of `roll.<issuer>.bin`: the commitments, sorted.
 * @throws RollError `roll-repeats` when one occurs twice
 */
export function writeRoll(commitments: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = concatBytes(...commitments.toSorted(compareBytes));
  readRoll(bytes);
  return bytes;
}

/**
 * The commitments of a roll file, in its order.
 * @throws RollError when the bytes are not whole commitments, strictly ascending
 */
export function readRoll(bytes: Uint8Array): Uint8Array[] {
  if (bytes.length % width !== 0) throw new RollError('roll-malformed');
  const values = Array.from({ length: bytes.length / width }, (_, place) =>
    bytes.subarray(place * width, (place + 1) * width),
  );
  for (const [place, value] of values.entries()) {
    const order = place === 0 ? 1 : compareBytes(value, values[place - 1]!);
    if (order === 0) throw new RollError('roll-repeats');
    if (order < 0) throw new RollError('roll-unsorted');
  }
  return values;
}

/** The `rollHash` of a roll file. */
export function rollHash(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return sha256(bytes);
}

/** A roll file that is not whole commitments of 32 bytes, in ascending order, each once. */
export class RollError extends Error {
  override readonly name = 'RollError';
  readonly code: 'roll-malformed' | 'roll-unsorted' | 'roll-repeats';

  constructor(code: RollError['code']) {
    super(code);
    this.code = code;
  }
}
