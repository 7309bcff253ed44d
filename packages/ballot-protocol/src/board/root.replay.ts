import { equalBytes } from '@noble/curves/utils.js';
import { nodeHash } from './merkle.hash.ts';
import { GrowingTree } from './merkle.tree.ts';
import type { NodeHash } from './merkle.tree.ts';

/**
 * What is wrong with an archived checkpoint.
 * - `size-fell`: it is smaller than the one before
 * - `root-differs`: its root is not that of so many first leaves
 * - `leaves-missing`: there are fewer leaves than it says
 */
export type ReplayProblemCode = 'size-fell' | 'root-differs' | 'leaves-missing';

export interface ReplayProblem {
  readonly code: ReplayProblemCode;
  /** Place of the checkpoint in the archive, from 0. */
  readonly position: number;
}

export interface Replay {
  readonly size: number;
  readonly root: Uint8Array;
  readonly problems: readonly ReplayProblem[];
}

/**
 * Follows a log leaf by leaf and compares its root with every archived checkpoint on the way: what a verifier
 * needs for any number of leaves, in memory that does not grow with them.
 */
export class RootReplay {
  readonly #tree: GrowingTree;
  readonly #checkpoints: readonly { readonly size: number; readonly root: Uint8Array }[];
  readonly #problems: ReplayProblem[] = [];
  #next = 0;
  #highest = 0;

  /**
   * @param checkpoints in the order of the archive
   * @param hashOf a faster hash of nodes that agrees with `nodeHash`, which is used by default
   */
  constructor(
    checkpoints: readonly { readonly size: number; readonly root: Uint8Array }[],
    hashOf: NodeHash = nodeHash,
  ) {
    this.#tree = new GrowingTree(0, [], hashOf);
    this.#checkpoints = checkpoints;
    this.#compare();
  }

  /** @throws BoardError `hash-malformed` */
  append(leafHash: Uint8Array): void {
    this.#tree.append(leafHash);
    this.#compare();
  }

  /** Size and root of all leaves, and every checkpoint that does not fit. */
  finish(): Replay {
    for (; this.#next < this.#checkpoints.length; this.#next++) {
      const { size } = this.#checkpoints[this.#next]!;
      this.#report(size < this.#highest ? 'size-fell' : 'leaves-missing');
      this.#highest = Math.max(size, this.#highest);
    }
    return { size: this.#tree.size, root: this.#tree.root(), problems: [...this.#problems] };
  }

  #compare(): void {
    for (; this.#next < this.#checkpoints.length; this.#next++) {
      const { size, root } = this.#checkpoints[this.#next]!;
      if (size > this.#tree.size) return;
      if (size < this.#tree.size) this.#report('size-fell');
      else if (!equalBytes(this.#tree.root(), root)) this.#report('root-differs');
    }
  }

  #report(code: ReplayProblemCode): void {
    this.#problems.push({ code, position: this.#next });
  }
}
