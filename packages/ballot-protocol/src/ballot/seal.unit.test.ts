import * as fc from 'fast-check';
import { p256 } from '@noble/curves/nist.js';
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { createCipheriv } from 'node:crypto';
import { expand, extract } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { beforeAll, describe, expect, test } from 'vitest';
import { combineShares } from '../key/share.ts';
import * as node from '../node/index.ts';
import { hpkeOpener } from '../node/seal.ts';
import { testPoll } from '../poll.fixture.ts';
import type { TestPoll } from '../poll.fixture.ts';
import { hpkeOpen, hpkeSecretKey } from './hpke.ts';
import vector from './rfc9180.fixture.json' with { type: 'json' };
import { ballotOpener, sealAad, sealBallot, sealInfo } from './seal.ts';
import type { BallotOpener } from './seal.ts';

test('both implementations open what RFC 9180 sealed', async () => {
  const secretKey = hexToBytes(vector.recipientSecretKey);
  const info = hexToBytes(vector.info);
  const aad = hexToBytes(vector.aad);
  const sealed = hexToBytes(vector.encapsulated + vector.ciphertext);
  const slow = await hpkeOpen(await hpkeSecretKey(secretKey), { info, aad }, sealed);
  expect(bytesToHex(slow!)).toBe(vector.plaintext);
  expect(bytesToHex(hpkeOpener(secretKey, info)(sealed, aad)!)).toBe(vector.plaintext);
});

describe('a sealed ballot', () => {
  let poll: TestPoll;
  let slow: BallotOpener;
  let fast: node.BallotOpener;
  const place = { publicKey: new Uint8Array(32).fill(5), sequence: 7 };
  const plaintext = () => new Uint8Array(poll.binding.manifest.ballot.length).fill(3);
  beforeAll(async () => {
    poll = await testPoll();
    const secretKey = combineShares(poll.binding.manifest.key, poll.shares.slice(0, 2));
    slow = await ballotOpener(poll.binding, secretKey);
    fast = node.ballotOpener(poll.binding, secretKey);
  });

  /** What both implementations open, which must be the same. */
  async function opened(sealed: Uint8Array, at = place): Promise<Uint8Array | undefined> {
    const here = await slow({ ...at, sealed });
    const there = fast({ ...at, sealed });
    expect(there === undefined ? undefined : Uint8Array.from(there)).toEqual(here);
    return here;
  }

  test('opens in its leaf, sealed and opened by either implementation, and has the length that the manifest gives', async () => {
    const bySlow = await sealBallot(poll.binding, place, plaintext());
    const byFast = node.ballotSealer(poll.binding)(place, plaintext());
    for (const sealed of [bySlow, byFast]) {
      expect(sealed).toHaveLength(65 + poll.binding.manifest.ballot.length + 16);
      expect(await opened(sealed)).toEqual(plaintext());
    }
  });

  test('is another each time', () => {
    const seal = node.ballotSealer(poll.binding);
    expect(seal(place, plaintext())).not.toEqual(seal(place, plaintext()));
  });

  test('does not open under another key, in another sequence, in another poll', async () => {
    const sealed = await sealBallot(poll.binding, place, plaintext());
    expect(await opened(sealed, { ...place, publicKey: new Uint8Array(32) })).toBeUndefined();
    expect(await opened(sealed, { ...place, sequence: 8 })).toBeUndefined();
    const elsewhere = { ...poll.binding, m: new Uint8Array(32) };
    expect(await opened(await sealBallot(elsewhere, place, plaintext()))).toBeUndefined();
  });

  test('two seals of one ballot have nothing in common', async () => {
    const [one, two] = [
      await sealBallot(poll.binding, place, plaintext()),
      await sealBallot(poll.binding, place, plaintext()),
    ];
    expect(one.subarray(0, 65)).not.toEqual(two.subarray(0, 65));
    expect(one.subarray(65)).not.toEqual(two.subarray(65));
  });

  test('does not open when its point is encoded otherwise, off the curve, or cut', async () => {
    const sealed = await sealBallot(poll.binding, place, plaintext());
    const point = p256.Point.fromBytes(sealed.subarray(0, 65));
    const hybrid = Uint8Array.of(6 + Number(point.toAffine().y & 1n), ...sealed.subarray(1));
    const compressed = concatBytes(point.toBytes(true), sealed.subarray(65));
    const infinity = concatBytes(new Uint8Array(65), sealed.subarray(65));
    const offCurve = sealed.with(64, sealed[64]! ^ 1);
    for (const wrong of [hybrid, compressed, infinity, offCurve, sealed.subarray(0, 80), new Uint8Array(0)]) {
      expect(await opened(wrong)).toBeUndefined();
    }
  });

  test('that was made for a hybrid encoding of its point does not open, though libraries would read it', async () => {
    const pollKey = p256.Point.fromHex(poll.binding.manifest.key.commitments[0]!);
    const ephemeral = p256.keygen();
    const point = p256.Point.fromBytes(ephemeral.publicKey);
    const usual = point.toBytes(false);
    const hybrid = Uint8Array.of(6 + Number(point.toAffine().y & 1n), ...usual.subarray(1));
    const dh = p256.getSharedSecret(ephemeral.secretKey, pollKey.toBytes()).subarray(1);
    const sealAs = (enc: Uint8Array) =>
      sealWith(
        { enc, dh, recipient: pollKey.toBytes(false) },
        sealInfo(poll.binding.m),
        sealAad(place),
        plaintext(),
      );
    expect(await opened(sealAs(usual))).toEqual(plaintext());
    expect(await opened(sealAs(hybrid))).toBeUndefined();
  });

  test('either implementation says the same of whatever bytes', async () => {
    const sealed = await sealBallot(poll.binding, place, plaintext());
    const flips = fc.nat({ max: sealed.length * 8 - 1 });
    await fc.assert(
      fc.asyncProperty(flips, async (bit) => {
        const altered = sealed.slice();
        altered[bit >> 3]! ^= 1 << (bit & 7);
        expect(await opened(altered)).toBeUndefined();
      }),
      { numRuns: 60 },
    );
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        expect(await opened(bytes)).toBeUndefined();
        expect(await opened(concatBytes(sealed.subarray(0, 65), bytes))).toBeUndefined();
      }),
      { numRuns: 40 },
    );
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), fc.nat(0xffffffff), async (text, sequence) => {
        const at = { ...place, sequence };
        expect(await opened(await sealBallot(poll.binding, at, text), at)).toEqual(text);
      }),
      { numRuns: 25 },
    );
  });
});

