import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { randomBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { joinBytes } from '../bytes.join.ts';
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
  const bytes = joinBytes(commitments.toSorted(compareBytes));
  readRoll(bytes);
  return bytes;
}

/**
 * Reads a roll file.
 * @throws RollError when the bytes are not whole commitments, strictly ascending
 */
export function readRoll(bytes: Uint8Array): Roll {
  if (bytes.length % width !== 0) throw new RollError('roll-malformed');
  for (let at = width; at < bytes.length; at += width) {
    const order = compareBytes(bytes.subarray(at, at + width), bytes.subarray(at - width, at));
    if (order === 0) throw new RollError('roll-repeats');
    if (order < 0) throw new RollError('roll-unsorted');
  }
  return new Roll(bytes);
}

/** The commitments of a roll, ascending. */
export class Roll {
  readonly #bytes: Uint8Array;

  /** @param bytes of a roll file, which `readRoll` checks */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get size(): number {
    return this.#bytes.length / width;
  }

  /** Where a commitment stands, from 0; undefined if it is not on the roll. */
  placeOf(commitment: Uint8Array): number | undefined {
    if (commitment.length !== width) return undefined;
    let [low, high] = [0, this.size - 1];
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const order = this.#compareAt(middle * width, commitment);
      if (order === 0) return middle;
      if (order < 0) low = middle + 1;
      else high = middle - 1;
    }
    return undefined;
  }

  #compareAt(at: number, commitment: Uint8Array): number {
    for (let byte = 0; byte < width; byte += 1) {
      const difference = this.#bytes[at + byte]! - commitment[byte]!;
      if (difference !== 0) return difference;
    }
    return 0;
  }
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
