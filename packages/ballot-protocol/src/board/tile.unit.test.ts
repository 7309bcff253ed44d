import { bytesToHex } from '@noble/hashes/utils.js';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  hashesIn,
  parseTilePath,
  planConsistency,
  planInclusion,
  readProof,
  readRoot,
  readTile,
  tileNodes,
  tilePath,
  tilesOf,
} from './index.ts';
import type { TileId } from './index.ts';
import reference from './reference.fixture.json' with { type: 'json' };
import { digest, NumberedTree } from './tree.fixture.ts';

const code = (name: string) => expect.objectContaining({ code: name });
const tree = new NumberedTree(1300);
const serve = (tiles: readonly TileId[]) => Promise.all(tiles.map((tile) => readTile(tile, tree.read)));

describe('tiles', () => {
  it('hold what the implementation of Go puts into them', async () => {
    const digests = await Promise.all(
      tilesOf(700).map(async (tile) => {
        const { level, index, width } = tile;
        return [`${level} ${index} ${width}`, digest(await readTile(tile, tree.read))];
      }),
    );
    expect(Object.fromEntries(digests)).toEqual(reference.tiles);
  });

  it('are those of the example of C2SP', () => {
    const tiles = tilesOf(70_000);
    const full = (level: number) => tiles.filter((tile) => tile.level === level && tile.width === 256).length;
    expect([full(0), full(1), full(2)]).toEqual([273, 1, 0]);
    expect(tiles.filter(({ width }) => width < 256)).toEqual([
      { level: 0, index: 273, width: 112 },
      { level: 1, index: 1, width: 17 },
      { level: 2, index: 0, width: 1 },
    ]);
    expect(tilesOf(256)).toEqual([
      { level: 0, index: 0, width: 256 },
      { level: 1, index: 0, width: 1 },
    ]);
    expect(tilesOf(0)).toEqual([]);
  });

  it('have the paths of C2SP, one each', () => {
    expect(tilePath({ level: 0, index: 1_234_067, width: 256 })).toBe('tile/0/x001/x234/067');
    expect(tilePath({ level: 1, index: 0, width: 17 })).toBe('tile/1/000.p/17');
    fc.assert(
      fc.property(fc.nat(63), fc.nat(), fc.integer({ min: 1, max: 256 }), (level, index, width) => {
        expect(parseTilePath(tilePath({ level, index, width }))).toEqual({ level, index, width });
      }),
    );
    for (const path of [
      'tile/0/0',
      'tile/00/000',
      'tile/64/000',
      'tile/0/x000/001',
      'tile/0/001/002',
      'tile/0/000.p/0',
      'tile/0/000.p/256',
      'tile/0/000.p/257',
      'tile/0/000.p/01',
      'tile/0/000/',
      '/tile/0/000',
      'tile/entries/000',
    ]) {
      expect(parseTilePath(path)).toBeUndefined();
    }
  });

  it('prove what stored nodes prove', async () => {
    const sizes = fc.tuple(fc.integer({ min: 1, max: 1300 }), fc.integer({ min: 1, max: 1300 }));
    await fc.assert(
      fc.asyncProperty(sizes, async ([a, b]) => {
        const [first, second] = [Math.min(a, b), Math.max(a, b)];
        const read = tileNodes(second, serve);
        expect(await readRoot(second, read)).toEqual(tree.root(second));
        expect(await readProof(planInclusion(first - 1, second), read)).toEqual(
          await tree.inclusion(first - 1, second),
        );
        expect(await readProof(planConsistency(first, second), read)).toEqual(
          await tree.consistency(first, second),
        );
      }),
    );
  });

  it('are fetched once each, and no more of them than the tree has', async () => {
    const fetched: string[] = [];
    const read = tileNodes(1000, (tiles) => {
      fetched.push(...tiles.map(tilePath));
      return serve(tiles);
    });
    await readProof(planInclusion(3, 1000), read);
    expect(fetched.toSorted()).toEqual(['tile/0/000', 'tile/0/003.p/232', 'tile/1/000.p/3']);
  });

  it('of another length are refused', async () => {
    const plan = planInclusion(3, 1000);
    const short = tileNodes(1000, async (tiles) => (await serve(tiles)).map((tile) => tile.subarray(32)));
    await expect(readProof(plan, short)).rejects.toThrow(code('node-missing'));
    await expect(
      readProof(
        plan,
        tileNodes(1000, async () => []),
      ),
    ).rejects.toThrow(code('node-missing'));
    await expect(readTile({ level: 0, index: 0, width: 2 }, async () => [])).rejects.toThrow(
      code('node-missing'),
    );
  });

  it('do not hold what is beyond the tree', async () => {
    const read = tileNodes(10, async (tiles) => {
      expect(tiles).toEqual([{ level: 0, index: 0, width: 10 }]);
      return serve(tiles);
    });
    for (const node of [
      { level: 0, index: 10 },
      { level: 0, index: 300 },
      { level: 2, index: 2 },
      { level: 8, index: 0 },
    ]) {
      await expect(read([node])).rejects.toThrow(code('node-missing'));
    }
  });

  it('of level 0 list the leaf hashes', async () => {
    const [tile] = await serve(tilesOf(200));
    expect([...hashesIn(tile!)].map(bytesToHex)).toEqual(tree.leafHashes(200).map(bytesToHex));
  });
});
