import { constants, privateDecrypt, publicEncrypt } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { CertificateError } from './certificate.errors.ts';

const padding = constants.RSA_NO_PADDING;

/**
 * RSA without padding, of a message as long as the modulus. Let out only if s^e gives the message again: a fault in one
 * half of the computation would reveal the key.
 */
export function signRaw(
  { privateKey, publicKey }: { readonly privateKey: KeyObject; readonly publicKey: KeyObject },
  message: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const signature = privateDecrypt({ key: privateKey, padding }, message);
  const again = publicEncrypt({ key: publicKey, padding }, signature);
  if (!again.equals(message)) throw new CertificateError('signing-failed', 'the signature does not verify');
  return Uint8Array.from(signature);
}
