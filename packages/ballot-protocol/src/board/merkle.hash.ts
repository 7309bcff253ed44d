import { sha256 } from '@noble/hashes/sha2.js';
import { BoardError } from './board.errors.ts';

/** Bytes of a hash in the tree. */
export const hashLength = 32;

/** Hash of a leaf: H(0x00 ‖ leaf), RFC 6962 section 2.1. */
export function leafHash(leaf: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(1 + leaf.length);
  bytes.set(leaf, 1);
  return sha256(bytes);
}

/** Hash of an inner node: H(0x01 ‖ left ‖ right), RFC 6962 section 2.1. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(1 + 2 * hashLength);
  bytes[0] = 1;
  bytes.set(left, 1);
  bytes.set(right, 1 + hashLength);
  return sha256(bytes);
}

/** Root of the tree without leaves: the hash of nothing. */
export function emptyRoot(): Uint8Array<ArrayBuffer> {
  return sha256(new Uint8Array(0));
}

/** @throws BoardError `hash-malformed` */
export function requireHash(hash: Uint8Array): void {
  if (hash.length !== hashLength) throw new BoardError('hash-malformed', `a hash of ${hash.length} bytes`);
}
