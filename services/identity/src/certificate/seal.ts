import type { Certificate } from '@talkoot/api-contracts/identity';
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const IV = 12;
const TAG = 16;

/** Whom a sealed certificate was issued to; binds the seal to its place. */
export interface Place {
  readonly pollId: string;
  readonly personId: string;
}

/**
 * Encrypts a certificate under a secret that only the voter's device has, so that the answer can be repeated to it
 * and to nobody else, whoever holds the database.
 */
export function sealCertificate(certificate: Certificate, secret: string, place: Place): Buffer {
  const iv = randomBytes(IV);
  const cipher = createCipheriv('aes-256-gcm', keyOf(secret, place), iv);
  const { serial, signature, keyId } = certificate;
  const sealed = Buffer.concat([cipher.update(JSON.stringify([serial, signature, keyId])), cipher.final()]);
  return Buffer.concat([iv, sealed, cipher.getAuthTag()]);
}

/** The certificate, or null under another secret. */
export function openCertificate(sealed: Buffer, secret: string, place: Place): Certificate | null {
  const decipher = createDecipheriv('aes-256-gcm', keyOf(secret, place), sealed.subarray(0, IV));
  decipher.setAuthTag(sealed.subarray(-TAG));
  try {
    const text = Buffer.concat([decipher.update(sealed.subarray(IV, -TAG)), decipher.final()]);
    const [serial, signature, keyId] = JSON.parse(text.toString()) as [string, string, string];
    return { serial, signature, keyId };
  } catch {
    return null;
  }
}

function keyOf(secret: string, { pollId, personId }: Place): Buffer {
  const salt = Buffer.from(`${pollId}\n${personId}`);
  return Buffer.from(hkdfSync('sha256', Buffer.from(secret, 'hex'), salt, 'talkoot-certificate-seal-v1', 32));
}
