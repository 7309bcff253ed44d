import { ed25519 } from '@noble/curves/ed25519.js';
import { bytesToNumberLE, equalBytes } from '@noble/curves/utils.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { isStrictlyEncoded, isStrictPoint } from './ed25519.encoding.ts';

export interface SigningKey {
  /** The 32-byte seed of RFC 8032. */
  readonly secretKey: Uint8Array<ArrayBuffer>;
  readonly publicKey: Uint8Array<ArrayBuffer>;
}

/** A fresh Ed25519 key pair. */
export function newSigningKey(): SigningKey {
  const { secretKey, publicKey } = ed25519.keygen();
  return { secretKey, publicKey };
}

/** The Ed25519 public key of a 32-byte seed. */
export function publicKeyOf(secretKey: Uint8Array): Uint8Array<ArrayBuffer> {
  return ed25519.getPublicKey(secretKey);
}

/** An Ed25519 signature (RFC 8032), 64 bytes. */
export function sign(secretKey: Uint8Array, message: Uint8Array): Uint8Array<ArrayBuffer> {
  return ed25519.sign(message, secretKey);
}

/** Whether 32 bytes are an Ed25519 public key that the protocol accepts: a point, canonical, not of small order. */
export function isPublicKey(bytes: Uint8Array): boolean {
  return isStrictPoint(bytes) && pointOf(bytes) !== undefined;
}

/**
 * Whether an Ed25519 signature holds by the strict rule of the protocol: canonical encodings, no point of small
 * order, S < L, and [S]B = R + [k]A without the cofactor. `verifySignature` of `@talkoot/ballot-protocol/node` is
 * faster and agrees. Never throws.
 */
export function verifySignature(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (!isStrictlyEncoded(publicKey, signature)) return false;
  const A = pointOf(publicKey);
  if (A === undefined) return false;
  const R = signature.subarray(0, 32);
  const hash = sha512.create().update(R).update(publicKey).update(message).digest();
  const k = ed25519.Point.Fn.create(bytesToNumberLE(hash));
  const S = bytesToNumberLE(signature.subarray(32));
  const expected = ed25519.Point.BASE.multiplyUnsafe(S).subtract(A.multiplyUnsafe(k));
  return equalBytes(expected.toBytes(), R);
}

function pointOf(bytes: Uint8Array) {
  try {
    return ed25519.Point.fromBytes(bytes);
  } catch {
    return undefined;
  }
}
