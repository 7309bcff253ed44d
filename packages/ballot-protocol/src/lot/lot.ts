import { compareBytes } from '../bytes.order.ts';
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { bound } from '../binding.ts';

/** What an issuer publishes beforehand about its 32-byte seed. */
export function lotCommitment(seed: Uint8Array): Uint8Array<ArrayBuffer> {
  return sha256(bound('talkoot-lot-v1', seed));
}

/** The seed of the lot, from m and the seeds of both issuers in the manifest's order. */
export function lotSeed(m: Uint8Array, first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  return sha256(bound('talkoot-lot-seed-v1', m, first, second));
}

/** The options' ids in the order drawn by lot. */
export function lotOrder(seed: Uint8Array, ids: readonly string[]): string[] {
  return ids
    .map((id) => ({ id, draw: sha256(concatBytes(seed, utf8ToBytes(id))) }))
    .toSorted((a, b) => compareBytes(a.draw, b.draw))
    .map(({ id }) => id);
}