interface Encapsulation {
  readonly enc: Uint8Array;
  readonly dh: Uint8Array;
  readonly recipient: Uint8Array;
}

/** HPKE's sender once more, for whatever encoding of the encapsulated key a dishonest device chooses. */
function sealWith(
  { enc, dh, recipient }: Encapsulation,
  info: Uint8Array,
  aad: Uint8Array,
  text: Uint8Array,
) {
  const kem = Uint8Array.of(...utf8ToBytes('KEM'), 0, 16);
  const suite = Uint8Array.of(...utf8ToBytes('HPKE'), 0, 16, 0, 1, 0, 1);
  const none = new Uint8Array(0);
  const labeled = (id: Uint8Array, label: string, data: Uint8Array) =>
    concatBytes(utf8ToBytes('HPKE-v1'), id, utf8ToBytes(label), data);
  const extracted = (id: Uint8Array, salt: Uint8Array, label: string, data: Uint8Array) =>
    extract(sha256, labeled(id, label, data), salt);
  const expanded = (id: Uint8Array, prk: Uint8Array, label: string, data: Uint8Array, length: number) =>
    expand(sha256, prk, concatBytes(Uint8Array.of(0, length), labeled(id, label, data)), length);
  const prk = extracted(kem, none, 'eae_prk', dh);
  const shared = expanded(kem, prk, 'shared_secret', concatBytes(enc, recipient), 32);
  const context = concatBytes(
    Uint8Array.of(0),
    extracted(suite, none, 'psk_id_hash', none),
    extracted(suite, none, 'info_hash', info),
  );
  const secret = extracted(suite, shared, 'secret', none);
  const key = expanded(suite, secret, 'key', context, 16);
  const cipher = createCipheriv('aes-128-gcm', key, expanded(suite, secret, 'base_nonce', context, 12));
  cipher.setAAD(aad);
  return concatBytes(enc, cipher.update(text), cipher.final(), cipher.getAuthTag());
}
