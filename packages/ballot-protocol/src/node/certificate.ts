import { constants, createPublicKey, verify } from 'node:crypto';
import { concatBytes } from '@noble/hashes/utils.js';
import { certificateLength, parseCertificate } from '../certificate/certificate.ts';
import { issuerJwk } from '../certificate/issuer.key.ts';

/** Whether a certificate holds for a message. */
export type CertificateVerifier = (message: Uint8Array, certificate: Uint8Array) => boolean;

/** As `verifyCertificate` of the main entry, by node:crypto, for an issuer's modulus (hexadecimal). Never throws later. */
export function certificateVerifier(modulus: string): CertificateVerifier {
  const key = createPublicKey({ key: issuerJwk(modulus), format: 'jwk' });
  const padding = constants.RSA_PKCS1_PSS_PADDING;
  return (message, certificate) => {
    if (certificate.length !== certificateLength) return false;
    const { prefix, signature } = parseCertificate(certificate);
    return verify('sha384', concatBytes(prefix, message), { key, padding, saltLength: 48 }, signature);
  };
}
