import { emsa_pss_encode } from '@cloudflare/blindrsa-ts/lib/src/util.js';
import { invert, mod, pow } from '@noble/curves/abstract/modular.js';
import { bytesToNumberBE, hexToNumber, numberToBytesBE } from '@noble/curves/utils.js';
import { modulusOf } from './issuer.key.ts';
import type { IssuerPublicKey } from './issuer.key.ts';

const exponent = 65537n;
const encoding = { hash: 'SHA-384', sLen: 48 };

interface Modulus {
  readonly n: bigint;
  /** In bytes. */
  readonly length: number;
}

/**
 * RFC 9474, Blind, of a prepared message. The library's own takes more than ten times as long, most of it in two
 * inversions.
 * @throws Error for a message or a factor that shares a divisor with the modulus: whoever meets one has broken the key
 */
export async function blind(issuer: IssuerPublicKey, prepared: Uint8Array) {
  const { n, length } = await modulusIn(issuer);
  const encoded = bytesToNumberBE(await emsa_pss_encode(prepared, 8 * length - 1, encoding));
  const factor = randomBelow({ n, length });
  // One inversion answers for both: it succeeds only if both numbers have an inverse.
  const inverse = mod(invert(mod(encoded * factor, n), n) * encoded, n);
  const blinded = mod(encoded * pow(factor, exponent, n), n);
  return { blinded: bytesOf(blinded, length), inverse: bytesOf(inverse, length) };
}

/**
 * What a blind signature becomes. Whether that is a signature, its verification has to tell.
 * @throws RangeError for another length than the modulus
 */
export async function unblind(
  issuer: IssuerPublicKey,
  blindSignature: Uint8Array,
  inverse: Uint8Array,
): Promise<Uint8Array<ArrayBuffer>> {
  const { n, length } = await modulusIn(issuer);
  if (blindSignature.length !== length) throw new RangeError(`${blindSignature.length} bytes`);
  return bytesOf(mod(bytesToNumberBE(blindSignature) * bytesToNumberBE(inverse), n), length);
}

async function modulusIn(issuer: IssuerPublicKey): Promise<Modulus> {
  const hex = modulusOf((await crypto.subtle.exportKey('jwk', issuer)).n!);
  return { n: hexToNumber(hex), length: hex.length / 2 };
}

/** Uniform from 1 to below n, as RFC 9474 draws it. */
function randomBelow({ n, length }: Modulus): bigint {
  for (;;) {
    const drawn = bytesToNumberBE(crypto.getRandomValues(new Uint8Array(length)));
    if (drawn > 0n && drawn < n) return drawn;
  }
}

const bytesOf = (value: bigint, length: number) => Uint8Array.from(numberToBytesBE(value, length));
