import { Fraction } from 'fraction.js';

/** ⌊ᵏ√n⌋ for n ≥ 0, k ≥ 1, by Newton's method, which only falls once it is above the root. */
export function rootFloor(n: bigint, k: bigint): bigint {
  if (n === 0n) return 0n;
  let root = startAbove(n, k);
  for (;;) {
    const next = ((k - 1n) * root + n / root ** (k - 1n)) / k;
    if (next >= root) return root;
    root = next;
  }
}

/** Not below the root, and right in the upper half of its bits: the root of the upper bits, found the same way. */
function startAbove(n: bigint, k: bigint): bigint {
  const bits = BigInt(n.toString(2).length) / k + 1n;
  if (bits <= 4n) return 1n << bits;
  const lower = bits / 2n;
  return (rootFloor(n >> (k * lower), k) + 1n) << lower;
}

/** b with bᵐ = value for the largest m of those given; the value itself with m = 1 if there is none. */
export function perfectRoot(
  value: Fraction,
  candidates: readonly bigint[],
): { readonly base: Fraction; readonly m: bigint } {
  for (const m of candidates) {
    const [n, d] = [rootFloor(value.n, m), rootFloor(value.d, m)];
    if (n ** m === value.n && d ** m === value.d) return { base: new Fraction(n, d), m };
  }
  return { base: value, m: 1n };
}

/** Two fractions a unit of the last place apart between which base^(j/k) lies. */
export function powerBounds(
  base: Fraction,
  { j, k }: { j: bigint; k: bigint },
  places: number,
): [Fraction, Fraction] {
  const scale = 10n ** BigInt(places);
  const floor = rootFloor((base.n ** j * scale ** k) / base.d ** j, k);
  return [new Fraction(floor, scale), new Fraction(floor + 1n, scale)];
}
