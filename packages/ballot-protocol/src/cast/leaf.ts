import { concatBytes } from '@noble/hashes/utils.js';
import { readU32, u32 } from '../binding.ts';
import { certificateLength } from '../certificate/certificate.ts';

const publicKeyLength = 32;
const sequenceLength = 4;
const signatureLength = 64;
/** What HPKE adds to a plaintext: an uncompressed point of P-256 and the tag of AES-GCM. */
const sealOverhead = 65 + 16;

/** What of a manifest says how long its leaves are. */
export interface LeafLayout {
  readonly ballot: { readonly length: number };
}

/** A vote as it is cast. */
export interface Leaf {
  /** Ed25519, 32 bytes. */
  readonly publicKey: Uint8Array;
  /** Of the first and the second issuer, 288 bytes each. */
  readonly certificates: readonly [Uint8Array, Uint8Array];
  /** From 1 to 50; the highest of a key decides. */
  readonly sequence: number;
  readonly sealed: Uint8Array;
  /** Ed25519, 64 bytes. */
  readonly signature: Uint8Array;
}

/** The length in bytes of every leaf of a poll but the manifest. */
export function leafLength({ ballot }: LeafLayout): number {
  return (
    publicKeyLength + 2 * certificateLength + sequenceLength + sealOverhead + ballot.length + signatureLength
  );
}

/** All bytes of a leaf before its signature. */
export function unsignedLeaf(leaf: Omit<Leaf, 'signature'>): Uint8Array<ArrayBuffer> {
  return concatBytes(leaf.publicKey, ...leaf.certificates, u32(leaf.sequence), leaf.sealed);
}

/** The bytes of a leaf. */
export function encodeLeaf(leaf: Leaf): Uint8Array<ArrayBuffer> {
  return concatBytes(unsignedLeaf(leaf), leaf.signature);
}

/** The parts of a leaf of the right length, as views of its bytes; undefined if the length is wrong. */
export function decodeLeaf(manifest: LeafLayout, bytes: Uint8Array): Leaf | undefined {
  if (bytes.length !== leafLength(manifest)) return undefined;
  const second = publicKeyLength + certificateLength;
  const sequence = second + certificateLength;
  const signature = bytes.length - signatureLength;
  return {
    publicKey: bytes.subarray(0, publicKeyLength),
    certificates: [bytes.subarray(publicKeyLength, second), bytes.subarray(second, sequence)],
    sequence: readU32(bytes, sequence),
    sealed: bytes.subarray(sequence + sequenceLength, signature),
    signature: bytes.subarray(signature),
  };
}
