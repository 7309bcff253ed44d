import { numberToBytesLE } from '@noble/curves/utils.js';

const littleEndian = (number: bigint) => numberToBytesLE(number, 32);
const p = 2n ** 255n - 19n;
const prime = littleEndian(p);
const order = littleEndian(2n ** 252n + 27742317777372353535851937790883648493n);
/** The y of the eight points whose order divides the cofactor; a sign makes no difference. */
const smallOrderY = [
  0n,
  1n,
  p - 1n,
  2707385501144840649318225287225658788936804267575313519463743609750303402022n,
  p - 2707385501144840649318225287225658788936804267575313519463743609750303402022n,
].map(littleEndian);

/**
 * Whether 32 bytes may stand for a public key or the R of a signature: y is reduced and not that of a point of
 * small order. Whether there is a point with this y is for the verification to find out.
 */
export function isStrictPoint(bytes: Uint8Array): boolean {
  if (bytes.length !== 32) return false;
  return comparePoint(bytes, prime) < 0 && smallOrderY.every((y) => comparePoint(bytes, y) !== 0);
}

/** Whether key and signature are encoded as RFC 8032 asks, without points of small order. Libraries disagree on these. */
export function isStrictlyEncoded(publicKey: Uint8Array, signature: Uint8Array): boolean {
  return (
    signature.length === 64 &&
    isStrictPoint(publicKey) &&
    isStrictPoint(signature.subarray(0, 32)) &&
    compareLittleEndian(signature.subarray(32), order) < 0
  );
}

/** Orders the y of a point, whose highest bit is the sign of x, and a number. */
function comparePoint(bytes: Uint8Array, number: Uint8Array): number {
  const difference = (bytes[31]! & 0x7f) - number[31]!;
  return difference === 0 ? compareLittleEndian(bytes.subarray(0, 31), number) : difference;
}

function compareLittleEndian(bytes: Uint8Array, number: Uint8Array): number {
  for (let at = bytes.length - 1; at >= 0; at -= 1) {
    const difference = bytes[at]! - number[at]!;
    if (difference !== 0) return difference;
  }
  return 0;
}
