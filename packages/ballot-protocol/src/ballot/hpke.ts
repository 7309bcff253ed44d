import { Aes128Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from '@hpke/core';
import { p256 } from '@noble/curves/nist.js';
import { concatBytes } from '@noble/hashes/utils.js';

const suite = new CipherSuite({
  kem: new DhkemP256HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Aes128Gcm(),
});
const encapsulatedLength = 65;

/** What a seal is bound to. */
export interface SealBinding {
  readonly info: Uint8Array;
  /** Additional data. */
  readonly aad: Uint8Array;
}

/** Seals (HPKE base mode) to a point of P-256, with a fresh encapsulation: encapsulated key (65 bytes) and ciphertext. */
export async function hpkeSeal(
  recipient: Uint8Array,
  { info, aad }: SealBinding,
  plaintext: Uint8Array,
): Promise<Uint8Array<ArrayBuffer>> {
  const uncompressed = p256.Point.fromBytes(recipient).toBytes(false);
  const recipientPublicKey = await suite.kem.deserializePublicKey(bufferOf(uncompressed));
  const sender = await suite.createSenderContext({ recipientPublicKey, info: bufferOf(info) });
  const ciphertext = await sender.seal(bufferOf(plaintext), bufferOf(aad));
  return concatBytes(new Uint8Array(sender.enc), new Uint8Array(ciphertext));
}

/** A secret key of P-256 (32 bytes) as `hpkeOpen` takes it. */
export async function hpkeSecretKey(secretKey: Uint8Array): Promise<HpkeSecretKey> {
  return suite.kem.deserializePrivateKey(bufferOf(secretKey));
}
export type HpkeSecretKey = Awaited<ReturnType<typeof suite.kem.deserializePrivateKey>>;

/** What was sealed; undefined when it does not open. Never throws, whatever the bytes. */
export async function hpkeOpen(
  recipientKey: HpkeSecretKey,
  { info, aad }: SealBinding,
  sealed: Uint8Array,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (!isSeal(sealed)) return undefined;
  const enc = bufferOf(sealed.subarray(0, encapsulatedLength));
  try {
    const recipient = await suite.createRecipientContext({ recipientKey, enc, info: bufferOf(info) });
    return new Uint8Array(await recipient.open(bufferOf(sealed.subarray(encapsulatedLength)), bufferOf(aad)));
  } catch {
    return undefined;
  }
}

/**
 * Whether bytes may be a seal at all: long enough, and an uncompressed point by their first byte. Libraries disagree
 * on other encodings of points.
 */
export function isSeal(sealed: Uint8Array): boolean {
  return sealed.length >= encapsulatedLength + 16 && sealed[0] === 4;
}

function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}
