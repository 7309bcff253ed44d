import { equalBytes } from '@noble/curves/utils.js';
import { BoardError } from './board.errors.ts';
import { emptyRoot, nodeHash, requireHash } from './merkle.hash.ts';
import { requireSizes } from './merkle.node.ts';

/** That a leaf is at a place of the tree with this size and root. */
export interface InclusionClaim {
  readonly leafHash: Uint8Array;
  readonly index: number;
  readonly size: number;
  readonly root: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/** That the tree of the second size and root begins with the one of the first. */
export interface ConsistencyClaim {
  readonly first: { readonly size: number; readonly root: Uint8Array };
  readonly second: { readonly size: number; readonly root: Uint8Array };
  readonly proof: readonly Uint8Array[];
}

/**
 * Checks an inclusion proof (RFC 9162 section 2.1.3.2).
 * @throws BoardError `size-invalid`, `hash-malformed`, `proof-length`, `root-differs`
 */
export function requireInclusion({ leafHash, index, size, root, proof }: InclusionClaim): void {
  requireSizes(index, size);
  if (index >= size) throw new BoardError('size-invalid', `no leaf ${index} among ${size}`);
  [leafHash, root, ...proof].forEach(requireHash);
  const climb = new Climb(index, size - 1);
  let hash = leafHash;
  for (const sibling of proof) {
    hash = climb.next() === 'left' ? nodeHash(sibling, hash) : nodeHash(hash, sibling);
  }
  climb.requireTop();
  if (!equalBytes(hash, root)) throw new BoardError('root-differs', 'the inclusion proof leads elsewhere');
}

/**
 * Checks a consistency proof (RFC 9162 section 2.1.4.2). Equal sizes and an empty first tree need an empty proof.
 * @throws BoardError `size-invalid`, `hash-malformed`, `proof-length`, `root-differs`
 */
export function requireConsistency({ first, second, proof }: ConsistencyClaim): void {
  requireSizes(first.size, second.size);
  if (first.size > second.size) {
    throw new BoardError('size-invalid', `a tree of ${second.size} cannot begin with ${first.size}`);
  }
  [first.root, second.root, ...proof].forEach(requireHash);
  requireSame(first.size === 0 ? emptyRoot() : first.root, first.root);
  if (first.size === second.size) requireSame(first.root, second.root);
  if (first.size === 0 || first.size === second.size) {
    if (proof.length > 0) throw new BoardError('proof-length', 'nothing to prove, yet a proof');
    return;
  }
  requireGrowth({ first, second, proof });
}

function requireGrowth({ first, second, proof }: ConsistencyClaim): void {
  const climb = new Climb(first.size - 1, second.size - 1);
  climb.leaveRightEdges();
  // A complete first tree is itself the subtree to begin with, and is not repeated in the proof.
  const [start, ...siblings] = climb.atFirst ? [first.root, ...proof] : proof;
  if (start === undefined) throw new BoardError('proof-length', 'the proof is empty');
  let [before, after] = [start, start];
  for (const sibling of siblings) {
    if (climb.next() === 'left') {
      before = nodeHash(sibling, before);
      after = nodeHash(sibling, after);
    } else after = nodeHash(after, sibling);
  }
  climb.requireTop();
  requireSame(before, first.root);
  requireSame(after, second.root);
}

function requireSame(a: Uint8Array, b: Uint8Array): void {
  if (!equalBytes(a, b)) throw new BoardError('root-differs', 'the consistency proof leads elsewhere');
}

/** The way from a node to the root; `last` is the index of the last node on the same level. */
class Climb {
  #index: number;
  #last: number;

  constructor(index: number, last: number) {
    this.#index = index;
    this.#last = last;
  }

  get atFirst(): boolean {
    return this.#index === 0;
  }

  leaveRightEdges(): void {
    while (this.#index % 2 === 1) this.#up();
  }

  /** On which side the next hash of a proof stands. */
  next(): 'left' | 'right' {
    if (this.#last === 0) throw new BoardError('proof-length', 'the proof goes on beyond the root');
    const left = this.#index % 2 === 1 || this.#index === this.#last;
    // The last node of a level may have no sibling: it moves up until it has one.
    if (left) while (this.#index % 2 === 0 && this.#index !== 0) this.#up();
    this.#up();
    return left ? 'left' : 'right';
  }

  requireTop(): void {
    if (this.#last !== 0) throw new BoardError('proof-length', 'the proof ends below the root');
  }

  #up(): void {
    this.#index = Math.floor(this.#index / 2);
    this.#last = Math.floor(this.#last / 2);
  }
}
