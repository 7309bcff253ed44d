import { BoardError } from './board.errors.ts';
import { emptyRoot, nodeHash, requireHash } from './merkle.hash.ts';
import { coveringNodes, foldNodes, requireSizes } from './merkle.node.ts';
import type { MerkleNode } from './merkle.node.ts';

/** How the hash of an inner node follows from those of its children. */
export type NodeHash = (left: Uint8Array, right: Uint8Array) => Uint8Array;

/**
 * A tree that only grows and keeps only what its future needs: the hashes of the complete subtrees that cover
 * it, one for each bit of its size.
 */
export class GrowingTree {
  #size: number;
  readonly #peaks: Uint8Array[];
  readonly #nodeHash: NodeHash;

  /**
   * @param size leaves so far
   * @param peaks hashes of `coveringNodes(0, size)`
   * @param hashOf a faster hash of nodes that agrees with `nodeHash`, which is used by default
   * @throws BoardError `size-invalid`, also if there are not as many peaks as the size needs; `hash-malformed`
   */
  constructor(size = 0, peaks: readonly Uint8Array[] = [], hashOf: NodeHash = nodeHash) {
    requireSizes(size);
    if (coveringNodes(0, size).length !== peaks.length) {
      throw new BoardError('size-invalid', `${peaks.length} peaks do not cover ${size} leaves`);
    }
    peaks.forEach(requireHash);
    this.#size = size;
    this.#peaks = [...peaks];
    this.#nodeHash = hashOf;
  }

  /** Leaves so far. */
  get size(): number {
    return this.#size;
  }

  /** What to keep to go on later: the second argument of the constructor. */
  get peaks(): readonly Uint8Array[] {
    return [...this.#peaks];
  }

  /**
   * Adds a leaf by its hash.
   * @returns the subtrees this completes, the leaf first: all that proofs will ever read of it
   * @throws BoardError `hash-malformed`
   */
  append(leafHash: Uint8Array): MerkleNode[] {
    requireHash(leafHash);
    let node: MerkleNode = { level: 0, index: this.#size, hash: leafHash };
    const completed = [node];
    while (node.index % 2 === 1) {
      const hash = this.#nodeHash(this.#peaks.pop()!, node.hash);
      node = { level: node.level + 1, index: (node.index - 1) / 2, hash };
      completed.push(node);
    }
    this.#peaks.push(node.hash);
    this.#size += 1;
    return completed;
  }

  /** Root over all leaves so far. */
  root(): Uint8Array {
    return this.#size === 0 ? emptyRoot() : foldNodes(this.#peaks);
  }
}
