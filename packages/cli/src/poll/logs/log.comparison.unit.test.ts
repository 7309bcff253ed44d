import { GrowingTree, leafHash } from '@talkoot/ballot-protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { agreementOf } from './log.comparison.ts';

const headOf = (leaves: readonly number[]) => {
  const tree = new GrowingTree();
  for (const leaf of leaves) tree.append(leafHash(Uint8Array.of(leaf)));
  return { size: tree.size, root: tree.root() };
};
const logOf = (leaves: readonly number[]) => ({
  ...headOf(leaves),
  rootAt: (size: number) => headOf(leaves.slice(0, size)).root,
});
const leaves = fc.array(fc.nat(255), { minLength: 1, maxLength: 20 });

test('a witness agrees exactly with the beginnings of a log', () => {
  fc.assert(
    fc.property(leaves, fc.nat(20), (all, kept) => {
      const beginning = all.slice(0, kept);
      const says = beginning.length === 0 ? 'nothing' : beginning.length === all.length ? 'same' : 'earlier';
      expect(agreementOf(headOf(beginning), logOf(all))).toBe(says);
    }),
  );
});

test('one other leaf anywhere is a fork', () => {
  fc.assert(
    fc.property(leaves, fc.nat(19), fc.nat(19), (all, at, kept) => {
      const beginning = all.slice(0, 1 + (kept % all.length));
      const place = at % beginning.length;
      const other = beginning.with(place, (beginning[place]! + 1) % 256);
      expect(agreementOf(headOf(other), logOf(all))).toBe('forked');
    }),
  );
});

test('more leaves than the log has are ahead of it, whatever they are', () => {
  fc.assert(
    fc.property(leaves, leaves, (all, more) => {
      expect(agreementOf(headOf([...all, ...more]), logOf(all))).toBe('ahead');
    }),
  );
});

test('what the log does not show is not said to agree', () => {
  const log = { ...logOf([1, 2, 3]), rootAt: () => undefined };
  expect(agreementOf(headOf([1, 2]), log)).toBe('unknown');
  expect(agreementOf(headOf([1, 2, 3]), log)).toBe('same');
});
