import { canonicalJson } from '@talkoot/ballot-protocol';
import { createCipheriv, createDecipheriv, createHash, randomBytes, scrypt } from 'node:crypto';
import type { ScryptOptions } from 'node:crypto';
import { promisify } from 'node:util';
import { z } from 'zod';
import { PollRefused } from '../poll.errors.ts';
import { contentOf, replaceFile } from '../secret.file.ts';
import { PoolShape, shuffledPool } from './pool.ts';
import type { Pool, PoolStore } from './pool.ts';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const shortestPassphrase = 12;
/** 128 MiB and about half a second for every passphrase that somebody tries. */
const usualWork = 17;
const protocol = 'talkoot-desk-pool-v1';

const FileShape = z.strictObject({
  protocol: z.literal(protocol),
  /** scrypt with N = 2^work, r = 8, p = 1, once for each passphrase. */
  work: z.int().min(14).max(20),
  salts: z.tuple([hash, hash]),
  nonce: z.string().regex(/^[0-9a-f]{24}$/),
  /** AES-256-GCM, with its tag at the end; base64. */
  ciphertext: z.base64().max(200_000_000),
});
type Header = Pick<z.infer<typeof FileShape>, 'protocol' | 'work' | 'salts'>;

/** Of one officer of each organisation, the municipality's first; neither opens the pool alone. */
export type Passphrases = readonly [string, string];

/** Whether there is a pool in this place. */
export const poolExists = async (file: string): Promise<boolean> => (await contentOf(file)) !== null;

/**
 * A pool in a file under two passphrases. It is replaced whole, so that a crash leaves the one before or the one after.
 * Keeping throws PollRefused `passphrase-short`, `passphrases-same`, `pool-changed`; opening `pool-malformed`, `pool-locked`.
 */
export function poolFile(file: string, passphrases: Passphrases, work = usualWork): PoolStore {
  let lock: Lock | null = null;
  /** Of the file as this program knows it; null: there is none. */
  let standing: string | null = null;

  async function requireStanding(): Promise<void> {
    const text = await contentOf(file);
    const nonce = text === null ? null : parsed(text, file).nonce;
    if (nonce === standing) return;
    throw new PollRefused(
      'pool-changed',
      `Another program wrote ${file} meanwhile. Use it in one place only.`,
    );
  }

  return {
    async open() {
      const text = await contentOf(file);
      if (text === null) return null;
      const { nonce, ciphertext, ...header } = parsed(text, file);
      // Deriving it takes a second, and a desk opens its pool for every voter.
      const isKnown = lock !== null && isSameHeader(lock.header, header);
      const key = isKnown ? lock!.key : await keyOf(passphrases, header);
      const pool = decrypted({ key, header, nonce, ciphertext });
      lock = { key, header };
      standing = nonce;
      return pool;
    },
    async keep(pool) {
      lock ??= await newLock(passphrases, work);
      await requireStanding();
      const next = encrypted(lock, shuffledPool(pool));
      await replaceFile(file, JSON.stringify(next));
      standing = next.nonce;
    },
  };
}

const isSameHeader = (one: Header, other: Header): boolean =>
  one.work === other.work && one.salts.join() === other.salts.join();

async function newLock(passphrases: Passphrases, work: number): Promise<Lock> {
  if (passphrases.some(({ length }) => length < shortestPassphrase)) {
    throw new PollRefused('passphrase-short', 'Each passphrase has at least 12 characters.');
  }
  if (passphrases[0] === passphrases[1]) {
    throw new PollRefused('passphrases-same', 'Each officer chooses a passphrase of their own.');
  }
  const salt = () => randomBytes(32).toString('hex');
  const header: Header = { protocol, work, salts: [salt(), salt()] };
  return { header, key: await keyOf(passphrases, header) };
}

function encrypted({ header, key }: Lock, pool: Pool): z.infer<typeof FileShape> {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(canonicalJson(header));
  const parts = [cipher.update(JSON.stringify(pool)), cipher.final(), cipher.getAuthTag()];
  return { ...header, nonce: nonce.toString('hex'), ciphertext: Buffer.concat(parts).toString('base64') };
}

interface Lock {
  readonly header: Header;
  readonly key: Uint8Array;
}
interface Locked extends Lock {
  readonly nonce: string;
  readonly ciphertext: string;
}

function decrypted({ key, header, nonce, ciphertext }: Locked): Pool {
  const bytes = Buffer.from(ciphertext, 'base64');
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'hex'))
      .setAAD(canonicalJson(header))
      .setAuthTag(bytes.subarray(-16));
    const text = Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]).toString();
    return PoolShape.parse(JSON.parse(text));
  } catch (cause) {
    throw new PollRefused('pool-locked', 'A passphrase is wrong, or the file was altered.', { cause });
  }
}

function parsed(text: string, file: string): z.infer<typeof FileShape> {
  try {
    return FileShape.parse(JSON.parse(text));
  } catch (cause) {
    throw new PollRefused('pool-malformed', `${file} is no pool of a desk.`, { cause });
  }
}

const derive = promisify<string, Uint8Array, number, ScryptOptions, Buffer>(scrypt);

/** Of both passphrases together. */
async function keyOf(passphrases: Passphrases, { work, salts }: Header): Promise<Uint8Array> {
  const options = { N: 2 ** work, r: 8, p: 1, maxmem: 2 ** 31 };
  const [first, second] = await Promise.all(
    passphrases.map((one, at) => derive(one.normalize('NFC'), Buffer.from(salts[at]!, 'hex'), 32, options)),
  );
  return createHash('sha256').update(protocol).update(first!).update(second!).digest();
}
