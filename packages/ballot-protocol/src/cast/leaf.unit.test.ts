import * as fc from 'fast-check';
import { concatBytes } from '@noble/hashes/utils.js';
import { beforeAll, describe, expect, test } from 'vitest';
import { ed25519 } from '@noble/curves/ed25519.js';
import * as node from '../node/index.ts';
import { testPoll } from '../poll.fixture.ts';
import type { TestPoll } from '../poll.fixture.ts';
import { readManifest, writeManifest } from '../manifest/manifest.read.ts';
import { newSigningKey, sign } from '../signature/ed25519.ts';
import { castBallot, certifiedVoter } from '../vote.fixture.ts';
import type { Voter } from '../vote.fixture.ts';
import { castMessage, checkLeaf } from './leaf.check.ts';
import type { LeafRefusal } from './leaf.check.ts';
import { decidingLeaves } from './leaf.order.ts';
import { decodeLeaf, encodeLeaf, leafLength, unsignedLeaf } from './leaf.ts';
import type { Leaf } from './leaf.ts';

let poll: TestPoll;
let voter: Voter;
let bytes: Uint8Array;
let leaf: Leaf;
const ballot = { type: 'approval', places: [0, 2] } as const;

beforeAll(async () => {
  poll = await testPoll();
  voter = await certifiedVoter(poll);
  bytes = await castBallot(poll, voter, ballot);
  leaf = decodeLeaf(poll.binding.manifest, bytes)!;
});

/** The refusal by all implementations, which must agree; undefined when they accept. */
async function refusal(candidate: Uint8Array, of = poll): Promise<LeafRefusal | undefined> {
  const verdict = await checkLeaf(of.binding, candidate);
  expect(node.leafChecker(of.binding)(candidate)).toEqual(verdict);
  expect(await node.pooledLeafChecker(of.binding)(candidate)).toEqual(verdict);
  return verdict.accepted ? undefined : verdict.refusal;
}

/** A leaf with some parts replaced, signed again by its voter. */
function resigned(change: Partial<Leaf>, key = voter.key): Uint8Array {
  const changed = { ...leaf, ...change };
  return encodeLeaf({
    ...changed,
    signature: sign(key.secretKey, castMessage(poll.binding.m, unsignedLeaf(changed))),
  });
}

