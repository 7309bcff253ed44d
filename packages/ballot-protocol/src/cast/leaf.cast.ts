import { sealBallot } from '../ballot/seal.ts';
import type { BindingManifest } from '../manifest/manifest.read.ts';
import { sign } from '../signature/ed25519.ts';
import type { SigningKey } from '../signature/ed25519.ts';
import { castMessage } from './leaf.check.ts';
import { encodeLeaf, unsignedLeaf } from './leaf.ts';

/** What a device needs in order to cast. */
export interface Vote {
  readonly key: SigningKey;
  /** Of the first and the second issuer. */
  readonly certificates: readonly [Uint8Array, Uint8Array];
  /** One more than the last one cast under this key; from 1 to 50. */
  readonly sequence: number;
  /** As `encodeBallot` made it. */
  readonly plaintext: Uint8Array;
}

/** The bytes of a leaf: sealed for the trustees, signed by the voter's key. */
export async function castLeaf(binding: BindingManifest, vote: Vote): Promise<Uint8Array<ArrayBuffer>> {
  const { key, certificates, sequence, plaintext } = vote;
  const { publicKey, secretKey } = key;
  const sealed = await sealBallot(binding, { publicKey, sequence }, plaintext);
  const leaf = { publicKey, certificates, sequence, sealed };
  return encodeLeaf({ ...leaf, signature: sign(secretKey, castMessage(binding.m, unsignedLeaf(leaf))) });
}
