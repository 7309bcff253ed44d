import { expect, test } from 'vitest';
import { inWaves } from './order.ts';

const names = (waves: { name: string }[][]): string[][] => waves.map((wave) => wave.map(({ name }) => name));

test('a process comes after all it needs, and beside those it does not', () => {
  const waves = inWaves([
    { name: 'projects', needs: ['mongod', 'kafka'] },
    { name: 'mongod', needs: [] },
    { name: 'worker', needs: ['projects'] },
    { name: 'kafka', needs: [] },
  ]);
  expect(names(waves)).toEqual([['mongod', 'kafka'], ['projects'], ['worker']]);
});

test('a need that is not listed counts as met', () => {
  expect(names(inWaves([{ name: 'projects', needs: ['mongod'] }]))).toEqual([['projects']]);
});

test('refuses processes that need each other', () => {
  const circle = [
    { name: 'a', needs: ['b'] },
    { name: 'b', needs: ['a'] },
  ];
  expect(() => inWaves(circle)).toThrow('These need each other: a, b');
});
