import { outranks } from '../cast/leaf.order.ts';

/** What counting needs of a leaf. */
export interface CountedLeaf {
  readonly sequence: number;
  readonly hash: Uint8Array;
  /** Null where the seal does not open. */
  readonly plaintext: Uint8Array | null;
}

/** What counting needs of a board: the leaves that decide. */
export interface DecidedLeaves extends Iterable<CountedLeaf> {
  /** Leaves that a later one of their key replaced. */
  readonly replaced: number;
}

/** The same, as a thread hands it over to another: plain memory. */
export interface LeafRecords {
  readonly pieces: readonly Uint8Array<ArrayBuffer>[];
  readonly number: number;
  /** Of a record, in bytes. */
  readonly width: number;
  readonly replaced: number;
}

/** Bytes of a record: leaf hash, sequence, whether it opened, a bit for each sequence up to 50, plaintext. */
const hashLength = 32;
const sequenceAt = hashLength;
const openedAt = sequenceAt + 1;
const seenAt = openedAt + 1;
const plaintextAt = seenAt + 7;
const recordsInPiece = 4_096;

/**
 * The leaves of a board by key, one for each key: in memory that grows with voters, not with votes, by some two hundred bytes each.
 */
export class DecidingLeaves implements DecidedLeaves {
  readonly #places = new Map<string, number>();
  /** Records one after the other: a million small objects would take five times the memory. */
  readonly #pieces: Uint8Array<ArrayBuffer>[] = [];
  readonly #width: number;
  #leaves = 0;

  /** @param plaintextLength the manifest's `ballot.length` */
  constructor(plaintextLength: number) {
    this.#width = plaintextAt + plaintextLength;
  }

  /**
   * Takes a leaf in.
   * @param leaf its sequence is from 1 to 50, its plaintext has the poll's length
   * @returns false if its key has another of the same sequence
   */
  take(publicKey: Uint8Array, leaf: CountedLeaf): boolean {
    this.#leaves += 1;
    const { record, isFirst } = this.#recordOf(publicKey);
    const [byte, bit] = [seenAt + (leaf.sequence >> 3), 1 << (leaf.sequence & 7)];
    const isNew = (record[byte]! & bit) === 0;
    record[byte]! |= bit;
    if (isFirst || outranks(leaf, leafIn(record))) write(record, leaf);
    return isNew;
  }

  /** Distinct keys. */
  get keys(): number {
    return this.#places.size;
  }

  /** Leaves that a later one of their key replaced. */
  get replaced(): number {
    return this.#leaves - this.#places.size;
  }

  /** The one of each key that decides, in the order in which keys first occurred. */
  [Symbol.iterator](): Iterator<CountedLeaf> {
    return decidedLeaves(this.records())[Symbol.iterator]();
  }

  /** All that counting needs, for another thread. Nothing is copied. */
  records(): LeafRecords {
    return {
      pieces: this.#pieces,
      number: this.#places.size,
      width: this.#width,
      replaced: this.replaced,
    };
  }

  #recordOf(publicKey: Uint8Array): { readonly record: Uint8Array; readonly isFirst: boolean } {
    // One character for each byte: half the size of hexadecimal.
    const key = Buffer.from(publicKey.buffer, publicKey.byteOffset, publicKey.length).toString('latin1');
    const known = this.#places.get(key);
    if (known !== undefined) return { record: this.#recordAt(known), isFirst: false };
    const place = this.#places.size;
    this.#places.set(key, place);
    if (place % recordsInPiece === 0) this.#pieces.push(new Uint8Array(recordsInPiece * this.#width));
    return { record: this.#recordAt(place), isFirst: true };
  }

  #recordAt(place: number): Uint8Array {
    return recordAt(this.#pieces, this.#width, place);
  }
}

/** What another thread gathered. */
export function decidedLeaves({ pieces, number, width, replaced }: LeafRecords): DecidedLeaves {
  return {
    replaced,
    *[Symbol.iterator]() {
      for (let place = 0; place < number; place += 1) yield leafIn(recordAt(pieces, width, place));
    },
  };
}

function recordAt(pieces: readonly Uint8Array[], width: number, place: number): Uint8Array {
  const from = (place % recordsInPiece) * width;
  return pieces[Math.floor(place / recordsInPiece)]!.subarray(from, from + width);
}

function leafIn(record: Uint8Array): CountedLeaf {
  return {
    hash: record.subarray(0, hashLength),
    sequence: record[sequenceAt]!,
    plaintext: record[openedAt] === 1 ? record.subarray(plaintextAt) : null,
  };
}

function write(record: Uint8Array, { hash, sequence, plaintext }: CountedLeaf): void {
  record.set(hash);
  record[sequenceAt] = sequence;
  record[openedAt] = plaintext === null ? 0 : 1;
  if (plaintext) record.set(plaintext, plaintextAt);
}
