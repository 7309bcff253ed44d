import { importJWK } from 'jose';
import type { JWK } from 'jose';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';

const PrivateJwk = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string(),
  d: z.string(),
  kid: z.string().min(1).max(64).optional(),
});

/** An Ed25519 key pair of this service. */
export interface SigningKey {
  readonly keyId: string;
  readonly privateKey: KeyObject;
  /** Raw 32 bytes in base64url. */
  readonly publicKey: string;
}

/** @throws Error when the file is no private Ed25519 JWK. */
export async function readSigningKey(file: string): Promise<SigningKey> {
  const parsed = PrivateJwk.safeParse(JSON.parse(await readFile(file, 'utf8')));
  if (!parsed.success) throw new Error('The key file holds no private Ed25519 JWK');
  const { kid, ...jwk } = parsed.data;
  return signingKey(createPrivateKey({ key: jwk, format: 'jwk' }), kid);
}

function signingKey(privateKey: KeyObject, kid?: string): SigningKey {
  const publicKey = createPublicKey(privateKey).export({ format: 'jwk' }).x!;
  return { keyId: kid ?? publicKey.slice(0, 16), privateKey, publicKey };
}

/** The public half as it is published for checking tokens. */
export function publicJwk({ keyId, publicKey }: SigningKey): JWK {
  return { kty: 'OKP', crv: 'Ed25519', x: publicKey, kid: keyId, alg: 'EdDSA', use: 'sig' };
}

export const signerOf = (key: SigningKey) =>
  importJWK({ ...key.privateKey.export({ format: 'jwk' }) }, 'EdDSA');
