import { scryptAsync } from '@noble/hashes/scrypt.js';
import { bytesToHex, hexToBytes, randomBytes } from '@noble/hashes/utils.js';
import { z } from 'zod';
import { canonicalJson } from '../canonical.ts';
import { TrusteeSecretsShape } from './ceremony.shape.ts';
import type { TrusteeSecrets } from './ceremony.shape.ts';
import { KeyError } from './key.errors.ts';

const hex = z.string().regex(/^(?:[0-9a-f]{2})*$/);
const shortestPassphrase = 12;
/** 128 MiB and about half a second for every passphrase that somebody tries. */
const usualWork = 17;

/** A trustee's file: what it is for in the open, its secrets under a passphrase. */
export const CustodyFileShape = z.strictObject({
  protocol: z.literal('talkoot-custody-v1'),
  /** The trustee's own words, such as the poll's name; not secret, but protected from change. */
  label: z.string().max(200),
  /** scrypt with N = 2^work, r = 8, p = 1. */
  work: z.int().min(14).max(20),
  salt: hex.length(64),
  nonce: hex.length(24),
  /** AES-256-GCM. */
  ciphertext: hex.min(32).max(100_000),
});
export type CustodyFile = z.infer<typeof CustodyFileShape>;

/**
 * A custody file. Without the passphrase nobody opens it again.
 * @throws KeyError `passphrase-short`
 */
export async function lockCustody(
  passphrase: string,
  label: string,
  secrets: TrusteeSecrets,
  work: number = usualWork,
): Promise<CustodyFile> {
  if (passphrase.length < shortestPassphrase) throw new KeyError('passphrase-short');
  const header = { protocol: 'talkoot-custody-v1' as const, label, work, salt: bytesToHex(randomBytes(32)) };
  const nonce = randomBytes(12);
  const key = await keyOf(passphrase, header);
  const ciphertext = await crypto.subtle.encrypt(cipher(nonce, header), key, canonicalJson(secrets));
  return { ...header, nonce: bytesToHex(nonce), ciphertext: bytesToHex(new Uint8Array(ciphertext)) };
}

/**
 * The secrets in a custody file.
 * @throws KeyError `custody-malformed`, or `custody-locked` when the passphrase is wrong or the file was altered
 */
export async function unlockCustody(passphrase: string, file: unknown): Promise<TrusteeSecrets> {
  const { data } = CustodyFileShape.safeParse(file);
  if (data === undefined) throw new KeyError('custody-malformed');
  const { nonce, ciphertext, ...header } = data;
  const key = await keyOf(passphrase, header);
  try {
    const algorithm = cipher(hexToBytes(nonce), header);
    const plaintext = await crypto.subtle.decrypt(algorithm, key, hexToBytes(ciphertext));
    return TrusteeSecretsShape.parse(JSON.parse(new TextDecoder().decode(plaintext)));
  } catch (cause) {
    throw new KeyError('custody-locked', undefined, { cause });
  }
}

type Header = Omit<CustodyFile, 'nonce' | 'ciphertext'>;

async function keyOf(passphrase: string, { work, salt }: Header) {
  const options = { N: 2 ** work, r: 8, p: 1, dkLen: 32, maxmem: 2 ** 31 };
  const bytes = await scryptAsync(passphrase.normalize('NFC'), hexToBytes(salt), options);
  return crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']);
}

function cipher(nonce: Uint8Array<ArrayBuffer>, header: Header) {
  return { name: 'AES-GCM', iv: nonce, additionalData: canonicalJson(header) };
}
