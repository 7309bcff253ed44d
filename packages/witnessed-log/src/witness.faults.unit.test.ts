import { expect, test } from 'vitest';
import { witnessFaults } from './witness.faults.ts';

function listening() {
  const lines: object[] = [];
  const clock = { at: 1_000_000 };
  const faults = witnessFaults({ log: { warn: (fields) => void lines.push(fields) }, now: () => clock.at });
  return { ...faults, lines, clock };
}

test('a witness at fault is logged once a minute, each by itself', () => {
  const { hear, lines, clock } = listening();
  const silence = new Error('silent');
  for (let times = 0; times < 50; times += 1) hear('first', silence);
  hear('second', silence);
  expect(lines).toEqual([
    { witness: 'first', err: silence },
    { witness: 'second', err: silence },
  ]);
  clock.at += 60_000;
  hear('first', silence);
  expect(lines).toHaveLength(3);
});

test('it shows for ninety seconds after its last fault', () => {
  const { hear, check, clock } = listening();
  expect(check).not.toThrow();
  hear('first', new Error('silent'));
  clock.at += 60_000;
  hear('second', new Error('silent'));
  clock.at += 29_999;
  expect(check).toThrow('first, second');
  clock.at += 1;
  expect(check).toThrow(/: second$/);
  clock.at += 60_000;
  expect(check).not.toThrow();
});
