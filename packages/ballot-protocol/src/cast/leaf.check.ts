import { bound } from '../binding.ts';
import { certificateMessage } from '../certificate/certificate.ts';
import { verifyCertificate } from '../certificate/certificate.verify.ts';
import { importIssuerKey } from '../certificate/issuer.key.ts';
import type { BindingManifest } from '../manifest/manifest.read.ts';
import { isStrictPoint } from '../signature/ed25519.encoding.ts';
import { verifySignature } from '../signature/ed25519.ts';
import { decodeLeaf } from './leaf.ts';
import type { Leaf, LeafLayout } from './leaf.ts';

/** The highest sequence of a leaf. */
export const lastSequence = 50;

/**
 * Why a leaf is not accepted, in the order of the checks.
 * - `leaf-length-wrong`: not the length of this poll's leaves
 * - `sequence-out-of-range`: not from 1 to 50
 * - `public-key-invalid`: not canonical, or of small order
 * - `first-certificate-invalid`, `second-certificate-invalid`: not this issuer's, for this key and this poll
 * - `signature-invalid`: the key did not sign these bytes for this poll, or is none
 */
export type LeafRefusal =
  | 'leaf-length-wrong'
  | 'sequence-out-of-range'
  | 'public-key-invalid'
  | 'first-certificate-invalid'
  | 'second-certificate-invalid'
  | 'signature-invalid';

/** A leaf that passed every check, or the first that it failed. */
export type LeafVerdict =
  | { readonly accepted: true; readonly leaf: Leaf }
  | { readonly accepted: false; readonly refusal: LeafRefusal };

/** What of a manifest a leaf is checked against. */
export interface LeafBinding {
  readonly m: Uint8Array;
  readonly manifest: LeafLayout & {
    readonly issuers: readonly [{ readonly modulus: string }, { readonly modulus: string }];
  };
}

/** The signatures on which a leaf that is otherwise in order depends. */
export interface LeafClaims {
  readonly leaf: Leaf;
  /** What both certificates have to certify. */
  readonly certified: Uint8Array;
  /** What the leaf's key has to have signed. */
  readonly signed: Uint8Array;
}

/** What can be decided of a leaf without verifying signatures, and what remains to be verified. */
export function readLeaf({ manifest, m }: LeafBinding, bytes: Uint8Array): LeafClaims | LeafRefusal {
  const leaf = decodeLeaf(manifest, bytes);
  if (leaf === undefined) return 'leaf-length-wrong';
  if (leaf.sequence < 1 || leaf.sequence > lastSequence) return 'sequence-out-of-range';
  const unsigned = bytes.subarray(0, bytes.length - leaf.signature.length);
  return { leaf, certified: certificateMessage(m, leaf.publicKey), signed: castMessage(m, unsigned) };
}

/** What a leaf's key signs. */
export function castMessage(m: Uint8Array, unsigned: Uint8Array): Uint8Array<ArrayBuffer> {
  return bound('talkoot-cast-v1', m, unsigned);
}

/**
 * Whether a leaf is one of this poll. `leafChecker` of `@talkoot/ballot-protocol/node` gives the same verdicts, faster.
 * Never throws, whatever the bytes.
 */
export async function checkLeaf(binding: BindingManifest, bytes: Uint8Array): Promise<LeafVerdict> {
  const claims = readLeaf(binding, bytes);
  if (typeof claims === 'string') return { accepted: false, refusal: claims };
  const refusal = await refusalOf(binding, claims);
  return refusal === undefined ? { accepted: true, leaf: claims.leaf } : { accepted: false, refusal };
}

async function refusalOf(
  { manifest }: BindingManifest,
  { leaf, certified, signed }: LeafClaims,
): Promise<LeafRefusal | undefined> {
  if (!isStrictPoint(leaf.publicKey)) return 'public-key-invalid';
  const [first, second] = manifest.issuers;
  const [byFirst, bySecond] = leaf.certificates;
  if (!(await verifyCertificate(await importIssuerKey(first.modulus), certified, byFirst))) {
    return 'first-certificate-invalid';
  }
  if (!(await verifyCertificate(await importIssuerKey(second.modulus), certified, bySecond))) {
    return 'second-certificate-invalid';
  }
  if (!verifySignature(leaf.publicKey, signed, leaf.signature)) return 'signature-invalid';
  return undefined;
}
