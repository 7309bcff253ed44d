import { bytesToNumberLE } from '@noble/curves/utils.js';

const prime = 2n ** 255n - 19n;
const order = 2n ** 252n + 27742317777372353535851937790883648493n;
/** The y of the eight points whose order divides the cofactor; a sign makes no difference. */
const smallOrderY = new Set([
  0n,
  1n,
  prime - 1n,
  2707385501144840649318225287225658788936804267575313519463743609750303402022n,
  prime - 2707385501144840649318225287225658788936804267575313519463743609750303402022n,
]);

/**
 * Whether 32 bytes may stand for a public key or the R of a signature: y is reduced and not that of a point of
 * small order. Whether there is a point with this y is for the verification to find out.
 */
export function isStrictPoint(bytes: Uint8Array): boolean {
  if (bytes.length !== 32) return false;
  const y = bytesToNumberLE(bytes) & (2n ** 255n - 1n);
  return y < prime && !smallOrderY.has(y);
}

/** Whether key and signature are encoded as RFC 8032 asks, without points of small order. Libraries disagree on these. */
export function isStrictlyEncoded(publicKey: Uint8Array, signature: Uint8Array): boolean {
  return (
    signature.length === 64 &&
    isStrictPoint(publicKey) &&
    isStrictPoint(signature.subarray(0, 32)) &&
    bytesToNumberLE(signature.subarray(32)) < order
  );
}
