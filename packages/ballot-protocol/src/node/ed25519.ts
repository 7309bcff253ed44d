import { createPublicKey, verify } from 'node:crypto';
import { isStrictlyEncoded } from '../signature/ed25519.encoding.ts';

const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex');

/** As `verifySignature` of the main entry, by node:crypto. Never throws. */
export function verifySignature(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (!isStrictlyEncoded(publicKey, signature)) return false;
  const key = createPublicKey({ key: Buffer.concat([spkiPrefix, publicKey]), format: 'der', type: 'spki' });
  return verify(null, message, key, signature);
}
