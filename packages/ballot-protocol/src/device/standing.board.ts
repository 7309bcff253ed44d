import { equalBytes } from '@noble/curves/utils.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { BoardError } from '../board/board.errors.ts';
import { parseCheckpoint } from '../board/checkpoint.ts';
import type { Checkpoint, SignedCheckpoint } from '../board/checkpoint.ts';
import { hashLength } from '../board/merkle.hash.ts';
import { GrowingTree } from '../board/merkle.tree.ts';
import type { Verify } from '../board/note.key.ts';
import { hashesIn, tilePath, tileWidth } from '../board/tile.ts';
import { policyOf, requireStanding } from '../board/witness.policy.ts';
import type { Manifest } from '../manifest/manifest.shape.ts';

/**
 * A checkpoint that this poll's board and more than half of its witnesses signed.
 * @param note as the board serves it
 * @param verify a faster verification that agrees with `verifySignature`
 * @throws BoardError as `parseCheckpoint` and `requireStanding`
 */
export function standingBoard(
  manifest: Pick<Manifest, 'board' | 'witnesses'>,
  note: string,
  verify?: Verify,
): SignedCheckpoint {
  const { origin, publicKey } = manifest.board;
  const checkpoint = parseCheckpoint(utf8ToBytes(note));
  requireStanding(checkpoint, policyOf(manifest, { name: origin, publicKey }, verify));
  return checkpoint;
}

/** Fetches the tile of a path, such as `tile/0/273.p/112`. */
export type TileFetcher = (path: string) => Promise<Uint8Array>;

/**
 * The hashes of all leaves of a board, out of its tiles, in their order. Whoever looks for a leaf among them tells nobody
 * which. Only when all were read without an error are they those of the checkpoint.
 * @throws BoardError `node-missing` for a tile of another length, `root-differs` at the end
 */
export async function* leafHashesOf(
  { size, root }: Pick<Checkpoint, 'size' | 'root'>,
  fetch: TileFetcher,
): AsyncGenerator<Uint8Array> {
  const tree = new GrowingTree();
  for (let index = 0; index * tileWidth < size; index += 1) {
    const width = Math.min(tileWidth, size - index * tileWidth);
    const tile = await fetch(tilePath({ level: 0, index, width }));
    if (tile.length !== width * hashLength) {
      throw new BoardError('node-missing', `a tile of ${width} hashes was asked for`);
    }
    for (const hash of hashesIn(tile)) {
      tree.append(hash);
      yield hash;
    }
  }
  if (!equalBytes(tree.root(), root)) {
    throw new BoardError('root-differs', 'the board shows other leaves than its witnesses signed');
  }
}
