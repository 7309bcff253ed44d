import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes } from '@noble/hashes/utils.js';
import { u32 } from '../binding.ts';
import { GrowingTree, leafHash, planConsistency, planInclusion, readProof } from './index.ts';
import type { NodeReader } from './index.ts';

/** A tree whose n-th leaf is n in four bytes, and whose nodes are all stored. */
export class NumberedTree {
  readonly #tree = new GrowingTree();
  readonly #nodes = new Map<string, Uint8Array>();
  readonly #roots: Uint8Array[] = [this.#tree.root()];
  readonly read: NodeReader = async (nodes) =>
    nodes.map(({ level, index }) => this.#nodes.get(`${level} ${index}`)!);

  constructor(size: number, leaf: (index: number) => Uint8Array = u32) {
    for (let index = 0; index < size; index++) {
      for (const node of this.#tree.append(leafHash(leaf(index)))) {
        this.#nodes.set(`${node.level} ${node.index}`, node.hash);
      }
      this.#roots.push(this.#tree.root());
    }
  }

  root(size: number): Uint8Array {
    return this.#roots[size]!;
  }

  head(size: number) {
    return { size, root: this.root(size) };
  }

  leafHashes(size: number): Uint8Array[] {
    return Array.from({ length: size }, (_, index) => this.#nodes.get(`0 ${index}`)!);
  }

  inclusion(index: number, size: number): Promise<Uint8Array[]> {
    return readProof(planInclusion(index, size), this.read);
  }

  consistency(first: number, second: number): Promise<Uint8Array[]> {
    return readProof(planConsistency(first, second), this.read);
  }
}

/** A proof as the reference program digests it. */
export function proofBytes(proof: readonly Uint8Array[]): Uint8Array {
  return concatBytes(Uint8Array.of(proof.length), ...proof);
}

export function digest(...parts: readonly Uint8Array[]): string {
  return bytesToHex(sha256(concatBytes(...parts)));
}
