import { bytesToHex } from '@noble/hashes/utils.js';
import { compareBytes } from '../bytes.order.ts';

/** What the rule needs to know of a leaf. */
export interface RankedLeaf {
  readonly publicKey: Uint8Array;
  readonly sequence: number;
  /** The leaf hash. */
  readonly hash: Uint8Array;
}

/**
 * Of the leaves of each key the one that decides: the highest sequence; of equal ones, which only a dishonest board
 * holds, the smaller leaf hash. Whether its ballot is valid does not matter: nothing older counts. In the order in
 * which keys first occur.
 */
export function decidingLeaves<L extends RankedLeaf>(leaves: Iterable<L>): L[] {
  const deciding = new Map<string, L>();
  for (const leaf of leaves) {
    const key = bytesToHex(leaf.publicKey);
    const other = deciding.get(key);
    if (other === undefined || outranks(leaf, other)) deciding.set(key, leaf);
  }
  return [...deciding.values()];
}

/** Whether `leaf` decides when both are of one key. */
export function outranks(leaf: Omit<RankedLeaf, 'publicKey'>, other: Omit<RankedLeaf, 'publicKey'>): boolean {
  if (leaf.sequence !== other.sequence) return leaf.sequence > other.sequence;
  return compareBytes(leaf.hash, other.hash) < 0;
}
