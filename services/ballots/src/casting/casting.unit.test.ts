import { expect, it } from 'vitest';
import { castingOf } from './casting.ts';

it('a crowd beyond what can be stored at once is told to come again', async () => {
  const known = Promise.withResolvers<null>();
  const board = { pollOf: () => known.promise, stored: () => undefined };
  const casting = castingOf({ connection: {} as never, board, gates: {} as never, leaves: {} as never });
  const cast = () => casting.cast('pol-1', new Uint8Array(1));
  const crowd = Array.from({ length: 4_000 }, cast);
  await expect(cast()).rejects.toThrow('too-many-ballots-at-once');
  known.resolve(null);
  const ends = await Promise.allSettled(crowd);
  expect(ends.every((one) => one.status === 'rejected')).toBe(true);
  await expect(cast()).rejects.toThrow('poll-not-open');
});
