import { bytesToHex } from '@noble/hashes/utils.js';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  GrowingTree,
  leafHash,
  nodeHash,
  planConsistency,
  planInclusion,
  readProof,
  readRoot,
  requireConsistency,
  requireInclusion,
} from './index.ts';
import type { ConsistencyClaim, InclusionClaim, NodeReader } from './index.ts';
import reference from './reference.fixture.json' with { type: 'json' };
import { digest, NumberedTree, proofBytes } from './tree.fixture.ts';

const code = (name: string) => expect.objectContaining({ code: name });
const tree = new NumberedTree(5000);
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

// A tree of any size whose leaves are all empty: complete subtrees of one height are all alike.
const uniform = upTo(50)
  .slice(1)
  .reduce(
    (hashes, _) => [...hashes, nodeHash(hashes.at(-1)!, hashes.at(-1)!)],
    [leafHash(new Uint8Array(0))],
  );
const readUniform: NodeReader = async (nodes) => nodes.map(({ level }) => uniform[level]!);

describe('proofs agree with the implementations of Go and of transparency.dev', () => {
  it('for every pair of sizes up to 130', async () => {
    expect(reference.roots).toEqual(upTo(131).map((size) => bytesToHex(tree.root(size))));
    for (const size of upTo(131)) {
      const inclusions = upTo(size).map(async (index) => proofBytes(await tree.inclusion(index, size)));
      expect(digest(...(await Promise.all(inclusions)))).toBe(reference.inclusions[size]);
      const growth = upTo(size).map(async (index) => proofBytes(await tree.consistency(index + 1, size)));
      expect(digest(...(await Promise.all(growth)))).toBe(reference.consistencies[size]);
    }
  });

  it('for larger sizes', async () => {
    for (const { first, second, root, digest: expected } of reference.larger.inclusions) {
      expect(bytesToHex(tree.root(second))).toBe(root);
      expect(digest(proofBytes(await tree.inclusion(first, second)))).toBe(expected);
    }
    for (const { first, second, digest: expected } of reference.larger.consistencies) {
      expect(digest(proofBytes(await tree.consistency(first, second)))).toBe(expected);
    }
  });

  it('for sizes beyond 32 bits, which are verified too', async () => {
    for (const { first: index, second: size, root: expectedRoot, digest: expected } of reference.uniform
      .inclusions) {
      const root = await readRoot(size, readUniform);
      expect(bytesToHex(root)).toBe(expectedRoot);
      const proof = await readProof(planInclusion(index, size), readUniform);
      expect(digest(proofBytes(proof))).toBe(expected);
      requireInclusion({ leafHash: uniform[0]!, index, size, root, proof });
    }
    for (const { first, second, digest: expected } of reference.uniform.consistencies) {
      const proof = await readProof(planConsistency(first, second), readUniform);
      expect(digest(proofBytes(proof))).toBe(expected);
      const [before, after] = [await readRoot(first, readUniform), await readRoot(second, readUniform)];
      requireConsistency({
        first: { size: first, root: before },
        second: { size: second, root: after },
        proof,
      });
    }
  });
});

const sizes = fc.integer({ min: 1, max: 600 });
const inclusions = fc.tuple(sizes, fc.nat(10_000)).map(([size, at]) => ({ size, index: at % size }));
const consistencies = fc
  .tuple(fc.integer({ min: 0, max: 600 }), fc.integer({ min: 0, max: 600 }))
  .map(([a, b]) => ({ first: Math.min(a, b), second: Math.max(a, b) }));

async function included({ index, size }: { index: number; size: number }): Promise<InclusionClaim> {
  const [leaf] = await tree.read([{ level: 0, index }]);
  return { leafHash: leaf!, index, size, root: tree.root(size), proof: await tree.inclusion(index, size) };
}

async function grown({ first, second }: { first: number; second: number }): Promise<ConsistencyClaim> {
  return {
    first: tree.head(first),
    second: tree.head(second),
    proof: await tree.consistency(first, second),
  };
}

const flipped = (hash: Uint8Array) => hash.map((byte, at) => (at === 7 ? byte ^ 1 : byte));
const without = <T>(list: readonly T[], at: number) => list.toSpliced(at, 1);

describe('an inclusion proof', () => {
  it('holds for every leaf of every size', async () => {
    await fc.assert(fc.asyncProperty(inclusions, async (at) => requireInclusion(await included(at))));
  });

  it('holds for nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(inclusions, fc.nat(100), async (at, pick) => {
        const claim = await included(at);
        const { proof, index, size } = claim;
        const where = pick % Math.max(1, proof.length);
        const other = tree.root(0);
        const changed: Partial<InclusionClaim>[] = [
          { leafHash: flipped(claim.leafHash) },
          { root: flipped(claim.root) },
          { proof: [...proof, other] },
          { proof: [other, ...proof] },
          { size: size + 1 },
          ...(size > 1 ? [{ index: (index + 1 + (pick % (size - 1))) % size }] : []),
          ...(proof.length > 0
            ? [{ proof: without(proof, where) }, { proof: proof.with(where, flipped(proof[where]!)) }]
            : []),
        ];
        for (const change of changed) {
          if (change.size !== undefined && sameWay(index, size, change.size)) continue;
          expect(() => requireInclusion({ ...claim, ...change })).toThrow(/./);
        }
      }),
    );
  });

  it('says what is wrong with it', async () => {
    const claim = await included({ index: 4, size: 7 });
    const refusal = (change: Partial<InclusionClaim>, name: string) =>
      expect(() => requireInclusion({ ...claim, ...change })).toThrow(code(name));
    refusal({ index: 7 }, 'size-invalid');
    refusal({ index: -1 }, 'size-invalid');
    refusal({ size: 7.5 }, 'size-invalid');
    refusal({ size: 2 ** 53 }, 'size-invalid');
    refusal({ size: 0, index: 0, proof: [] }, 'size-invalid');
    refusal({ proof: claim.proof.slice(1) }, 'proof-length');
    refusal({ proof: [...claim.proof, claim.root] }, 'proof-length');
    refusal({ proof: claim.proof.with(0, claim.root.subarray(1)) }, 'hash-malformed');
    refusal({ root: claim.root.subarray(1) }, 'hash-malformed');
    refusal({ leafHash: new Uint8Array(33) }, 'hash-malformed');
    refusal({ root: flipped(claim.root) }, 'root-differs');
    expect(() => planInclusion(7, 7)).toThrow(code('size-invalid'));
  });
});

