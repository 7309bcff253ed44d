import { concatBytes } from '@noble/hashes/utils.js';
import { BoardError } from './board.errors.ts';
import { hashLength } from './merkle.hash.ts';
import { foldNodes, requireSizes } from './merkle.node.ts';
import type { NodeId } from './merkle.node.ts';
import type { NodeReader } from './merkle.proof.ts';

/**
 * Up to 256 neighbouring hashes of a tree, C2SP tlog-tiles: of leaves on level 0, of whole tiles of the level
 * below on the others.
 */
export interface TileId {
  readonly level: number;
  readonly index: number;
  /** Hashes in it, 1 to 256. */
  readonly width: number;
}

const height = 8;
/** Hashes in a full tile. */
export const tileWidth = 2 ** height;
const path = /^tile\/(0|[1-9]\d?)\/((?:x\d{3}\/){0,5}\d{3})(?:\.p\/([1-9]\d{0,2}))?$/;

/** Where a tile is served below a log's address: `tile/0/x001/x234/067`, partial ones `tile/0/273.p/112`. */
export function tilePath({ level, index, width }: TileId): string {
  const digits = String(index);
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, '0');
  const parts = padded.match(/\d{3}/g)!.map((part, at, all) => (at < all.length - 1 ? `x${part}` : part));
  return `tile/${level}/${parts.join('/')}${width === tileWidth ? '' : `.p/${width}`}`;
}

/** The tile of a path, or nothing if it is the path of none. */
export function parseTilePath(text: string): TileId | undefined {
  const [, level = '', digits = '', width] = path.exec(text) ?? [];
  const tile = {
    level: Number(level),
    index: Number(digits.replaceAll(/[x/]/g, '')),
    width: width === undefined ? tileWidth : Number(width),
  };
  return tilePath(tile) === text && tile.level < 64 && tile.width <= tileWidth ? tile : undefined;
}

/**
 * The tiles of a tree with `size` leaves, level by level.
 * @throws BoardError `size-invalid`
 */
export function tilesOf(size: number): TileId[] {
  requireSizes(size);
  const tiles: TileId[] = [];
  for (let level = 0; widthOf(level, 0, size) > 0; level++) {
    for (let index = 0; widthOf(level, index, size) > 0; index++) {
      tiles.push({ level, index, width: widthOf(level, index, size) });
    }
  }
  return tiles;
}

/**
 * The bytes of a tile, from stored hashes.
 * @throws BoardError `node-missing`
 */
export async function readTile(tile: TileId, read: NodeReader): Promise<Uint8Array> {
  const first = tile.index * tileWidth;
  const hashes = await read(
    Array.from({ length: tile.width }, (_, at) => ({ level: tile.level * height, index: first + at })),
  );
  return requireTile(concatBytes(...hashes), tile.width);
}

/**
 * Reads the hashes of a tree of `size` leaves out of its tiles: what a device does that downloads them rather
 * than ask for a proof, so that nobody learns which leaf it looks for. Each tile is fetched once a call.
 * @throws BoardError `node-missing` for a hash beyond the tree and for a tile of another length
 */
export function tileNodes(
  size: number,
  fetch: (tiles: readonly TileId[]) => Promise<readonly Uint8Array[]>,
): NodeReader {
  return async (nodes) => {
    const tiles = new Map(nodes.map((node) => tileWith(node, size)).map((tile) => [tilePath(tile), tile]));
    const fetched = await fetch([...tiles.values()]);
    const bytes = new Map([...tiles].map(([key, { width }], at) => [key, requireTile(fetched[at], width)]));
    return nodes.map((node) => nodeIn(bytes.get(tilePath(tileWith(node, size)))!, node));
  };
}

/** The hashes in a tile, or in full tiles joined. */
export function* hashesIn(tile: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < tile.length; at += hashLength) yield tile.subarray(at, at + hashLength);
}

function tileWith(node: NodeId, size: number): TileId {
  const level = Math.floor(node.level / height);
  const index = Math.floor((node.index * 2 ** (node.level % height)) / tileWidth);
  const width = widthOf(level, index, size);
  if (width === 0) throw new BoardError('node-missing', `a tree of ${size} leaves has no such tile`);
  return { level, index, width };
}

function nodeIn(tile: Uint8Array, { level, index }: NodeId): Uint8Array {
  const count = 2 ** (level % height);
  const from = (index * count) % tileWidth;
  const hashes = tile.subarray(from * hashLength, (from + count) * hashLength);
  return foldEven([...hashesIn(requireTile(hashes, count))]);
}

function foldEven(hashes: readonly Uint8Array[]): Uint8Array {
  if (hashes.length === 1) return hashes[0]!;
  const middle = hashes.length / 2;
  return foldNodes([foldEven(hashes.slice(0, middle)), foldEven(hashes.slice(middle))]);
}

function widthOf(level: number, index: number, size: number): number {
  const hashes = Math.floor(size / tileWidth ** level);
  return Math.max(0, Math.min(tileWidth, hashes - index * tileWidth));
}

function requireTile(bytes: Uint8Array | undefined, width: number): Uint8Array {
  if (bytes?.length !== width * hashLength) {
    throw new BoardError('node-missing', `a tile of ${width} hashes was asked for`);
  }
  return bytes;
}
