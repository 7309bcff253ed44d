import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { newRollSalt, readRoll, rollCommitment, writeRoll } from './roll.commitment.ts';

const value = (byte: number) => new Uint8Array(32).fill(byte);

test('an entry is published as its HMAC under its salt', () => {
  const salt = newRollSalt();
  const expected = createHmac('sha256', salt).update(utf8ToBytes('resident-ä')).digest('hex');
  expect(bytesToHex(rollCommitment(salt, 'resident-ä'))).toBe(expected);
  expect(bytesToHex(rollCommitment(newRollSalt(), 'resident-ä'))).not.toBe(expected);
});

test('a roll file is its commitments in ascending order', () => {
  const bytes = writeRoll([value(3), value(255), value(1)]);
  expect(bytes).toEqual(concatBytes(value(1), value(3), value(255)));
  expect(readRoll(bytes)).toEqual([value(1), value(3), value(255)]);
  expect(readRoll(new Uint8Array(0))).toEqual([]);
});

test('refuses a roll that repeats, is unsorted or is cut', () => {
  const code = (code: string) => expect.objectContaining({ code });
  expect(() => writeRoll([value(1), value(1)])).toThrow(code('roll-repeats'));
  expect(() => readRoll(concatBytes(value(2), value(1)))).toThrow(code('roll-unsorted'));
  expect(() => readRoll(concatBytes(value(1), hexToBytes('00')))).toThrow(code('roll-malformed'));
});
