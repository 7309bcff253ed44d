import { bound } from '../binding.ts';
import { sign, verifySignature } from '../signature/ed25519.ts';
import type { Verify } from './note.key.ts';
import { requireHash } from './merkle.hash.ts';

/** Whose promises count: those of one board for one poll. */
export interface Promiser {
  /** m, the hash of the manifest. */
  readonly manifest: Uint8Array;
  /** The board's Ed25519 key. */
  readonly boardKey: Uint8Array;
  /** A faster verification that agrees with `verifySignature`, which is used by default. */
  readonly verify?: Verify;
}

/**
 * What a board signs as soon as a leaf is durable: `"talkoot-promise-v1" ‖ m ‖ leaf hash`.
 * @throws BoardError `hash-malformed`
 */
export function promiseMessage(manifest: Uint8Array, leafHash: Uint8Array): Uint8Array<ArrayBuffer> {
  requireHash(manifest);
  requireHash(leafHash);
  return bound('talkoot-promise-v1', manifest, leafHash);
}

/**
 * The board's promise to publish a leaf, 64 bytes. The same leaf gets the same promise.
 * @param secretKey the 32-byte seed of the board's Ed25519 key
 * @throws BoardError `hash-malformed`
 */
export function signPromise(
  manifest: Uint8Array,
  leafHash: Uint8Array,
  secretKey: Uint8Array,
): Uint8Array<ArrayBuffer> {
  return sign(secretKey, promiseMessage(manifest, leafHash));
}

/** Whether a promise is the board's, for this leaf in this poll. */
export function isPromised(leafHash: Uint8Array, promise: Uint8Array, promiser: Promiser): boolean {
  const { manifest, boardKey, verify = verifySignature } = promiser;
  return verify(boardKey, promiseMessage(manifest, leafHash), promise);
}
