import { tileWidth } from '@talkoot/ballot-protocol';
import type { MerkleNode } from '@talkoot/ballot-protocol';

/** Neighbouring hashes that a tile gets, from its place `from` on. */
export interface TileRow {
  readonly level: number;
  readonly index: number;
  readonly from: number;
  readonly hashes: readonly Uint8Array[];
}

const height = 8;

/** What tiles get of newly completed subtrees: tiles hold every eighth level, the others follow from them. */
export function rowsOf(completed: readonly MerkleNode[]): TileRow[] {
  const stored = completed.filter(({ level }) => level % height === 0);
  const groups = Map.groupBy(stored, ({ level, index }) => `${level} ${Math.floor(index / tileWidth)}`);
  return [...groups.values()].map((nodes) => {
    const { level, index } = nodes[0]!;
    return {
      level: level / height,
      index: Math.floor(index / tileWidth),
      from: index % tileWidth,
      hashes: nodes.map(({ hash }) => hash),
    };
  });
}
