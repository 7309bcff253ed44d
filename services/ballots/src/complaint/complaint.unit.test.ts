import { expect, it } from 'vitest';
import { placeFor, turns } from './complaint.ts';

it('complaints about what is there take no place from those about what was lost', () => {
  for (const state of ['waiting', 'on-board'] as const) {
    expect(placeFor(state, 999)).toBe('kept');
    expect(placeFor(state, 1_000)).toBe('needless');
    expect(placeFor(state, 10_000)).toBe('needless');
  }
  expect(placeFor('unknown', 9_999)).toBe('kept');
  expect(placeFor('unknown', 10_000)).toBe('refused');
});

it('complaints of one poll are taken in turn, a bounded number of them, whatever becomes of the one before', async () => {
  const inTurn = turns(2);
  const events: string[] = [];
  const [first, second] = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
  const one = inTurn('pol-1', () => (events.push('one'), first.promise));
  const two = inTurn('pol-1', () => (events.push('two'), second.promise));
  const elsewhere = inTurn('pol-2', async () => 'at once');
  expect(await elsewhere).toBe('at once');
  await expect(inTurn('pol-1', async () => 'three')).rejects.toThrow('too-many-complaints');
  expect(events).toEqual(['one']);
  first.reject(new Error('away'));
  await expect(one).rejects.toThrow('away');
  second.resolve('done');
  expect(await two).toBe('done');
  expect(events).toEqual(['one', 'two']);
  expect(await inTurn('pol-1', async () => 'four')).toBe('four');
});
