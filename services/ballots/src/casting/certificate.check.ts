import { certificateMessage } from '@talkoot/api-contracts/identity';
import type { Certificate } from '@talkoot/api-contracts/identity';
import { createPublicKey, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** True when identity issued this certificate for this poll. Runs beside the event loop: voters come in crowds. */
export function isCertificateOf(
  pollId: string,
  { serial, signature }: Certificate,
  key: KeyObject,
): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  const message = certificateMessage(pollId, serial);
  verify(null, message, key, Buffer.from(signature, 'hex'), (error, good) =>
    error ? reject(error) : resolve(good),
  );
  return promise;
}

/** @param raw the 32 bytes of an Ed25519 public key in base64url. */
export function publicKeyFrom(raw: string): KeyObject {
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: raw }, format: 'jwk' });
}
