import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { hpkeSeal } from '../ballot/hpke.ts';
import type { SealedSeed } from '../manifest/manifest.shape.ts';
import { lotCommitment } from './lot.ts';

/** HPKE's info for every seed of a lot; the additional data is its commitment. */
export const seedSealInfo: Uint8Array = utf8ToBytes('talkoot-lot-seal-v1');

/**
 * An issuer's entry of the manifest's `lot`. Whoever opens the ballots opens the seed too, so that its issuer can neither
 * withhold nor change it once the votes are known.
 * @param pollKey the poll's public key, a point of P-256: `key.commitments[0]` of the manifest
 * @param seed 32 bytes
 * @throws RangeError for a seed of another length; for a key that is no point
 */
export async function sealLotSeed(pollKey: Uint8Array, seed: Uint8Array): Promise<SealedSeed> {
  if (seed.length !== 32) throw new RangeError('a seed has 32 bytes');
  const commitment = lotCommitment(seed);
  const sealed = await hpkeSeal(pollKey, { info: seedSealInfo, aad: commitment }, seed);
  return { commitment: bytesToHex(commitment), sealed: bytesToHex(sealed) };
}
