/** P-256 by the textbook: affine points, big integers, no library. Slow, and independent of everything else here. */

const p = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
export const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

type SlowPoint = readonly [x: bigint, y: bigint] | 'infinity';

export const generator: SlowPoint = [
  0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
  0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
];

export function mod(value: bigint, modulus: bigint): bigint {
  return ((value % modulus) + modulus) % modulus;
}

export function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (const bit of exponent.toString(2)) {
    result = (result * result) % modulus;
    if (bit === '1') result = (result * base) % modulus;
  }
  return result;
}

export function inverse(value: bigint, modulus: bigint): bigint {
  return power(mod(value, modulus), modulus - 2n, modulus);
}

export function add(left: SlowPoint, right: SlowPoint): SlowPoint {
  if (left === 'infinity') return right;
  if (right === 'infinity') return left;
  const [x1, y1] = left;
  const [x2, y2] = right;
  if (x1 === x2 && mod(y1 + y2, p) === 0n) return 'infinity';
  const slope = x1 === x2 ? (3n * x1 * x1 - 3n) * inverse(2n * y1, p) : (y2 - y1) * inverse(x2 - x1, p);
  const x3 = mod(slope * slope - x1 - x2, p);
  return [x3, mod(slope * (x1 - x3) - y1, p)];
}

export function multiply(point: SlowPoint, scalar: bigint): SlowPoint {
  let result: SlowPoint = 'infinity';
  for (const bit of scalar.toString(2)) {
    result = add(result, result);
    if (bit === '1') result = add(result, point);
  }
  return result;
}

export function compress(point: SlowPoint): string {
  if (point === 'infinity') throw new Error('no encoding');
  const [x, y] = point;
  return `${(y & 1n) === 0n ? '02' : '03'}${hex(x)}`;
}

export function hex(value: bigint): string {
  return value.toString(16).padStart(64, '0');
}

/** The value of a polynomial, coefficients from the constant one on. */
export function evaluate(coefficients: readonly bigint[], x: bigint): bigint {
  return coefficients.reduce((sum, value, place) => mod(sum + value * x ** BigInt(place), order), 0n);
}

/** The value at 0 of the polynomial through these points. */
export function interpolate(points: readonly (readonly [x: bigint, y: bigint])[]): bigint {
  return points.reduce((sum, [x, y]) => {
    const others = points.map(([other]) => other).filter((other) => other !== x);
    const factor = others.reduce((product, other) => product * other * inverse(other - x, order), 1n);
    return mod(sum + y * factor, order);
  }, 0n);
}
