import { expect, it } from 'vitest';
import { placeFor } from './complaint.ts';

it('complaints about what is there take no place from those about what was lost', () => {
  for (const state of ['waiting', 'on-board'] as const) {
    expect(placeFor(state, 999)).toBe('kept');
    expect(placeFor(state, 1_000)).toBe('needless');
    expect(placeFor(state, 10_000)).toBe('needless');
  }
  expect(placeFor('unknown', 9_999)).toBe('kept');
  expect(placeFor('unknown', 10_000)).toBe('refused');
});
