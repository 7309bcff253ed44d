import { bytesToHex } from '@noble/hashes/utils.js';
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { canonicalJson } from '../canonical.ts';
import { closingRecord, readClosingRecord } from './index.ts';

const m = new Uint8Array(32).fill(1);
const [complaints, desks] = [canonicalJson([]), canonicalJson([{ desk: 'library', entered: 1, issued: 2 }])];
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const bytes = closingRecord(m, complaints, desks);
const said = {
  protocol: 'talkoot-closing-v1' as const,
  manifest: bytesToHex(m),
  complaints: sha256(complaints),
  desks: sha256(desks),
};

it('a closing record is the canonical JSON of poll, complaints and desks, and reads back as that', () => {
  expect(bytes).toEqual(canonicalJson(said));
  expect(readClosingRecord(bytes)).toEqual(said);
});

it.each([
  ['nothing', new Uint8Array()],
  ['another order of bytes', new TextEncoder().encode(JSON.stringify(said))],
  ['a field more', canonicalJson({ ...said, page: said.desks })],
  ['a field less', canonicalJson({ ...said, desks: undefined })],
  ['another protocol', canonicalJson({ ...said, protocol: 'talkoot-closing-v2' })],
  ['a hash that is too short', canonicalJson({ ...said, desks: said.desks.slice(2) })],
  ['capital letters', canonicalJson({ ...said, desks: said.desks.toUpperCase() })],
])('no closing record: %s', (_, bytes) => {
  expect(() => readClosingRecord(bytes)).toThrow(expect.objectContaining({ code: 'closing-malformed' }));
});
