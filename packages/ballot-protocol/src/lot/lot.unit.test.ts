import { createHash } from 'node:crypto';
import { bytesToHex } from '@noble/hashes/utils.js';
import { expect, test } from 'vitest';
import { lotCommitment, lotOrder, lotSeed } from './lot.ts';

const sha256 = (...parts: (string | Uint8Array)[]) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
};
const m = new Uint8Array(32).fill(1);
const first = new Uint8Array(32).fill(2);
const second = new Uint8Array(32).fill(3);

test('commitment and seed are the hashes that the protocol names, and the order of the issuers matters', () => {
  expect(bytesToHex(lotCommitment(first))).toBe(sha256('talkoot-lot-v1', first));
  expect(bytesToHex(lotSeed(m, first, second))).toBe(sha256('talkoot-lot-seed-v1', m, first, second));
  expect(lotSeed(m, second, first)).not.toEqual(lotSeed(m, first, second));
});

test('options are ordered by the hash of seed and id', () => {
  const seed = lotSeed(m, first, second);
  const ids = ['tree', 'bench', 'fountain', 'sauna ä', 'ramp'];
  const expected = ids.toSorted((a, b) => (sha256(seed, a) < sha256(seed, b) ? -1 : 1));
  expect(lotOrder(seed, ids)).toEqual(expected);
  expect(lotOrder(seed, ids.toReversed())).toEqual(expected);
});
