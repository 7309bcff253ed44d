import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { bound } from '../binding.ts';
import { compareBytes } from '../bytes.order.ts';
import { BoardError } from './board.errors.ts';
import { requireHash } from './merkle.hash.ts';

/** A ballot that waits to be published. */
export interface WaitingLeaf {
  /** The leaf hash. */
  readonly hash: Uint8Array;
  /** The leaf's public key: leaves of one key are openly of one voter. */
  readonly key: Uint8Array;
}

export interface BatchInput {
  /** The ballots that wait, in any order. */
  readonly waiting: Iterable<WaitingLeaf>;
  /** The manifest's `batchSize`. */
  readonly batchSize: number;
  /** Whether casting is over: then everything is published. */
  readonly closing: boolean;
  /** 32 fresh random bytes that nobody learns. */
  readonly random: Uint8Array;
}

/**
 * The leaf hashes to append now, ascending: as soon as leaves of twice the batch size of different keys wait, all leaves of a random
 * half (rounded down) of these keys; nothing before that, and all when closing. So every batch hides a voter among at least as
 * many as the batch size, however often each votes. The half are the keys whose H("talkoot-batch-v1" ‖ random ‖ key) is
 * smallest: only the set that waits and the random bytes decide, never who came first.
 * @throws BoardError `batch-invalid`, `hash-malformed`
 */
export function chooseBatch({ waiting, batchSize, closing, random }: BatchInput): Uint8Array[] {
  if (!Number.isSafeInteger(batchSize) || batchSize < 1 || random.length !== 32) {
    throw new BoardError('batch-invalid', 'a batch size from 1 on and 32 random bytes are needed');
  }
  const keys = [...byKey(waiting).values()];
  if (closing) return ascending(keys);
  if (keys.length < 2 * batchSize) return [];
  const drawn = keys
    .map((one) => ({ ...one, draw: sha256(bound('talkoot-batch-v1', random, one.key)) }))
    .toSorted((a, b) => compareBytes(a.draw, b.draw));
  return ascending(drawn.slice(0, Math.floor(keys.length / 2)));
}

interface WaitingKey {
  readonly key: Uint8Array;
  /** By hexadecimal: a leaf that is given twice waits once. */
  readonly hashes: Map<string, Uint8Array>;
}

function byKey(waiting: Iterable<WaitingLeaf>): Map<string, WaitingKey> {
  const keys = new Map<string, WaitingKey>();
  for (const { hash, key } of waiting) {
    requireHash(hash);
    const name = bytesToHex(key);
    const one = keys.get(name) ?? { key, hashes: new Map() };
    one.hashes.set(bytesToHex(hash), hash);
    keys.set(name, one);
  }
  return keys;
}

const ascending = (keys: readonly WaitingKey[]): Uint8Array[] =>
  keys.flatMap(({ hashes }) => [...hashes.values()]).toSorted(compareBytes);
