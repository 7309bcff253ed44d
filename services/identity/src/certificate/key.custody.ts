import { exportIssuerKey, importIssuerKeyPair, newIssuerKey } from '@talkoot/ballot-protocol/issuer';
import type { IssuerKey } from '@talkoot/ballot-protocol/issuer';
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const IV = 12;
const TAG = 16;

/** The key that signs certificates of a poll as it is stored: whoever has only the database cannot sign. */
export interface StoredKey {
  /** 256 bytes, hexadecimal. */
  readonly modulus: string;
  /** PKCS #8 under the custody key, bound to the poll. */
  readonly sealedKey: Buffer;
}

/** Makes and opens the keys of polls. */
export interface KeyCustody {
  readonly newKey: (pollId: string) => Promise<StoredKey>;
  readonly openKey: (pollId: string, sealed: Uint8Array) => IssuerKey;
}

/** @param custodyKey 32 bytes from the environment, never in the database. */
export function keyCustody(custodyKey: Uint8Array): KeyCustody {
  return {
    async newKey(pollId) {
      const key = await newIssuerKey();
      const iv = randomBytes(IV);
      const cipher = createCipheriv('aes-256-gcm', custodyKey, iv);
      cipher.setAAD(placeOf(pollId));
      const sealed = [iv, cipher.update(exportIssuerKey(key)), cipher.final(), cipher.getAuthTag()];
      return { modulus: key.modulus, sealedKey: Buffer.concat(sealed) };
    },

    openKey(pollId, sealed) {
      const decipher = createDecipheriv('aes-256-gcm', custodyKey, sealed.subarray(0, IV), {
        authTagLength: TAG,
      });
      decipher.setAAD(placeOf(pollId));
      decipher.setAuthTag(sealed.subarray(-TAG));
      const opened = [decipher.update(sealed.subarray(IV, -TAG)), decipher.final()];
      return importIssuerKeyPair(Buffer.concat(opened).toString());
    },
  };
}

const placeOf = (pollId: string): Buffer => Buffer.from(`certificates/${pollId}`);
