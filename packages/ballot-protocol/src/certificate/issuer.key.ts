import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';

/** An issuer's public key as WebCrypto has it. */
export type IssuerPublicKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

const algorithm = { name: 'RSA-PSS', hash: 'SHA-384' };

/** The WebCrypto form of an issuer's public key, from the modulus in the manifest (hexadecimal). */
export function importIssuerKey(modulus: string): Promise<IssuerPublicKey> {
  return crypto.subtle.importKey('jwk', issuerJwk(modulus), algorithm, true, ['verify']);
}

/** The JSON Web Key of an issuer's public key; the exponent is 65537. */
export function issuerJwk(modulus: string): { kty: 'RSA'; n: string; e: string } {
  return { kty: 'RSA', n: base64Url(hexToBytes(modulus)), e: 'AQAB' };
}

/** The modulus, hexadecimal, of a JSON Web Key. */
export function modulusOf(n: string): string {
  const text = atob(n.replaceAll('-', '+').replaceAll('_', '/'));
  return bytesToHex(Uint8Array.from(text, (character) => character.charCodeAt(0)));
}

function base64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
