import { expect, it } from 'vitest';
import { rollOf } from './roll.ts';

it('leaves out who gains from the result and keeps only how many were eligible', () => {
  const roll = rollOf(['per-a', 'per-b', 'per-c'], ['per-b', 'per-x']);
  expect(roll).toEqual({ people: ['per-a', 'per-c'], excluded: 1 });
});
