import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { u32 } from '../binding.ts';
import { decidingLeaves } from '../cast/leaf.order.ts';
import { decidedLeaves, DecidingLeaves } from './deciding.leaves.ts';
import type { CountedLeaf } from './deciding.leaves.ts';

const length = 5;
const keyOf = (voter: number) => sha256(u32(voter));
/** Votes of few voters, so that many are of one key, and some of one key and sequence. */
const votes = fc.array(
  fc.record({
    voter: fc.nat({ max: 6 }),
    sequence: fc.integer({ min: 1, max: 50 }),
    hash: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    plaintext: fc.option(fc.uint8Array({ minLength: length, maxLength: length })),
  }),
);
const shown = ({ sequence, hash, plaintext }: CountedLeaf) => ({
  sequence,
  hash: bytesToHex(hash),
  plaintext: plaintext && bytesToHex(plaintext),
});

describe('the deciding leaves', () => {
  it('are those of the rule, whatever opened, in the order in which keys first occur', () => {
    fc.assert(
      fc.property(votes, (all) => {
        const leaves = all.map((vote) => ({ ...vote, publicKey: keyOf(vote.voter) }));
        const deciding = new DecidingLeaves(length);
        for (const { publicKey, ...leaf } of leaves) deciding.take(publicKey, leaf);
        const byRule = decidingLeaves(leaves);
        expect([...deciding].map(shown)).toEqual(byRule.map(shown));
        // As another thread gets them.
        const handedOver = decidedLeaves(structuredClone(deciding.records()));
        expect([...handedOver].map(shown)).toEqual(byRule.map(shown));
        expect(handedOver.replaced).toBe(deciding.replaced);
        expect(deciding.keys).toBe(byRule.length);
        expect(deciding.replaced).toBe(all.length - byRule.length);
      }),
    );
  });

  it('tell a sequence that their key had before, also one that decides no more', () => {
    fc.assert(
      fc.property(votes, (all) => {
        const deciding = new DecidingLeaves(length);
        const seen = new Set<string>();
        for (const { voter, ...leaf } of all) {
          const isNew = !seen.has(`${voter} ${leaf.sequence}`);
          expect(deciding.take(keyOf(voter), leaf)).toBe(isNew);
          seen.add(`${voter} ${leaf.sequence}`);
        }
      }),
    );
  });

  it('of ten thousand voters are all kept, and nothing of what was handed in', () => {
    const deciding = new DecidingLeaves(length);
    const reused = { hash: new Uint8Array(32), plaintext: new Uint8Array(length), key: new Uint8Array(32) };
    for (let voter = 0; voter < 10_000; voter += 1) {
      reused.hash.set(keyOf(voter));
      reused.key.set(keyOf(voter));
      reused.plaintext.set(u32(voter));
      deciding.take(reused.key, { sequence: 1, hash: reused.hash, plaintext: reused.plaintext });
    }
    for (const [voter, { hash, plaintext }] of [...deciding].entries()) {
      expect(hash).toEqual(keyOf(voter));
      expect(plaintext!.subarray(0, 4)).toEqual(u32(voter));
    }
    expect(deciding.keys).toBe(10_000);
  });
});
