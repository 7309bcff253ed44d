import pMap from 'p-map';
import { now } from './clock.ts';

/** Which events: numbered from `first`. */
export interface Some {
  readonly first: number;
  readonly count: number;
}

export const numbersOf = ({ first, count }: Some): number[] =>
  Array.from({ length: count }, (_, index) => first + index);

/** Sends at a steady pace, whether or not earlier ones are through; answers what `send` did for each. */
export async function atPace<T>(
  some: Some,
  everyMs: number,
  send: (index: number) => Promise<T>,
): Promise<T[]> {
  const begun = now();
  return Promise.all(
    numbersOf(some).map(async (index, place) => {
      await new Promise((resolve) => setTimeout(resolve, Math.max(begun + place * everyMs - now(), 0)));
      return send(index);
    }),
  );
}

/** Sends as fast as so many at once can; answers when it began. */
export async function atOnce(
  some: Some,
  many: number,
  send: (index: number) => Promise<unknown>,
): Promise<number> {
  const begun = now();
  await pMap(numbersOf(some), send, { concurrency: many });
  return begun;
}
