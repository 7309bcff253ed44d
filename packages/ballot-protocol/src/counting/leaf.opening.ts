import { joinBytes } from '../bytes.join.ts';
import { leafLength } from '../cast/leaf.ts';
import type { Leaf } from '../cast/leaf.ts';
import type { LeafRefusal } from '../cast/leaf.check.ts';
import type { BindingManifest } from '../manifest/manifest.read.ts';
import type { Manifest } from '../manifest/manifest.shape.ts';
import type { LeafOutcome } from './leaf.work.ts';
import { LeafWorkers } from './leaf.workers.ts';

export interface OpeningKeys {
  readonly binding: BindingManifest;
  /** The bytes of `manifest.json`. */
  readonly manifest: Uint8Array;
  /** The poll's; null where it was not released: then leaves are checked and stay sealed. */
  readonly secretKey: Uint8Array | null;
}

/** A leaf of a board, checked and opened. Its bytes are views of larger ones: whoever keeps them copies them. */
export interface OpenedLeaf {
  readonly hash: Uint8Array;
  /** Null for a leaf that is refused: it is no vote, whatever it says. */
  readonly leaf: Pick<Leaf, 'publicKey' | 'sequence'> | null;
  readonly refusal: LeafRefusal | null;
  /** Null where the seal does not open. */
  readonly plaintext: Uint8Array | null;
}

const leavesInBatch = 256;

/**
 * Checks and opens the leaves of a board (the manifest not among them) in their order, on all cores, a bounded number
 * of leaves at a time.
 * @param board their bytes, in pieces of any length
 */
export async function* openLeaves(
  board: AsyncIterable<Uint8Array>,
  { binding: { manifest }, manifest: bytes, secretKey }: OpeningKeys,
): AsyncGenerator<readonly OpenedLeaf[]> {
  const workers = new LeafWorkers({ manifest: bytes, secretKey });
  const waiting: Promise<LeafOutcome>[] = [];
  const first = async () => openedIn(manifest, await waiting.shift()!);
  try {
    for await (const batch of batches(board, leavesInBatch * leafLength(manifest))) {
      waiting.push(workers.run(batch));
      if (waiting.length > 2 * workers.threads) yield await first();
    }
    while (waiting.length > 0) yield await first();
  } finally {
    // A failure leaves work behind whose outcome nobody awaits any more.
    for (const outcome of waiting) outcome.catch(() => undefined);
    await workers.end();
  }
}

/** The board in pieces of `size` bytes; the last one may be shorter. */
async function* batches(
  board: AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of board) {
    pieces.push(piece);
    length += piece.length;
    if (length < size) continue;
    const bytes = joinBytes(pieces);
    let at = 0;
    for (; length - at >= size; at += size) yield bytes.slice(at, at + size);
    pieces = [bytes.subarray(at)];
    length -= at;
  }
  if (length > 0) yield joinBytes(pieces);
}

function openedIn(manifest: Manifest, outcome: LeafOutcome): OpenedLeaf[] {
  const { refusals, hashes, keys, sequences, opened, plaintexts } = outcome;
  const { length } = manifest.ballot;
  const refused = new Map(refusals.map(({ place, refusal }) => [place, refusal]));
  return Array.from(opened, (isOpen, place) => {
    const refusal = refused.get(place) ?? null;
    const publicKey = keys.subarray(place * 32, (place + 1) * 32);
    return {
      hash: hashes.subarray(place * 32, (place + 1) * 32),
      leaf: refusal === null ? { publicKey, sequence: sequences[place]! } : null,
      refusal,
      plaintext: isOpen === 1 ? plaintexts.subarray(place * length, (place + 1) * length) : null,
    };
  });
}
