import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isAmbiguous, watchedAs } from './watched.ts';

const entry = (prefix: string, suffix = '', key = 0) => ({
  prefix,
  suffix,
  publicKey: new Uint8Array(32).fill(key),
});
const board = entry('talkoot.test/');
const municipality = entry('talkoot.test/', '/issuance/municipality');
const auditor = entry('talkoot.test/', '/issuance/auditor');
const entries = [board, municipality, auditor];

test('an origin belongs to the entry that says most of it', () => {
  expect(watchedAs(entries, 'talkoot.test/lintula/pol-1')).toBe(board);
  expect(watchedAs(entries, 'talkoot.test/lintula/pol-1/issuance/auditor')).toBe(auditor);
  expect(watchedAs(entries, 'talkoot.test/lintula/pol-1/issuance/municipality')).toBe(municipality);
});

test('an origin that begins or ends otherwise is nobody’s', () => {
  expect(watchedAs(entries, 'talkoot.example/lintula/pol-1')).toBeUndefined();
  expect(watchedAs([auditor], 'talkoot.test/lintula/pol-1/issuance/municipality')).toBeUndefined();
  expect(watchedAs([], 'talkoot.test/')).toBeUndefined();
});

test('beginning and end do not overlap', () => {
  const overlapping = entry('talkoot.test/issuance', '/issuance/auditor');
  expect(watchedAs([overlapping], 'talkoot.test/issuance/auditor')).toBeUndefined();
  expect(watchedAs([overlapping], 'talkoot.test/issuance/issuance/auditor')).toBe(overlapping);
});

test('of two that say equally much the longer end decides', () => {
  const [beginning, end] = [entry('a/b/', '/c'), entry('a/', '/d/c')];
  expect(watchedAs([beginning, end], 'a/b/x/d/c')).toBe(end);
  expect(watchedAs([end, beginning], 'a/b/x/d/c')).toBe(end);
});

test('whose a log is does not depend on the order of the entries', () => {
  const part = fc.constantFrom('', 'a', 'a/', 'a/b', '/b', 'b');
  const one = fc.record({ prefix: part, suffix: part, publicKey: fc.constant(new Uint8Array(32)) });
  const unambiguous = fc.array(one, { maxLength: 8 }).filter((list) => !isAmbiguous(list));
  const origin = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 8 });
  fc.assert(
    fc.property(unambiguous, origin, (list, origin) => {
      expect(watchedAs(list.toReversed(), origin)).toBe(watchedAs(list, origin));
    }),
  );
});

test('two entries that say the same are ambiguous, whatever their keys', () => {
  expect(isAmbiguous([entry('a/', '/b', 1), entry('a/', '/b', 2)])).toBe(true);
  expect(isAmbiguous([entry('a/', '/b'), entry('a/'), entry('a/b')])).toBe(false);
});
