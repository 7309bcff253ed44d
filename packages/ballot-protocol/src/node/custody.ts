import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import type { ScryptOptions } from 'node:crypto';
import { promisify } from 'node:util';
import { z } from 'zod';
import { canonicalJson } from '../canonical.ts';
import { TrusteeSecretsShape } from '../key/ceremony.shape.ts';
import type { TrusteeSecrets } from '../key/ceremony.shape.ts';
import { KeyError } from '../key/key.errors.ts';

const hex = z.string().regex(/^(?:[0-9a-f]{2})*$/);
const shortestPassphrase = 12;
/** 128 MiB and about half a second for every passphrase that somebody tries. */
const usualWork = 17;
const tagLength = 16;

/** A trustee's file: what it is for in the open, its secrets under a passphrase. */
export const CustodyFileShape = z.strictObject({
  protocol: z.literal('talkoot-custody-v1'),
  /** The trustee's own words, such as the poll's name; not secret, but protected from change. */
  label: z.string().max(200),
  /** scrypt with N = 2^work, r = 8, p = 1. */
  work: z.int().min(14).max(20),
  salt: hex.length(64),
  nonce: hex.length(24),
  /** AES-256-GCM, with its tag at the end. */
  ciphertext: hex.min(32).max(100_000),
});
export type CustodyFile = z.infer<typeof CustodyFileShape>;
type Header = Omit<CustodyFile, 'nonce' | 'ciphertext'>;

/** What one passphrase locks and opens. */
export interface CustodyLock {
  /**
   * A custody file. Without the passphrase nobody opens it again.
   * @throws KeyError `passphrase-short`
   */
  lock(label: string, secrets: TrusteeSecrets): Promise<CustodyFile>;
  /**
   * The secrets in a custody file.
   * @throws KeyError `custody-malformed`, or `custody-locked` when the passphrase is wrong or the file was altered
   */
  unlock(file: unknown): Promise<TrusteeSecrets>;
}

/**
 * The lock of a passphrase. Its key is slow to derive on purpose, so it is derived once for each salt, and what is locked has the salt
 * of what was opened or locked first: all files of a trustee open with one derivation. Every file has a nonce of its own.
 * @param work of a file that is locked before any was opened: scrypt with N = 2^work
 */
export function custodyLock(passphrase: string, work: number = usualWork): CustodyLock {
  const keys = new Map<string, Promise<Uint8Array>>();
  let first: Pick<Header, 'work' | 'salt'> | undefined;

  function keyOf(header: Header): Promise<Uint8Array> {
    const name = `${header.work} ${header.salt}`;
    const key = keys.get(name) ?? derived(passphrase, header);
    keys.set(name, key);
    return key;
  }

  return {
    async lock(label, secrets) {
      if (passphrase.length < shortestPassphrase) throw new KeyError('passphrase-short');
      first ??= { work, salt: randomBytes(32).toString('hex') };
      const header = { protocol: 'talkoot-custody-v1' as const, label, ...first };
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', await keyOf(header), nonce).setAAD(canonicalJson(header));
      const parts = [cipher.update(canonicalJson(secrets)), cipher.final(), cipher.getAuthTag()];
      return { ...header, nonce: nonce.toString('hex'), ciphertext: Buffer.concat(parts).toString('hex') };
    },

    async unlock(file) {
      const { data } = CustodyFileShape.safeParse(file);
      if (data === undefined) throw new KeyError('custody-malformed');
      const { nonce, ciphertext, ...header } = data;
      const key = await keyOf(header);
      const bytes = Buffer.from(ciphertext, 'hex');
      try {
        const cipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'hex'))
          .setAAD(canonicalJson(header))
          .setAuthTag(bytes.subarray(-tagLength));
        const parts = [cipher.update(bytes.subarray(0, -tagLength)), cipher.final()];
        const secrets = TrusteeSecretsShape.parse(JSON.parse(Buffer.concat(parts).toString()));
        first ??= { work: header.work, salt: header.salt };
        return secrets;
      } catch (cause) {
        throw new KeyError('custody-locked', undefined, { cause });
      }
    },
  };
}

const derive = promisify<string, Uint8Array, number, ScryptOptions, Buffer>(scrypt);

function derived(passphrase: string, { work, salt }: Header): Promise<Uint8Array> {
  const options = { N: 2 ** work, r: 8, p: 1, maxmem: 2 ** 31 };
  return derive(passphrase.normalize('NFC'), Buffer.from(salt, 'hex'), 32, options);
}
