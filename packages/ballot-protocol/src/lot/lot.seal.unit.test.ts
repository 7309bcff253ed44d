import { p256 } from '@noble/curves/nist.js';
import { bytesToHex, hexToBytes, randomBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hpkeSeal } from '../ballot/hpke.ts';
import { openLotSeeds, optionsByLot } from '../counting/lot.seeds.ts';
import type { BindingManifest } from '../manifest/manifest.read.ts';
import type { SealedSeed } from '../manifest/manifest.shape.ts';
import { sealLotSeed } from './lot.seal.ts';
import { lotCommitment } from './lot.ts';

const { secretKey, publicKey } = p256.keygen();
const [seed, other] = [new Uint8Array(32).fill(7), new Uint8Array(32).fill(8)];
const opened = (...lot: [SealedSeed, SealedSeed]) => openLotSeeds({ lot }, secretKey);
const honest = () => sealLotSeed(publicKey, other);

describe('a sealed seed', () => {
  it('opens with the key of the poll, whichever encoding of the point it was sealed to', async () => {
    const uncompressed = p256.Point.fromBytes(publicKey).toBytes(false);
    const lot = [await sealLotSeed(publicKey, seed), await sealLotSeed(uncompressed, other)] as const;
    expect(opened(...lot).map((one) => one && bytesToHex(one))).toEqual([seed, other].map(bytesToHex));
  });

  it('is 113 bytes sealed as the protocol says, beside its commitment', async () => {
    const { commitment, sealed } = await sealLotSeed(publicKey, seed);
    expect(commitment).toBe(bytesToHex(lotCommitment(seed)));
    expect(hexToBytes(sealed)).toHaveLength(65 + 32 + 16);
    const bound = { info: utf8ToBytes('talkoot-lot-seal-v1'), aad: lotCommitment(seed) };
    const again = bytesToHex(await hpkeSeal(publicKey, bound, seed));
    expect(opened({ commitment, sealed: again }, await honest())[0]).toEqual(Buffer.from(seed));
  });

  it('counts as none if it opens to another than the committed one, of another length, or not at all', async () => {
    const aad = lotCommitment(seed);
    const commitment = bytesToHex(aad);
    const sealOf = async (bytes: Uint8Array, info = 'talkoot-lot-seal-v1', to = publicKey) => ({
      commitment,
      sealed: bytesToHex(await hpkeSeal(to, { info: utf8ToBytes(info), aad }, bytes)),
    });
    const ill = [
      await sealOf(other),
      await sealOf(seed.subarray(1)),
      await sealOf(seed, 'talkoot-ballot-v1'),
      await sealOf(seed, undefined, p256.keygen().publicKey),
      { ...(await honest()), commitment },
    ];
    for (const one of ill) expect(opened(one, await honest())[0]).toBeNull();
    expect(opened(await honest(), ill[0]!)).toEqual([Buffer.from(other), null]);
  });

  it('never throws when it is opened, whatever was sealed', async () => {
    const second = await honest();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 130 }), (bytes) => {
        const first = { commitment: bytesToHex(lotCommitment(seed)), sealed: bytesToHex(bytes) };
        expect(opened(first, second)[0]).toBeNull();
      }),
    );
  });

  it('is made of 32 bytes only, for a point only', async () => {
    await expect(sealLotSeed(publicKey, seed.subarray(1))).rejects.toThrow(RangeError);
    await expect(sealLotSeed(randomBytes(33).fill(0xff), seed)).rejects.toThrow();
  });
});

it('an issuer without a seed has zeros: the other alone decides, and everybody draws alike', () => {
  const options = ['tree', 'bench', 'fountain', 'ramp', 'sauna'].map((id) => ({ id }));
  const binding = { manifest: { ballot: { options } }, m: new Uint8Array(32) } as unknown as BindingManifest;
  const zeros = new Uint8Array(32);
  expect(optionsByLot(binding, [seed, null])).toEqual(optionsByLot(binding, [seed, zeros]));
  expect(optionsByLot(binding, [null, seed])).toEqual(optionsByLot(binding, [zeros, seed]));
  expect(optionsByLot(binding, [seed, null])).not.toEqual(optionsByLot(binding, [other, null]));
});
