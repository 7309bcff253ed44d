import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import * as fc from 'fast-check';
import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { compareBytes } from '../bytes.order.ts';
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
  expect(readRoll(bytes).size).toBe(3);
  expect(readRoll(new Uint8Array(0)).size).toBe(0);
});

test('refuses a roll that repeats, is unsorted or is cut', () => {
  const code = (code: string) => expect.objectContaining({ code });
  expect(() => writeRoll([value(1), value(1)])).toThrow(code('roll-repeats'));
  expect(() => readRoll(concatBytes(value(2), value(1)))).toThrow(code('roll-unsorted'));
  expect(() => readRoll(concatBytes(value(1), hexToBytes('00')))).toThrow(code('roll-malformed'));
});

test('tells of each commitment where it stands, and of no other', () => {
  const byteString = fc.uint8Array({ minLength: 32, maxLength: 32 });
  fc.assert(
    fc.property(fc.uniqueArray(byteString, { selector: bytesToHex }), byteString, (commitments, other) => {
      const roll = readRoll(writeRoll(commitments));
      for (const [place, one] of commitments.toSorted(compareBytes).entries()) {
        expect(roll.placeOf(one)).toBe(place);
        expect(roll.placeOf(one.subarray(1))).toBeUndefined();
      }
      const isOther = commitments.every((one) => compareBytes(one, other) !== 0);
      if (isOther) expect(roll.placeOf(other)).toBeUndefined();
    }),
  );
});
