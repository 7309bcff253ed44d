import {
  BoardError,
  emptyRoot,
  parseCheckpoint,
  parseTilePath,
  planConsistency,
  readProof,
  readRoot,
  tileNodes,
  tileWidth,
} from '@talkoot/ballot-protocol';
import type { NodeReader, SignedCheckpoint, TreeHead } from '@talkoot/ballot-protocol';
import type { ClientSession } from 'mongoose';
import { LogError } from './log.errors.ts';
import type { LogStore } from './log.store.ts';

const hashLength = 32;

/** What is stored of a log, as hashes, proofs and tiles. */
export function storedTree(store: LogStore, origin: string) {
  const reader = (size: number): NodeReader =>
    tileNodes(size, async (tiles) => {
      const stored = await store.readTiles(origin, tiles);
      // A tile may have grown since: its beginning is that of the smaller tree.
      return stored.map((hashes, at) => beginning(hashes, tiles[at]!.width));
    });

  return {
    async head(session?: ClientSession): Promise<TreeHead> {
      const tree = await store.tree(origin, session);
      return { size: tree.size, root: tree.root() };
    },

    /**
     * Root over the first `size` leaves of the tree of `of`, from its tiles.
     * @throws LogError `damaged`
     */
    rootAt: (size: number, of: number): Promise<Uint8Array> =>
      undamaged(async () => (size === 0 ? emptyRoot() : readRoot(size, reader(of)))),

    /** @throws LogError `damaged` */
    consistency: (first: number, second: number): Promise<Uint8Array[]> =>
      undamaged(() => readProof(planConsistency(first, second), reader(second))),

    async standing(): Promise<SignedCheckpoint | null> {
      return checkpointIn(await store.standing(origin));
    },

    async archived(size: number): Promise<SignedCheckpoint | null> {
      return checkpointIn(await store.archived(origin, size));
    },

    /** @throws LogError `damaged` */
    async tile(level: number, path: string): Promise<Uint8Array | null> {
      const tile = parseTilePath(`tile/${level}/${path}`);
      const covered = (await this.standing())?.size ?? 0;
      if (!tile) return null;
      const end = tile.index * tileWidth + tile.width;
      if (end > Math.floor(covered / tileWidth ** tile.level)) return null;
      const [hashes] = await store.readTiles(origin, [tile]);
      const bytes = beginning(hashes, tile.width);
      if (bytes.length < tile.width * hashLength) throw new LogError('damaged', `tile ${level}/${path}`);
      return bytes;
    },
  };
}
export type StoredTree = ReturnType<typeof storedTree>;

function beginning(hashes: Uint8Array | undefined, width: number): Uint8Array {
  return (hashes ?? new Uint8Array()).subarray(0, width * hashLength);
}

function checkpointIn(note: string | undefined): SignedCheckpoint | null {
  return note === undefined ? null : parseCheckpoint(Buffer.from(note));
}

async function undamaged<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof BoardError) || error.code !== 'node-missing') throw error;
    throw new LogError('damaged', error.message, { cause: error });
  }
}
