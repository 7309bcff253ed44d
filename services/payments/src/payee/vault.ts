import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';

/** A text encrypted with AES-256-GCM; all parts are base64. */
export interface Sealed {
  readonly iv: string;
  readonly tag: string;
  readonly text: string;
}

/** What the vault itself sealed, with the name of the key that it took. */
export interface VaultSealed extends Sealed {
  readonly by: string;
}

/** HMAC-SHA-256 of a text that is stored in clear, in hex, with the name of the key that it took. */
export interface VaultMac {
  readonly by: string;
  readonly mac: string;
}

/** Encrypts and fingerprints what belongs to one payee. */
export interface PayeeKey {
  seal(text: string): Sealed;
  /** @throws Error for what another key sealed, or what was changed since. */
  open(sealed: Sealed): string;
  /** Equal texts of this payee have equal fingerprints; without the key nobody can try texts, nor compare payees. */
  fingerprint(text: string): string;
}

/** Makes and unlocks the keys of payees, seals what belongs to no single one, and marks what has to be compared between them. */
export interface Vault {
  /** Names the key that wraps from now on. */
  readonly keyId: string;
  /** For what belongs to no single payee. @param about what the text belongs to; opening it for anything else fails. */
  seal(text: string, about: string): VaultSealed;
  open(sealed: VaultSealed, about: string): string;
  /** A new random key, sealed: whoever deletes it deletes what it opens. @param about whose it is */
  newKey(about: string): VaultSealed;
  unlock(wrapped: VaultSealed, about: string): PayeeKey;
  /** Keyed hash by the current key: nobody without it can try texts. */
  fingerprint(text: string): string;
  /** Vouches for a text by the current key: nobody without it can write another one. */
  vouch(text: string): VaultMac;
  /** Whether the current key, or one before it, vouched for exactly this text. */
  isVouched(mac: VaultMac, text: string): boolean;
}

interface MasterKey {
  readonly id: string;
  readonly wrapping: Buffer;
  readonly marking: Buffer;
  readonly vouching: Buffer;
}

/**
 * @param key 32 bytes; what wraps, what marks, what vouches and the key's own name are derived from it.
 * @param before keys of earlier days: they still unlock, and nothing new is wrapped by them.
 */
export function createVault(key: Uint8Array, before: readonly Uint8Array[] = []): Vault {
  const current = masterKey(key);
  const known = [current, ...before.map(masterKey)];
  const openAny = (sealed: VaultSealed, about: string) => {
    const master = known.find(({ id }) => id === sealed.by);
    if (!master) throw new Error(`Nobody has given the payee key ${sealed.by}`);
    return open(master.wrapping, sealed, about);
  };
  const sealNow = (text: string, about: string): VaultSealed => ({
    by: current.id,
    ...seal(current.wrapping, text, about),
  });
  return {
    keyId: current.id,
    seal: sealNow,
    open: openAny,
    newKey: (about) => sealNow(randomBytes(32).toString('base64'), about),
    unlock: (wrapped, about) => payeeKey(Buffer.from(openAny(wrapped, about), 'base64'), about),
    fingerprint: (text) => mark(current.marking, text),
    vouch: (text) => ({ by: current.id, mac: mark(current.vouching, text) }),
    isVouched(given, text) {
      const master = known.find(({ id }) => id === given.by);
      return master !== undefined && isEqual(given.mac, mark(master.vouching, text));
    },
  };
}

/** Takes as long however much of the two is equal. What is given was read from the database, and may be anything. */
function isEqual(given: unknown, expected: string): boolean {
  if (typeof given !== 'string') return false;
  const [one, other] = [Buffer.from(given), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}

function masterKey(key: Uint8Array): MasterKey {
  const derived = (use: string) => Buffer.from(hkdfSync('sha256', key, '', `talkoot payee ${use}`, 32));
  return {
    id: derived('key id').toString('hex').slice(0, 12),
    wrapping: derived('wrapping'),
    marking: derived('fingerprint'),
    vouching: derived('voucher'),
  };
}

function payeeKey(content: Buffer, about: string): PayeeKey {
  const derived = (use: string) => Buffer.from(hkdfSync('sha256', content, '', `talkoot payee ${use}`, 32));
  const [sealing, marking] = [derived('details'), derived('fingerprint')];
  return {
    seal: (text) => seal(sealing, text, about),
    open: (sealed) => open(sealing, sealed, about),
    fingerprint: (text) => mark(marking, text),
  };
}

const mark = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest('hex');

function seal(key: Buffer, text: string, about: string): Sealed {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  cipher.setAAD(Buffer.from(about));
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  const base64 = (bytes: Buffer) => bytes.toString('base64');
  return { iv: base64(iv), tag: base64(cipher.getAuthTag()), text: base64(sealed) };
}

function open(key: Buffer, sealed: Sealed, about: string): string {
  const bytes = (text: string) => Buffer.from(text, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes(sealed.iv), { authTagLength: 16 });
  decipher.setAAD(Buffer.from(about));
  decipher.setAuthTag(bytes(sealed.tag));
  return Buffer.concat([decipher.update(bytes(sealed.text)), decipher.final()]).toString('utf8');
}
