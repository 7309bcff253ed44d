import { outranks } from '../cast/leaf.order.ts';

/** What counting needs of a leaf. */
export interface CountedLeaf {
  readonly sequence: number;
  readonly hash: Uint8Array;
  /** Null where the seal does not open. */
  readonly plaintext: Uint8Array | null;
}

interface Entry extends CountedLeaf {
  /** The sum of 2^sequence over the leaves of the key: sequences end at 50, so that it stays exact. */
  readonly seen: number;
}

/** The leaves of a board by key, one for each key: in memory that grows with voters, not with votes. */
export class DecidingLeaves {
  readonly #byKey = new Map<string, Entry>();
  #leaves = 0;

  /** Takes a leaf in. @returns false if its key has another of the same sequence */
  take(publicKey: Uint8Array, leaf: CountedLeaf): boolean {
    this.#leaves += 1;
    // One character for each byte: half the size of hexadecimal.
    const key = String.fromCharCode(...publicKey);
    const before = this.#byKey.get(key);
    const bit = 2 ** leaf.sequence;
    const isNew = !before || Math.floor(before.seen / bit) % 2 === 0;
    const seen = (before?.seen ?? 0) + (isNew ? bit : 0);
    const decides = !before || outranks(leaf, before);
    this.#byKey.set(key, { ...(decides ? leaf : before), seen });
    return isNew;
  }

  /** Distinct keys. */
  get keys(): number {
    return this.#byKey.size;
  }

  /** Leaves that a later one of their key replaced. */
  get replaced(): number {
    return this.#leaves - this.#byKey.size;
  }

  /** The one of each key that decides. */
  *[Symbol.iterator](): Generator<CountedLeaf> {
    yield* this.#byKey.values();
  }
}
