import * as fc from 'fast-check';
import { ed25519 } from '@noble/curves/ed25519.js';
import { bytesToNumberLE, numberToBytesLE } from '@noble/curves/utils.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { concatBytes, hexToBytes } from '@noble/hashes/utils.js';
import { describe, expect, test } from 'vitest';
import * as node from '../node/index.ts';
import { isStrictlyEncoded, isStrictPoint } from './ed25519.encoding.ts';
import { isPublicKey, newSigningKey, sign, verifySignature } from './ed25519.ts';
import speccheck from './speccheck.fixture.json' with { type: 'json' };

const { Point } = ed25519;
const order = Point.Fn.ORDER;
const message = Uint8Array.of(1, 2, 3);
/** A point of order 8. */
const torsion = Point.fromHex('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a');
const smallOrder = Array.from({ length: 8 }, (_, index) => torsion.multiplyUnsafe(BigInt(index)));
const prime = 2n ** 255n - 19n;

interface Signed {
  readonly key: Uint8Array;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

/** Both verdicts, which must be the same. */
function verdict({ key, message, signature }: Signed): boolean {
  const here = verifySignature(key, message, signature);
  expect(node.verifySignature(key, message, signature)).toBe(here);
  return here;
}

function challenge(R: Uint8Array, A: Uint8Array, message: Uint8Array): bigint {
  return bytesToNumberLE(sha512(concatBytes(R, A, message))) % order;
}

/** Signs with secret scalar `a` under whatever encodings of A and R are given, R = [r]B plus what `encodedR` hides. */
function signAs(a: bigint, r: bigint, A: Uint8Array, R: Uint8Array, message: Uint8Array): Signed {
  const s = (r + challenge(R, A, message) * a) % order;
  return { key: A, message, signature: concatBytes(R, numberToBytesLE(s, 32)) };
}

describe('what libraries disagree on is refused by both implementations', () => {
  test.each(speccheck.cases.map((sample, number) => ({ number, ...sample })))(
    'ed25519-speccheck $number',
    ({ number, publicKey, message, signature }) => {
      const signed = {
        key: hexToBytes(publicKey),
        message: hexToBytes(message),
        signature: hexToBytes(signature),
      };
      // Of these, case 3 alone is canonical, in range, of mixed order throughout, and holds without the cofactor.
      expect(verdict(signed)).toBe(number === 3);
    },
  );

  test('each of the eight points of small order as the key, also in encodings that are not reduced', () => {
    for (const point of smallOrder) {
      for (const key of encodings(point)) {
        expect(isStrictPoint(key)).toBe(false);
        expect(isPublicKey(key)).toBe(false);
        // [0]B = R + [k]A: holds for R = −[k]A. Among so many messages k takes every value modulo 8.
        for (let tries = 0; tries < 16; tries++) {
          const text = Uint8Array.of(tries);
          for (const R of smallOrder) {
            const signature = concatBytes(R.toBytes(), new Uint8Array(32));
            expect(verdict({ key, message: text, signature })).toBe(false);
          }
        }
      }
    }
  });

  test('an R of small order, which @noble/curves alone accepts', () => {
    const a = 12345n;
    const A = Point.BASE.multiply(a).toBytes();
    const identity = Point.ZERO.toBytes();
    const signed = signAs(a, 0n, A, identity, message);
    expect(ed25519.verify(signed.signature, message, A, { zip215: false })).toBe(true);
    expect(verdict(signed)).toBe(false);
  });

  test('a signature that holds only with the cofactor, which @noble/curves alone accepts', () => {
    const a = 999n;
    const r = 777n;
    const A = Point.BASE.multiply(a).toBytes();
    const R = Point.BASE.multiply(r).add(torsion).toBytes();
    const signed = signAs(a, r, A, R, message);
    expect(ed25519.verify(signed.signature, message, A, { zip215: false })).toBe(true);
    expect(verdict(signed)).toBe(false);
  });

  test('an S of the group order or more', () => {
    const { secretKey, publicKey } = newSigningKey();
    const signature = sign(secretKey, message);
    const S = bytesToNumberLE(signature.subarray(32));
    for (const shifted of [S + order, order]) {
      const altered = concatBytes(signature.subarray(0, 32), numberToBytesLE(shifted, 32));
      expect(verdict({ key: publicKey, message, signature: altered })).toBe(false);
    }
  });

  test('a key that is no point, and keys and signatures of a wrong length', () => {
    const { secretKey, publicKey } = newSigningKey();
    const signature = sign(secretKey, message);
    const noPoint = Uint8Array.of(2, ...new Uint8Array(31));
    expect(isPublicKey(noPoint)).toBe(false);
    expect(verdict({ key: noPoint, message, signature })).toBe(false);
    expect(verdict({ key: publicKey.subarray(1), message, signature })).toBe(false);
    expect(verdict({ key: publicKey, message, signature: signature.subarray(1) })).toBe(false);
  });

  test('every y that is not reduced, of whatever order', () => {
    for (let excess = 0n; excess < 19n; excess++) {
      expect(isStrictPoint(numberToBytesLE(prime + excess, 32))).toBe(false);
    }
    expect(isStrictPoint(numberToBytesLE(prime - 2n, 32))).toBe(true);
  });

  test('a mixed-order key whose signature holds without the cofactor is accepted by both', () => {
    const a = 4242n;
    const A = Point.BASE.multiply(a).add(torsion);
    for (let tries = 0; tries < 64; tries++) {
      const text = Uint8Array.of(tries);
      const r = 5n + BigInt(tries);
      const R = Point.BASE.multiply(r).toBytes();
      const signed = signAs(a, r, A.toBytes(), R, text);
      expect(verdict(signed)).toBe(challenge(R, A.toBytes(), text) % 8n === 0n);
    }
  });
});

test('whether key, R and S are reduced is told as by numbers, also around prime and order', () => {
  const near = (bound: bigint) => fc.bigInt({ min: bound - 3n, max: bound + 3n }).filter((one) => one >= 0n);
  const bytesOf = (number: bigint) => numberToBytesLE(number, 32);
  const any = fc.oneof(
    near(0n),
    near(prime),
    near(order),
    near(2n ** 255n - 4n),
    fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }),
  );
  const small = new Set(smallOrder.map((point) => point.toAffine().y));
  const isPointByNumber = (number: bigint) => {
    const y = number % 2n ** 255n;
    return y < prime && !small.has(y);
  };
  fc.assert(
    fc.property(any, any, any, (A, R, S) => {
      expect(isStrictPoint(bytesOf(A))).toBe(isPointByNumber(A));
      const byNumbers = isPointByNumber(A) && isPointByNumber(R) && S < order;
      expect(isStrictlyEncoded(bytesOf(A), concatBytes(bytesOf(R), bytesOf(S)))).toBe(byNumbers);
    }),
    { numRuns: 2_000 },
  );
});

test('what was signed verifies, and a changed bit anywhere does not, by either implementation', () => {
  const bit = fc.nat({ max: (32 + 64) * 8 - 1 });
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), bit, (text, bit) => {
      const { secretKey, publicKey } = newSigningKey();
      const signature = sign(secretKey, text);
      expect(verdict({ key: publicKey, message: text, signature })).toBe(true);
      const both = concatBytes(publicKey, signature);
      both[bit >> 3]! ^= 1 << (bit & 7);
      const altered = { key: both.subarray(0, 32), message: text, signature: both.subarray(32) };
      expect(verdict(altered)).toBe(false);
    }),
    { numRuns: 40 },
  );
});

function encodings(point: (typeof smallOrder)[number]): Uint8Array[] {
  const y = point.toAffine().y;
  const values = [y, ...(y + prime < 2n ** 255n ? [y + prime] : [])];
  return values.flatMap((value) => [numberToBytesLE(value, 32), numberToBytesLE(value | (1n << 255n), 32)]);
}
