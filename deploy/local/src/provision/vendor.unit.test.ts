import { expect, test } from 'vitest';
import { atLeast } from './executables.ts';
import { checksumFor } from './vendor.ts';

const hash = 'ab'.repeat(32);

test("finds one file's hash in a vendor's list", () => {
  const list = `${'cd'.repeat(32)}  other.tgz\n${hash}  server.tgz\n`;
  expect(checksumFor(list, 'server.tgz')).toBe(hash);
  expect(checksumFor(`${hash} *server.tgz`, 'server.tgz')).toBe(hash);
});

test('takes nothing that is not a sha256 for one', () => {
  expect(() => checksumFor('<html>not found</html>', 'server.tgz')).toThrow('publishes no sha256');
  expect(() => checksumFor(`${hash}  server.tgz.sig`, 'server.tgz')).toThrow('publishes no sha256');
});

test('compares versions by number, not by letter', () => {
  expect(atLeast('10.0.1', '9.2')).toBe(true);
  expect(atLeast('6.0.5', '6.0.5')).toBe(true);
  expect(atLeast('5.9.9', '6.0.0')).toBe(false);
});
