import {
  createCipheriv,
  createDecipheriv,
  createECDH,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  ECDH,
  hash,
} from 'node:crypto';
import type { JsonWebKey, KeyObject } from 'node:crypto';
import { isSeal } from '../ballot/hpke.ts';
import { sealAad, sealInfo } from '../ballot/seal.ts';
import type { SealPlace } from '../ballot/seal.ts';
import type { BindingManifest } from '../manifest/manifest.read.ts';

const version = Buffer.from('HPKE-v1');
/** DHKEM(P-256, HKDF-SHA256). */
const kem = Buffer.concat([Buffer.from('KEM'), Buffer.of(0x00, 0x10)]);
/** The same with HKDF-SHA256 and AES-128-GCM. */
const suite = Buffer.concat([Buffer.from('HPKE'), Buffer.of(0x00, 0x10, 0x00, 0x01, 0x00, 0x01)]);
const nothing = Buffer.alloc(0);
const baseMode = Buffer.of(0x00);
const curve = 'prime256v1';
/** SubjectPublicKeyInfo of P-256 before the uncompressed point. */
const spkiPrefix = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d030107034200', 'hex');
const encapsulatedLength = 65;
const tagLength = 16;

/** Opens the sealed ballot of a leaf; undefined when it does not open. */
export type BallotOpener = (leaf: SealPlace & { readonly sealed: Uint8Array }) => Uint8Array | undefined;

/** As `ballotOpener` of the main entry, by node:crypto. The opener never throws. */
export function ballotOpener({ m }: BindingManifest, secretKey: Uint8Array): BallotOpener {
  const open = hpkeOpener(secretKey, sealInfo(m));
  return (leaf) => open(leaf.sealed, sealAad(leaf));
}

/** Seals a plaintext to the poll's key for one leaf. */
export type BallotSealer = (place: SealPlace, plaintext: Uint8Array) => Uint8Array;

/** As `sealBallot` of the main entry, by node:crypto. */
export function ballotSealer({ manifest, m }: BindingManifest): BallotSealer {
  const recipient = ECDH.convertKey(
    manifest.key.commitments[0]!,
    curve,
    'hex',
    undefined,
    'uncompressed',
  ) as Buffer;
  const schedule = scheduleOf(sealInfo(m));
  return (place, plaintext) => {
    const ephemeral = createECDH(curve);
    const enc = ephemeral.generateKeys();
    const keys = keysOf(ephemeral.computeSecret(recipient), enc, recipient, schedule);
    return Buffer.concat([enc, encrypt(keys, plaintext, sealAad(place))]);
  };
}

/** Opens seals (HPKE base mode, RFC 9180) made for one secret key of P-256 and one info; undefined if they do not open. */
export function hpkeOpener(secretKey: Uint8Array, info: Uint8Array) {
  const { privateKey, publicKey } = keyPairOf(secretKey);
  const schedule = scheduleOf(info);
  return (sealed: Uint8Array, aad: Uint8Array): Uint8Array | undefined => {
    if (!isSeal(sealed)) return undefined;
    const enc = sealed.subarray(0, encapsulatedLength);
    try {
      const dh = diffieHellman({ privateKey, publicKey: pointOf(enc) });
      return decrypt(keysOf(dh, enc, publicKey, schedule), sealed.subarray(encapsulatedLength), aad);
    } catch {
      return undefined;
    }
  };
}

function keyPairOf(secretKey: Uint8Array): { readonly privateKey: KeyObject; readonly publicKey: Buffer } {
  const ecdh = createECDH(curve);
  ecdh.setPrivateKey(secretKey);
  const publicKey = ecdh.getPublicKey();
  const [d, x, y] = [secretKey, publicKey.subarray(1, 33), publicKey.subarray(33)].map((bytes) =>
    Buffer.from(bytes).toString('base64url'),
  );
  const key = { kty: 'EC', crv: 'P-256', d, x, y } as JsonWebKey;
  return { privateKey: createPrivateKey({ key, format: 'jwk' }), publicKey };
}

/**
 * A point as a key. Reading it refuses what is not on the curve, which suffices: the cofactor is 1. `ECDH.computeSecret` would also
 * multiply it by the order of the group, and take twice as long.
 * @throws Error if it is not on the curve
 */
function pointOf(enc: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.concat([spkiPrefix, enc]), format: 'der', type: 'spki' });
}

interface SealKeys {
  readonly key: Buffer;
  readonly nonce: Buffer;
}

/** What depends on the info alone. */
function scheduleOf(info: Uint8Array): Buffer {
  return Buffer.concat([
    baseMode,
    extract(suite, nothing, 'psk_id_hash', nothing),
    extract(suite, nothing, 'info_hash', info),
  ]);
}

function keysOf(dh: Uint8Array, enc: Uint8Array, recipient: Uint8Array, schedule: Buffer): SealKeys {
  const prk = extract(kem, nothing, 'eae_prk', dh);
  const shared = expand(kem, prk, 'shared_secret', Buffer.concat([enc, recipient]), 32);
  const secret = extract(suite, shared, 'secret', nothing);
  return {
    key: expand(suite, secret, 'key', schedule, 16),
    nonce: expand(suite, secret, 'base_nonce', schedule, 12),
  };
}

function encrypt({ key, nonce }: SealKeys, plaintext: Uint8Array, aad: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-128-gcm', key, nonce, { authTagLength: tagLength });
  cipher.setAAD(aad);
  return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

function decrypt({ key, nonce }: SealKeys, ciphertext: Uint8Array, aad: Uint8Array): Uint8Array {
  const decipher = createDecipheriv('aes-128-gcm', key, nonce, { authTagLength: tagLength });
  decipher.setAAD(aad);
  decipher.setAuthTag(ciphertext.subarray(-tagLength));
  const plaintext = decipher.update(ciphertext.subarray(0, -tagLength));
  decipher.final();
  return plaintext;
}

/** LabeledExtract. */
function extract(id: Buffer, salt: Uint8Array, label: string, material: Uint8Array): Buffer {
  return hmac(salt, version, id, Buffer.from(label), material);
}

/** LabeledExpand to at most one block of HMAC-SHA-256. */
function expand(id: Buffer, prk: Buffer, label: string, info: Uint8Array, length: number): Buffer {
  const size = Buffer.of(0x00, length);
  return hmac(prk, size, version, id, Buffer.from(label), info, Buffer.of(0x01)).subarray(0, length);
}

/** HMAC-SHA-256 under a key of at most 64 bytes. `createHmac` takes three times as long, five times a ballot. */
function hmac(key: Uint8Array, ...parts: readonly Uint8Array[]): Buffer {
  const inner = Buffer.alloc(64, 0x36);
  const outer = Buffer.alloc(64, 0x5c);
  for (const [place, byte] of key.entries()) {
    inner[place]! ^= byte;
    outer[place]! ^= byte;
  }
  return hash(
    'sha256',
    Buffer.concat([outer, hash('sha256', Buffer.concat([inner, ...parts]), 'buffer')]),
    'buffer',
  );
}
