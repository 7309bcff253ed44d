import { expect, it } from 'vitest';
import { createHash, createHmac } from 'node:crypto';
import { commitTo, rollOf } from './roll.ts';

it('leaves out who gains from the result and keeps only how many were eligible', () => {
  const roll = rollOf(['per-a', 'per-b', 'per-c'], ['per-b', 'per-x']);
  expect(roll).toEqual({ people: ['per-a', 'per-c'], excluded: 1 });
});

it('commits to each entry under a fresh salt, in an order that says nothing', () => {
  const people = Array.from({ length: 40 }, (_, index) => `per-${index}`);
  const [one, other] = [commitTo(people), commitTo(people)];
  expect(one.hash).not.toBe(other.hash);
  expect(one.hash).toBe(createHash('sha256').update(one.file).digest('hex'));
  const published = one.file.toString('hex').match(/.{64}/g)!;
  expect(published).toEqual(published.toSorted());
  const commitments = people.map((id, index) =>
    createHmac('sha256', one.salts.subarray(32 * index, 32 * (index + 1)))
      .update(id)
      .digest('hex'),
  );
  expect(new Set(published)).toEqual(new Set(commitments));
});

it('can be empty', () => {
  expect(commitTo([])).toMatchObject({ hash: createHash('sha256').digest('hex') });
});
