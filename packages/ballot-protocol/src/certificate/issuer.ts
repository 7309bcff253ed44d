import { createPrivateKey, createPublicKey, generateKeyPair } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { hexToNumber } from '@noble/curves/utils.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { CertificateError } from './certificate.errors.ts';
import { modulusOf } from './issuer.key.ts';
import { signRaw } from './raw.rsa.ts';

export { CertificateError } from './certificate.errors.ts';
export type { CertificateErrorCode } from './certificate.errors.ts';

const blindedLength = 256;

/** An issuer's RSA key for one poll. */
export interface IssuerKey {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** For the manifest: 256 bytes, hexadecimal. */
  readonly modulus: string;
}

/** A fresh RSA-2048 key. Every poll and issuer has its own, and destroys it before the poll's key is released. */
export async function newIssuerKey(): Promise<IssuerKey> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicExponent: 65537,
  });
  return issuerKey(privateKey);
}

/** The key as PKCS #8 in PEM, for custody. */
export function exportIssuerKey({ privateKey }: IssuerKey): string {
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/**
 * A key from PKCS #8 in PEM.
 * @throws CertificateError `issuer-key-unsuitable` unless it is RSA-2048 with the exponent 65537 and may be used raw
 */
export function importIssuerKeyPair(pem: string): IssuerKey {
  try {
    return issuerKey(createPrivateKey(pem));
  } catch (cause) {
    if (cause instanceof CertificateError) throw cause;
    throw new CertificateError('issuer-key-unsuitable', 'no private key', { cause });
  }
}

/**
 * Signs a blinded message (RFC 9474 BlindSign): takes about a third of a millisecond and blocks for it, so that a
 * service calls it in worker threads. Whether the resident is entitled, and that nobody gets two, is decided before.
 * @throws CertificateError `blinded-wrong-length`, `blinded-out-of-range`, `signing-failed`
 */
export function signBlinded(key: IssuerKey, blinded: Uint8Array): Uint8Array<ArrayBuffer> {
  if (blinded.length !== blindedLength) {
    throw new CertificateError('blinded-wrong-length', `${blinded.length} bytes instead of ${blindedLength}`);
  }
  const value = hexToNumber(bytesToHex(blinded));
  if (value < 2n || value > hexToNumber(key.modulus) - 2n) {
    throw new CertificateError('blinded-out-of-range', 'not between 2 and the modulus − 2');
  }
  return signRaw(key, blinded);
}

function issuerKey(privateKey: KeyObject): IssuerKey {
  const { modulusLength, publicExponent } = privateKey.asymmetricKeyDetails ?? {};
  if (privateKey.asymmetricKeyType !== 'rsa' || modulusLength !== 2048 || publicExponent !== 65537n) {
    throw new CertificateError('issuer-key-unsuitable', 'not RSA-2048 with the exponent 65537');
  }
  const publicKey = createPublicKey(privateKey);
  return { privateKey, publicKey, modulus: modulusOf(publicKey.export({ format: 'jwk' }).n!) };
}
