import { lotCommitment } from '@talkoot/ballot-protocol';
import { exportIssuerKey, importIssuerKeyPair, newIssuerKey } from '@talkoot/ballot-protocol/issuer';
import type { IssuerKey } from '@talkoot/ballot-protocol/issuer';
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const IV = 12;
const TAG = 16;

/** What a secret of a poll is for: one does not open in the place of the other. */
type Purpose = 'certificates' | 'lot';

/** An issuer's secrets of a poll as they are stored: whoever has only the database can neither sign nor know the lot. */
export interface StoredSecrets {
  /** Of the key that signs certificates: 256 bytes, hexadecimal. */
  readonly modulus: string;
  /** PKCS #8 under the custody key, bound to the poll. */
  readonly sealedKey: Buffer;
  /** Published before the poll: 32 bytes, hexadecimal. */
  readonly lotCommitment: string;
  /** Its 32-byte seed, under the custody key. */
  readonly sealedSeed: Buffer;
}

/** Makes and opens the secrets of polls. */
export interface SecretCustody {
  readonly newSecrets: (pollId: string) => Promise<StoredSecrets>;
  readonly openKey: (pollId: string, sealed: Uint8Array) => IssuerKey;
  readonly openSeed: (pollId: string, sealed: Uint8Array) => Uint8Array;
}

/** @param custodyKey 32 bytes from the environment, never in the database. */
export function secretCustody(custodyKey: Uint8Array): SecretCustody {
  function seal(purpose: Purpose, pollId: string, secret: Uint8Array): Buffer {
    const iv = randomBytes(IV);
    const cipher = createCipheriv('aes-256-gcm', custodyKey, iv);
    cipher.setAAD(placeOf(purpose, pollId));
    return Buffer.concat([iv, cipher.update(secret), cipher.final(), cipher.getAuthTag()]);
  }
  function open(purpose: Purpose, pollId: string, sealed: Uint8Array): Buffer {
    const decipher = createDecipheriv('aes-256-gcm', custodyKey, sealed.subarray(0, IV), {
      authTagLength: TAG,
    });
    decipher.setAAD(placeOf(purpose, pollId));
    decipher.setAuthTag(sealed.subarray(-TAG));
    return Buffer.concat([decipher.update(sealed.subarray(IV, -TAG)), decipher.final()]);
  }
  return {
    async newSecrets(pollId) {
      const key = await newIssuerKey();
      const seed = randomBytes(32);
      return {
        modulus: key.modulus,
        sealedKey: seal('certificates', pollId, Buffer.from(exportIssuerKey(key))),
        lotCommitment: Buffer.from(lotCommitment(seed)).toString('hex'),
        sealedSeed: seal('lot', pollId, seed),
      };
    },
    openKey: (pollId, sealed) => importIssuerKeyPair(open('certificates', pollId, sealed).toString()),
    openSeed: (pollId, sealed) => open('lot', pollId, sealed),
  };
}

/** Ids of polls hold no slash. */
function placeOf(purpose: Purpose, pollId: string): Buffer {
  return Buffer.from(`${purpose}/${pollId}`);
}
