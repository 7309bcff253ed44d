import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';

/** A text encrypted with AES-256-GCM; all parts are base64. */
export interface Sealed {
  readonly iv: string;
  readonly tag: string;
  readonly text: string;
}

/** Encrypts what must be read again, and fingerprints what must only be compared. */
export interface Vault {
  /** @param about what the text belongs to; opening it for anything else fails. */
  seal(text: string, about: string): Sealed;
  open(sealed: Sealed, about: string): string;
  /** Keyed hash: equal texts have equal fingerprints, and nobody without the key can try texts. */
  fingerprint(text: string): string;
}

/** @param key 32 bytes; encryption and fingerprints use keys derived from it. */
export function createVault(key: Uint8Array): Vault {
  const derived = (use: string) => Buffer.from(hkdfSync('sha256', key, '', `talkoot payee ${use}`, 32));
  const [sealing, marking] = [derived('encryption'), derived('fingerprint')];
  return {
    seal(text, about) {
      const iv = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', sealing, iv);
      cipher.setAAD(Buffer.from(about));
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      const base64 = (bytes: Buffer) => bytes.toString('base64');
      return { iv: base64(iv), tag: base64(cipher.getAuthTag()), text: base64(sealed) };
    },
    open(sealed, about) {
      const bytes = (text: string) => Buffer.from(text, 'base64');
      const decipher = createDecipheriv('aes-256-gcm', sealing, bytes(sealed.iv), { authTagLength: 16 });
      decipher.setAAD(Buffer.from(about));
      decipher.setAuthTag(bytes(sealed.tag));
      return Buffer.concat([decipher.update(bytes(sealed.text)), decipher.final()]).toString('utf8');
    },
    fingerprint: (text) => createHmac('sha256', marking).update(text).digest('hex'),
  };
}
