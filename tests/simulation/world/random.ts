import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Chance that follows from a seed alone: everything a run leaves open is asked here. */
export interface Random {
  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number;
  /** True so many times out of one. */
  chance(probability: number): boolean;
  pick<T>(from: readonly T[]): T;
  /** Some of them, at least one, in an order of its own. */
  some<T>(from: readonly T[]): T[];
}

export function randomFrom(seed: number): Random {
  const generator = xoroshiro128plus(seed);
  const between = (least: number, most: number) => uniformInt(generator, least, most);
  const shuffled = <T>(from: readonly T[]): T[] => {
    const left = [...from];
    return from.map(() => left.splice(between(0, left.length - 1), 1)[0] as T);
  };
  return {
    between,
    chance: (probability) => probability > 0 && between(0, 999_999) < probability * 1_000_000,
    pick: (from) => from[between(0, from.length - 1)]!,
    some: (from) => shuffled(from).slice(0, between(1, from.length)),
  };
}
