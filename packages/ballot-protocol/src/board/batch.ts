import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { bound } from '../binding.ts';
import { compareBytes } from '../bytes.order.ts';
import { BoardError } from './board.errors.ts';
import { requireHash } from './merkle.hash.ts';

export interface BatchInput {
  /** Leaf hashes of the ballots that wait, in any order. */
  readonly pending: Iterable<Uint8Array>;
  /** The manifest's `batchSize`. */
  readonly batchSize: number;
  /** Whether casting is over: then everything is published. */
  readonly closing: boolean;
  /** 32 fresh random bytes that nobody learns. */
  readonly random: Uint8Array;
}

/**
 * The ballots to append now, by ascending leaf hash: a random half (rounded down) as soon as twice the batch
 * size wait, nothing before that, and all of them when closing. The half are those whose H("talkoot-batch-v1" ‖ random ‖ leaf hash)
 * is smallest, so that only the set that waits and the random bytes decide, never who came first.
 * @throws BoardError `batch-invalid`, `hash-malformed`
 */
export function chooseBatch({ pending, batchSize, closing, random }: BatchInput): Uint8Array[] {
  if (!Number.isSafeInteger(batchSize) || batchSize < 1 || random.length !== 32) {
    throw new BoardError('batch-invalid', 'a batch size from 1 on and 32 random bytes are needed');
  }
  const waiting = distinct(pending);
  if (closing) return waiting.toSorted(compareBytes);
  if (waiting.length < 2 * batchSize) return [];
  return waiting
    .map((hash) => ({ hash, draw: sha256(bound('talkoot-batch-v1', random, hash)) }))
    .toSorted((a, b) => compareBytes(a.draw, b.draw))
    .slice(0, Math.floor(waiting.length / 2))
    .map(({ hash }) => hash)
    .toSorted(compareBytes);
}

function distinct(hashes: Iterable<Uint8Array>): Uint8Array[] {
  const byText = new Map<string, Uint8Array>();
  for (const hash of hashes) {
    requireHash(hash);
    byText.set(bytesToHex(hash), hash);
  }
  return [...byText.values()];
}
