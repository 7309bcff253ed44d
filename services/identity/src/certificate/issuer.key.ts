import { exportIssuerKey, importIssuerKeyPair, newIssuerKey } from '@talkoot/ballot-protocol/issuer';
import type { IssuerKey } from '@talkoot/ballot-protocol/issuer';
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const IV = 12;
const TAG = 16;

/** The key of a poll as it is stored: whoever has only the database cannot sign with it. */
export interface StoredIssuerKey {
  /** 256 bytes, hexadecimal. */
  readonly modulus: string;
  /** PKCS #8 under the custody key, bound to the poll. */
  readonly sealed: Buffer;
}

/** Makes and opens the keys of polls. */
export interface KeyCustody {
  readonly newKey: (pollId: string) => Promise<StoredIssuerKey>;
  readonly open: (pollId: string, sealed: Uint8Array) => IssuerKey;
}

/** @param custodyKey 32 bytes from the environment, never in the database. */
export function keyCustody(custodyKey: Uint8Array): KeyCustody {
  return {
    async newKey(pollId) {
      const key = await newIssuerKey();
      const iv = randomBytes(IV);
      const cipher = createCipheriv('aes-256-gcm', custodyKey, iv);
      cipher.setAAD(Buffer.from(pollId));
      const text = Buffer.concat([cipher.update(exportIssuerKey(key)), cipher.final()]);
      return { modulus: key.modulus, sealed: Buffer.concat([iv, text, cipher.getAuthTag()]) };
    },
    open(pollId, sealed) {
      const decipher = createDecipheriv('aes-256-gcm', custodyKey, sealed.subarray(0, IV), {
        authTagLength: TAG,
      });
      decipher.setAAD(Buffer.from(pollId));
      decipher.setAuthTag(sealed.subarray(-TAG));
      const pem = Buffer.concat([decipher.update(sealed.subarray(IV, -TAG)), decipher.final()]);
      return importIssuerKeyPair(pem.toString());
    },
  };
}
