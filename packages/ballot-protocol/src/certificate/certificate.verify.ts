import { concatBytes } from '@noble/hashes/utils.js';
import { certificateLength, parseCertificate } from './certificate.ts';
import type { IssuerPublicKey } from './issuer.key.ts';

/** The salt of the RFC 9474 variant, in bytes. */
const saltLength = 48;

/**
 * Whether a certificate holds under an issuer's key (`importIssuerKey`) for a message. The same verdict, faster, is
 * `certificateVerifier` of `@talkoot/ballot-protocol/node`.
 */
export async function verifyCertificate(
  issuer: IssuerPublicKey,
  message: Uint8Array,
  certificate: Uint8Array,
): Promise<boolean> {
  if (certificate.length !== certificateLength) return false;
  const { prefix, signature } = parseCertificate(certificate);
  return crypto.subtle.verify(
    { name: 'RSA-PSS', saltLength },
    issuer,
    Uint8Array.from(signature),
    concatBytes(prefix, message),
  );
}
