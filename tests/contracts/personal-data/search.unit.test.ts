import { expect, it } from 'vitest';
import { findLeaks } from './search.ts';

const innocent = JSON.stringify({
  id: 'prj-6hpu4fmjgu7aipgcqikv',
  at: '2026-11-24T22:15:37.144Z',
  endToEndId: 'T3LVLRVQSSJGKPIQXKECA-1',
  sha256: 'eb86860f27f44d5fae2e3023168d2683897c4e0be8882ebdbf90f2f0e4f3c61d',
  traceparent: '00-288117970d912b04d479c366beb9cb00-400cfd333d6387a0-01',
});

it.each([
  ['national id', 'LOCAL-0123456789AB'],
  ['national id', '131052-308T'],
  ['birth date', '1950-01-10'],
  ['email', 'maija@example.org'],
  ['IBAN', 'FI2112345600000785'],
  ['session token', 'eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJwZXItMSJ9.c2lnbmF0dXJlLXNpZ25hdHVyZQ'],
  ['private key', '"d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"'],
  ['typed text', 'Keep two metres "free"\nfor prams'],
  ['certificate', 'd62029aa78087d5a8123df17eca4bf9b'],
])('finds a planted %s', (kind, value) => {
  const known = [
    { kind: 'typed text', value: 'Keep two metres "free"\nfor prams' },
    { kind: 'certificate', value: 'd62029aa78087d5a8123df17eca4bf9b' },
  ];
  const asValue = kind === 'private key' ? value : JSON.stringify(value);
  const place = { name: 'log', text: `${innocent} ${asValue}` };
  expect(findLeaks([place], known)).toMatchObject([{ kind, place: 'log' }]);
});

it('finds nothing in ids, instants, hashes and references', () => {
  const unset = { name: 'log', text: 'FireTime:1970-01-01 00:00:00 +0000 UTC' };
  expect(findLeaks([unset], [])).toEqual([]);
  expect(findLeaks([{ name: 'log', text: innocent }], [])).toEqual([]);
});
