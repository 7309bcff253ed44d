import { expect, it } from 'vitest';
import { chaosRules } from './chaos.rules.ts';

const remains = chaosRules([4, 5, 6, 7, 8, 9, 10, 11, 12, 13], (full) => full);

it('meets no error that a service did not expect', () => {
  expect(remains().unexpected).toEqual([]);
});
