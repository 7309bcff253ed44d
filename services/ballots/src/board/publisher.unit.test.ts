import { expect, it } from 'vitest';
import { mayBeDue } from './publisher.ts';

it('a board is looked at when twice a batch may wait, or when nobody can tell', () => {
  expect(mayBeDue({ seen: null, added: 0 }, 30)).toBe(true);
  expect(mayBeDue({ seen: 30, added: 29 }, 30)).toBe(false);
  expect(mayBeDue({ seen: 30, added: 30 }, 30)).toBe(true);
  expect(mayBeDue({ seen: 0, added: 60 }, 30)).toBe(true);
});