describe('a leaf', () => {
  test('has the length that the manifest gives and is read as it was written', () => {
    expect(bytes).toHaveLength(32 + 2 * 288 + 4 + 65 + 6 + 16 + 64);
    expect(leafLength(poll.binding.manifest)).toBe(bytes.length);
    expect(encodeLeaf(leaf)).toEqual(bytes);
    expect(leaf.sequence).toBe(1);
    expect(leaf.publicKey).toEqual(voter.key.publicKey);
  });

  test('of a certified voter is accepted, up to the fiftieth time', async () => {
    expect(await refusal(bytes)).toBeUndefined();
    expect(await refusal(await castBallot(poll, voter, ballot, 50))).toBeUndefined();
  });

  test('is told its own verdict when many are checked at once, of several polls', async () => {
    const other = await testPoll();
    const polls = [poll, other].map((one) => ({ one, check: node.pooledLeafChecker(one.binding) }));
    const theirs = await castBallot(other, await certifiedVoter(other), ballot);
    const forged = Uint8Array.from(bytes, (byte, place) => (place === bytes.length - 1 ? byte ^ 1 : byte));
    const some = [bytes, theirs, forged, bytes.subarray(1), resigned({ sequence: 51 })];
    const many = Array.from({ length: 100 }, (_, at) => ({
      ...polls[at % 2]!,
      sent: some[at % some.length]!,
    }));
    const verdicts = await Promise.all(many.map(({ check, sent }) => check(sent)));
    for (const [at, { one, sent }] of many.entries()) {
      expect(verdicts[at]).toEqual(node.leafChecker(one.binding)(sent));
    }
  });

  test('is refused when a byte is missing or follows', async () => {
    expect(await refusal(bytes.subarray(1))).toBe('leaf-length-wrong');
    expect(await refusal(concatBytes(bytes, Uint8Array.of(0)))).toBe('leaf-length-wrong');
    expect(await refusal(new Uint8Array(0))).toBe('leaf-length-wrong');
  });

  test('is refused with a sequence outside 1 to 50', async () => {
    for (const sequence of [0, 51, 0xffffffff]) {
      expect(await refusal(resigned({ sequence }))).toBe('sequence-out-of-range');
    }
  });

  test('is refused under a key of small order, whatever its signature', async () => {
    const publicKey = ed25519.Point.ZERO.toBytes();
    const signature = concatBytes(publicKey, new Uint8Array(32));
    expect(await refusal(encodeLeaf({ ...leaf, publicKey, signature }))).toBe('public-key-invalid');
  });

  test('is refused with a certificate of one issuer only, twice, or in the wrong order', async () => {
    const [first, second] = leaf.certificates;
    const none = new Uint8Array(288);
    expect(await refusal(resigned({ certificates: [none, second] }))).toBe('first-certificate-invalid');
    expect(await refusal(resigned({ certificates: [first, none] }))).toBe('second-certificate-invalid');
    expect(await refusal(resigned({ certificates: [first, first] }))).toBe('second-certificate-invalid');
    expect(await refusal(resigned({ certificates: [second, first] }))).toBe('first-certificate-invalid');
  });

  test('copied under a key without certificates is refused', async () => {
    const thief = newSigningKey();
    const copy = resigned({ publicKey: thief.publicKey }, thief);
    expect(await refusal(copy)).toBe('first-certificate-invalid');
  });

  test('with certificates of another poll is refused, though both polls have the same issuers', async () => {
    const manifest = { ...poll.binding.manifest, poll: 'poll-2' };
    const other: TestPoll = { ...poll, binding: readManifest(writeManifest(manifest)) };
    expect(await refusal(bytes, other)).toBe('first-certificate-invalid');
    const stranger = await castBallot(other, voter, ballot);
    expect(await refusal(stranger, other)).toBe('first-certificate-invalid');
  });

  test('signed for another poll is refused', async () => {
    const signature = sign(voter.key.secretKey, castMessage(new Uint8Array(32), unsignedLeaf(leaf)));
    expect(await refusal(encodeLeaf({ ...leaf, signature }))).toBe('signature-invalid');
  });

  test('of which any bit was changed is refused', async () => {
    const bit = fc.nat({ max: bytes.length * 8 - 1 });
    const trial = fc.asyncProperty(bit, async (bit) => {
      const altered = bytes.slice();
      altered[bit >> 3]! ^= 1 << (bit & 7);
      expect(await refusal(altered)).toBeDefined();
    });
    await fc.assert(trial, { numRuns: 60 });
  });

  test('made of random bytes is refused without an exception', async () => {
    const trial = fc.asyncProperty(
      fc.uint8Array({ minLength: bytes.length, maxLength: bytes.length }),
      async (random) => {
        expect(await refusal(random)).toBeDefined();
        const ranged = concatBytes(random.subarray(0, 608), Uint8Array.of(0, 0, 0, 1), random.subarray(612));
        expect(await refusal(ranged)).toBeDefined();
      },
    );
    await fc.assert(trial, { numRuns: 30 });
  });
});

describe('of the leaves of one key', () => {
  const ranked = (key: number, sequence: number, hash: number) => ({
    publicKey: new Uint8Array(32).fill(key),
    sequence,
    hash: new Uint8Array(32).fill(hash),
  });

  test('the highest sequence decides, in whatever order they stand', () => {
    const leaves = [ranked(1, 2, 9), ranked(2, 1, 8), ranked(1, 3, 7), ranked(1, 1, 6)];
    expect(decidingLeaves(leaves)).toEqual([leaves[2], leaves[1]]);
    expect(decidingLeaves(leaves.toReversed())).toEqual([leaves[2], leaves[1]]);
  });

  test('the smaller leaf hash decides between equal sequences', () => {
    const leaves = [ranked(1, 2, 9), ranked(1, 2, 7), ranked(1, 2, 8)];
    expect(decidingLeaves(leaves)).toEqual([leaves[1]]);
    expect(decidingLeaves(leaves.toReversed())).toEqual([leaves[1]]);
  });
});
