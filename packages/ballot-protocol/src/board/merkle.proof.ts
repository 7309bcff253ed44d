import { BoardError } from './board.errors.ts';
import { hashLength } from './merkle.hash.ts';
import { coveringNodes, foldNodes, requireSizes, splitOf } from './merkle.node.ts';
import type { NodeId } from './merkle.node.ts';

/** For each hash of a proof the complete subtrees it is folded from. */
export type ProofPlan = readonly (readonly NodeId[])[];

/** Fetches the hashes of complete subtrees, in the order asked for. */
export type NodeReader = (nodes: readonly NodeId[]) => Promise<readonly Uint8Array[]>;

/**
 * What the proof consists of that a leaf is in the tree of `size` leaves (RFC 9162 section 2.1.3.1).
 * @throws BoardError `size-invalid`
 */
export function planInclusion(index: number, size: number): ProofPlan {
  requireSizes(index, size);
  if (index >= size) throw new BoardError('size-invalid', `no leaf ${index} among ${size}`);
  const plan: NodeId[][] = [];
  for (let [start, end] = [0, size]; end - start > 1;) {
    const middle = start + splitOf(end - start);
    if (index < middle) {
      plan.push(coveringNodes(middle, end));
      end = middle;
    } else {
      plan.push(coveringNodes(start, middle));
      start = middle;
    }
  }
  return plan.toReversed();
}

/**
 * What the proof consists of that the tree of `second` leaves begins with that of `first` (RFC 9162 section
 * 2.1.4.1). Nothing for equal sizes and for an empty first tree.
 * @throws BoardError `size-invalid`
 */
export function planConsistency(first: number, second: number): ProofPlan {
  requireSizes(first, second);
  if (first > second) throw new BoardError('size-invalid', `${second} leaves do not begin with ${first}`);
  if (first === 0) return [];
  const plan: NodeId[][] = [];
  let [start, end] = [0, second];
  while (first !== end) {
    const middle = start + splitOf(end - start);
    if (first <= middle) {
      plan.push(coveringNodes(middle, end));
      end = middle;
    } else {
      plan.push(coveringNodes(start, middle));
      start = middle;
    }
  }
  if (start !== 0) plan.push(coveringNodes(start, end));
  return plan.toReversed();
}

/**
 * The proof that a plan describes, from stored hashes.
 * @throws BoardError `node-missing` if the reader does not deliver what was asked for
 */
export async function readProof(plan: ProofPlan, read: NodeReader): Promise<Uint8Array[]> {
  const wanted = plan.flat();
  const hashes = wanted.length === 0 ? [] : await read(wanted);
  if (hashes.length !== wanted.length || hashes.some((hash) => hash?.length !== hashLength)) {
    throw new BoardError('node-missing', `${wanted.length} stored hashes were asked for`);
  }
  let taken = 0;
  return plan.map((nodes) => foldNodes(hashes.slice(taken, (taken += nodes.length))));
}

/**
 * Root over the first `size` leaves, one at least, from stored hashes.
 * @throws BoardError `size-invalid`, `node-missing`
 */
export async function readRoot(size: number, read: NodeReader): Promise<Uint8Array> {
  requireSizes(size);
  if (size === 0) throw new BoardError('size-invalid', 'an empty tree stores nothing');
  const [root] = await readProof([coveringNodes(0, size)], read);
  return root!;
}
