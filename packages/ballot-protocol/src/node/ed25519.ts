import { createPublicKey, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { isStrictlyEncoded } from '../signature/ed25519.encoding.ts';

/** As `verifySignature` of the main entry, by node:crypto. Never throws. */
export function verifySignature(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (!isStrictlyEncoded(publicKey, signature)) return false;
  return verify(null, message, keyOf(publicKey), signature);
}

/** 32 bytes as a key. As JSON Web Key they are read in half the time of the usual encoding. */
export function keyOf(publicKey: Uint8Array): KeyObject {
  const x = Buffer.from(publicKey).toString('base64url');
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
}
