import {
  certificateLength,
  castMessage,
  certificateMessage,
  isPublicKey,
  isStrictlyEncoded,
  parseCertificate,
  unsignedLeaf,
} from '@talkoot/ballot-protocol';
import type { Leaf } from '@talkoot/ballot-protocol';
import { DomainError } from '@talkoot/http-service';
import { constants, createPublicKey, verify } from 'node:crypto';
import type { KeyObject, SigningOptions } from 'node:crypto';

const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 48 };

/** What the ballots of one poll are bound to. */
export interface Binding {
  /** SHA-256 of the manifest. */
  readonly m: Uint8Array;
  /** Keys of the municipality and of the auditor for this poll. */
  readonly issuers: readonly [KeyObject, KeyObject];
}

/**
 * Refuses a leaf that does not carry the certificates of both issuers for its own key, or that its key did not sign,
 * all for this poll. Runs beside the event loop: voters come in crowds.
 * @throws DomainError `public-key-invalid`, `first-certificate-invalid`, `second-certificate-invalid`, `signature-invalid`
 */
export async function requireEntitled({ m, issuers }: Binding, leaf: Leaf): Promise<void> {
  if (!isPublicKey(leaf.publicKey)) throw new DomainError('public-key-invalid');
  const message = certificateMessage(m, leaf.publicKey);
  const [first, second, signed] = await Promise.all([
    isCertificate(issuers[0], message, leaf.certificates[0]),
    isCertificate(issuers[1], message, leaf.certificates[1]),
    isSigned(leaf, castMessage(m, unsignedLeaf(leaf))),
  ]);
  if (!first) throw new DomainError('first-certificate-invalid');
  if (!second) throw new DomainError('second-certificate-invalid');
  if (!signed) throw new DomainError('signature-invalid');
}

/** @param modulus 256 bytes, hexadecimal. */
export function issuerKeyOf(modulus: string): KeyObject {
  const n = Buffer.from(modulus, 'hex').toString('base64url');
  return createPublicKey({ key: { kty: 'RSA', n, e: 'AQAB' }, format: 'jwk' });
}

function isCertificate(key: KeyObject, message: Uint8Array, certificate: Uint8Array): Promise<boolean> {
  if (certificate.length !== certificateLength) return Promise.resolve(false);
  const { prefix, signature } = parseCertificate(certificate);
  return verified('sha384', Buffer.concat([prefix, message]), { key, ...pss }, signature);
}

function isSigned({ publicKey, signature }: Leaf, message: Uint8Array): Promise<boolean> {
  if (!isStrictlyEncoded(publicKey, signature)) return Promise.resolve(false);
  const x = Buffer.from(publicKey).toString('base64url');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  return verified(null, message, { key }, signature);
}

function verified(
  hash: string | null,
  message: Uint8Array,
  key: SigningOptions & { readonly key: KeyObject },
  signature: Uint8Array,
): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  verify(hash, message, key, signature, (error, good) => (error ? reject(error) : resolve(good)));
  return promise;
}
