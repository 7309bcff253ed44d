import { describe, expect, it } from 'vitest';
import { identifierHashes } from './identifier.ts';
import type { Identifier } from './identifier.ts';
import { recognise } from './recognition.ts';
import type { KnownPerson } from './recognition.ts';

const key = (id: string, byte: number) => ({ id, key: Buffer.alloc(32, byte).toString('base64') });
const hashes = identifierHashes([key('k2', 2), key('k1', 1)]);
const old = identifierHashes([key('k1', 1)]);
const subject: Identifier = { kind: 'subject', issuer: 'http://idp', subject: 'anna' };
const number: Identifier = { kind: 'national-id', value: 'A-1001' };
const person = (id: string, identifiers: string[], seen = false): KnownPerson => ({
  id,
  identifiers,
  seen,
  homes: [],
});

describe('recognising a person', () => {
  it('sees one national id in any writing, and no subject of another provider', () => {
    expect(hashes.current({ kind: 'national-id', value: ' a-10 01 ' })).toBe(hashes.current(number));
    const elsewhere: Identifier = { kind: 'subject', issuer: 'http://other', subject: 'anna' };
    expect(hashes.current(elsewhere)).not.toBe(hashes.current(subject));
  });

  it('makes a new person of nobody known', () => {
    const { outcome } = recognise([subject, number], [], hashes);
    expect(outcome).toBe('new');
  });

  it('replaces the hash of a retired key', () => {
    const known = person('per-1', [old.current(number)]);
    expect(recognise([number], [known], hashes)).toEqual({
      outcome: 'known',
      person: known,
      identifiers: [hashes.current(number)],
    });
  });

  it('keeps whoever has signed in, else whom the subject names', () => {
    const [official, resident] = [
      person('per-o', [hashes.current(subject)]),
      person('per-r', [hashes.current(number)]),
    ];
    for (const found of [
      [official, resident],
      [resident, official],
    ]) {
      expect(recognise([subject, number], found, hashes)).toMatchObject({
        outcome: 'merge',
        person: official,
      });
    }
    const seen = { ...resident, seen: true };
    expect(recognise([subject, number], [official, seen], hashes)).toMatchObject({
      person: seen,
      absorbed: official,
    });
  });

  it('decides nothing between two who have both signed in', () => {
    const two = [
      person('per-a', [hashes.current(subject)], true),
      person('per-b', [hashes.current(number)], true),
    ];
    expect(recognise([subject, number], two, hashes)).toEqual({ outcome: 'conflict' });
  });
});
