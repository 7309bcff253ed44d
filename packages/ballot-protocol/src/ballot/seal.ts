import { concatBytes, hexToBytes } from '@noble/hashes/utils.js';
import { bound, u32 } from '../binding.ts';
import type { BindingManifest } from '../manifest/manifest.read.ts';
import { hpkeOpen, hpkeSeal, hpkeSecretKey } from './hpke.ts';
import type { SealBinding } from './hpke.ts';

/** The leaf that a seal belongs to; it opens in no other. */
export interface SealPlace {
  /** Of the leaf, 32 bytes. */
  readonly publicKey: Uint8Array;
  readonly sequence: number;
}

/** Seals a plaintext (`encodeBallot`) to the poll's key for one leaf. */
export function sealBallot(
  { manifest, m }: BindingManifest,
  place: SealPlace,
  plaintext: Uint8Array,
): Promise<Uint8Array<ArrayBuffer>> {
  const pollKey = hexToBytes(manifest.key.commitments[0]!);
  return hpkeSeal(pollKey, sealBinding(m, place), plaintext);
}

/** Opens the sealed ballot of a leaf; undefined when it does not open. */
export type BallotOpener = (
  leaf: SealPlace & { readonly sealed: Uint8Array },
) => Promise<Uint8Array | undefined>;

/**
 * Opens ballots with the poll's secret key of 32 bytes. The opener never throws. `ballotOpener` of
 * `@talkoot/ballot-protocol/node` opens the same seals, faster.
 */
export async function ballotOpener({ m }: BindingManifest, secretKey: Uint8Array): Promise<BallotOpener> {
  const key = await hpkeSecretKey(secretKey);
  return (leaf) => hpkeOpen(key, sealBinding(m, leaf), leaf.sealed);
}

/** HPKE's info for every ballot of a poll. */
export function sealInfo(m: Uint8Array): Uint8Array<ArrayBuffer> {
  return bound('talkoot-ballot-v1', m);
}

/** HPKE's additional data for the ballot of one leaf. */
export function sealAad({ publicKey, sequence }: SealPlace): Uint8Array<ArrayBuffer> {
  return concatBytes(publicKey, u32(sequence));
}

function sealBinding(m: Uint8Array, place: SealPlace): SealBinding {
  return { info: sealInfo(m), aad: sealAad(place) };
}
