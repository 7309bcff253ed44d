import { BoardError } from './board.errors.ts';
import { nodeHash } from './merkle.hash.ts';

/** The complete subtree over the leaves from `index` × 2^`level` on, 2^`level` of them; level 0 are the leaves. */
export interface NodeId {
  readonly level: number;
  readonly index: number;
}

/** A complete subtree and its hash: what a service stores. It never changes. */
export interface MerkleNode extends NodeId {
  readonly hash: Uint8Array;
}

/** The fewest complete subtrees over the leaves from `start` to `end` − 1, from left to right. */
export function coveringNodes(start: number, end: number): NodeId[] {
  const nodes: NodeId[] = [];
  for (let from = start; from < end;) {
    let [level, width] = [0, 1];
    while (from % (width * 2) === 0 && from + width * 2 <= end) [level, width] = [level + 1, width * 2];
    nodes.push({ level, index: from / width });
    from += width;
  }
  return nodes;
}

/** Root over neighbouring complete subtrees, the larger ones to the left: at least one. */
export function foldNodes(hashes: readonly Uint8Array[]): Uint8Array {
  return hashes.reduceRight((right, left) => nodeHash(left, right));
}

/** The largest power of two below `size`, which is at least 2. */
export function splitOf(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

/** @throws BoardError `size-invalid` unless safe integers from 0 on */
export function requireSizes(...sizes: readonly number[]): void {
  for (const size of sizes) {
    if (!Number.isSafeInteger(size) || size < 0) throw new BoardError('size-invalid', `${size} is no size`);
  }
}