describe('a consistency proof', () => {
  it('holds for every two sizes', async () => {
    await fc.assert(fc.asyncProperty(consistencies, async (at) => requireConsistency(await grown(at))));
  });

  it('holds for nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(consistencies, fc.nat(100), async (at, pick) => {
        const claim = await grown(at);
        const { first, second, proof } = claim;
        const where = pick % Math.max(1, proof.length);
        const changed: Partial<ConsistencyClaim>[] = [
          { proof: [...proof, second.root] },
          { proof: [second.root, ...proof] },
          { first: { ...first, root: flipped(first.root) } },
          // Any tree begins with the empty one.
          ...(first.size > 0 ? [{ second: { ...second, root: flipped(second.root) } }] : []),
          ...(proof.length > 0
            ? [{ proof: without(proof, where) }, { proof: proof.with(where, flipped(proof[where]!)) }]
            : []),
        ];
        for (const change of changed) {
          expect(() => requireConsistency({ ...claim, ...change })).toThrow(/./);
        }
      }),
    );
  });

  it('says what is wrong with it', async () => {
    const claim = await grown({ first: 6, second: 7 });
    const refusal = (change: Partial<ConsistencyClaim>, name: string) =>
      expect(() => requireConsistency({ ...claim, ...change })).toThrow(code(name));
    refusal({ first: tree.head(8) }, 'size-invalid');
    refusal({ first: { size: -1, root: tree.root(6) } }, 'size-invalid');
    refusal({ proof: [] }, 'proof-length');
    refusal({ proof: claim.proof.slice(0, -1) }, 'proof-length');
    refusal({ proof: [...claim.proof, tree.root(7)] }, 'proof-length');
    refusal({ first: tree.head(4), proof: [] }, 'proof-length');
    refusal({ first: tree.head(7) }, 'proof-length');
    refusal({ first: tree.head(0) }, 'proof-length');
    refusal({ first: { size: 7, root: tree.root(6) }, proof: [] }, 'root-differs');
    refusal({ first: { size: 0, root: tree.root(6) }, proof: [] }, 'root-differs');
    refusal({ first: { size: 6, root: tree.root(5) } }, 'root-differs');
    refusal({ second: { size: 7, root: tree.root(8) } }, 'root-differs');
    refusal({ proof: claim.proof.with(0, new Uint8Array(31)) }, 'hash-malformed');
    expect(() => planConsistency(8, 7)).toThrow(code('size-invalid'));
  });
});

describe('a growing tree', () => {
  it('goes on from its peaks as if it had never stopped', () => {
    fc.assert(
      fc.property(fc.nat(600), fc.nat(600), (first, more) => {
        const begun = new GrowingTree();
        for (const hash of tree.leafHashes(first)) begun.append(hash);
        const resumed = new GrowingTree(begun.size, begun.peaks);
        for (const hash of tree.leafHashes(first + more).slice(first)) resumed.append(hash);
        expect(resumed.size).toBe(first + more);
        expect(resumed.root()).toEqual(tree.root(first + more));
        expect(resumed.peaks.length).toBeLessThanOrEqual(11);
      }),
      { numRuns: 30 },
    );
  });

  it('refuses peaks and leaves that are none', () => {
    const hash = leafHash(new Uint8Array(0));
    expect(() => new GrowingTree(3, [hash])).toThrow(code('size-invalid'));
    expect(() => new GrowingTree(-1)).toThrow(code('size-invalid'));
    expect(() => new GrowingTree(1, [hash.subarray(1)])).toThrow(code('hash-malformed'));
    expect(() => new GrowingTree().append(hash.subarray(1))).toThrow(code('hash-malformed'));
  });

  it('proves nothing from stored hashes that are missing', async () => {
    const plan = planInclusion(4, 7);
    await expect(readProof(plan, async () => [])).rejects.toThrow(code('node-missing'));
    await expect(
      readProof(plan, async (nodes) => (await tree.read(nodes)).map((hash) => hash.subarray(1))),
    ).rejects.toThrow(code('node-missing'));
    await expect(readRoot(0, tree.read)).rejects.toThrow(code('size-invalid'));
  });
});

/** Whether the way from a leaf to the root is the same in trees of both sizes, which then prove the same. */
function sameWay(index: number, size: number, other: number): boolean {
  return planInclusion(index, size).length === planInclusion(index, other).length;
}
