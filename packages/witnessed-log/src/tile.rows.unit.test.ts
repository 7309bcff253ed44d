import { GrowingTree, hashesIn, leafHash, readTile, tilesOf } from '@talkoot/ballot-protocol';
import type { NodeId } from '@talkoot/ballot-protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rowsOf } from './tile.rows.ts';

const key = ({ level, index }: NodeId) => `${level} ${index}`;

test('however leaves arrive, the rows of their batches make up the tiles of the tree', async () => {
  const batches = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(batches, async (sizes) => {
      const tree = new GrowingTree();
      const nodes = new Map<string, Uint8Array>();
      const tiles = new Map<string, Uint8Array[]>();
      for (const size of sizes) {
        const leaves = Array.from({ length: size }, (_, at) => leafHash(Buffer.from(`${tree.size + at}`)));
        const completed = leaves.flatMap((leaf) => tree.append(leaf));
        completed.forEach((node) => nodes.set(key(node), node.hash));
        for (const row of rowsOf(completed)) {
          const before = tiles.get(key(row)) ?? [];
          expect(before).toHaveLength(row.from);
          tiles.set(key(row), [...before, ...row.hashes]);
        }
      }
      const expected = tilesOf(tree.size);
      expect(tiles.size).toBe(expected.length);
      for (const tile of expected) {
        const bytes = await readTile(tile, async (wanted) => wanted.map((node) => nodes.get(key(node))!));
        expect(tiles.get(key(tile))).toEqual([...hashesIn(bytes)]);
      }
    }),
    { numRuns: 30 },
  );
});
