import { notificationXml } from '@talkoot/bank-simulator';
import type { Entry, EntryPart } from '@talkoot/bank-simulator';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readMessage } from './message.ts';
import { decideNotification } from './notification.decision.ts';

const part = (endToEndId: string, amount: number): EntryPart => ({
  reference: `R${endToEndId}`,
  endToEndId,
  amount,
});
const entry = (changes: Partial<Entry> = {}): Entry => ({
  reference: 'B1',
  amount: 100,
  currency: 'EUR',
  direction: 'DBIT',
  status: 'BOOK',
  parts: [part('T1', 100)],
  ...changes,
});
const read = (...entries: Entry[]) => {
  const message = readMessage(
    notificationXml({ messageId: 'N1', at: new Date(0), iban: 'FI2112345600000785', entries }),
  );
  if (message.kind !== 'notification') throw new Error(message.kind);
  return decideNotification(message.notification.accounts.flatMap((account) => account.entries));
};
const said = (...entries: Entry[]) => read(...entries).lines.map((line) => line.unclear ?? line.says);

describe('a notification', () => {
  it('settles what is booked and left the account', () => {
    expect(read(entry()).lines).toEqual([
      {
        reference: 'RT1',
        endToEndId: 'T1',
        says: 'settled',
        way: 'out',
        amount: { amount: 100, currency: 'EUR' },
        reasonCode: null,
      },
    ]);
  });
  it.each(['PDNG', 'INFO', 'FUTR'])('says nothing of what is only %s', (status) => {
    expect(read(entry({ status }))).toEqual({ lines: [], unbooked: 1 });
  });
  it('returns what came in with a reason to return it, and nothing else that came in', () => {
    const back = entry({ direction: 'CRDT', parts: [{ ...part('T1', 100), returned: 'AC04' }] });
    expect(read(back).lines).toMatchObject([{ says: 'returned', way: 'in', reasonCode: 'AC04' }]);
    expect(said(entry({ direction: 'CRDT' }))).toEqual(['credit-without-return']);
  });
  it('settles nothing by a reversal, also of a return', () => {
    expect(said(entry({ reversal: true }))).toEqual(['reversal']);
    const back = { ...part('T1', 100), returned: 'AC04' };
    expect(said(entry({ direction: 'CRDT', reversal: true, parts: [back] }))).toEqual(['reversal']);
    expect(said(entry({ reversal: false }))).toEqual(['settled']);
  });
  it('settles each payment of an entry that is broken down to the cent', () => {
    expect(said(entry({ batched: 2, parts: [part('T1', 60), part('T2', 40)] }))).toEqual([
      'settled',
      'settled',
    ]);
    expect(said(entry({ parts: [{ endToEndId: 'T1' }] }))).toEqual(['settled']);
  });
  it.each<[string, Partial<Entry>, string]>([
    ['has no details', { parts: [] }, 'no-details'],
    ['says only how many it puts together', { batched: 2, parts: [] }, 'no-details'],
    [
      'lists fewer than it puts together',
      { batched: 3, parts: [part('T1', 60), part('T2', 40)] },
      'details-differ',
    ],
    ['does not add up', { parts: [part('T1', 60), part('T2', 41)] }, 'details-differ'],
    ['leaves an amount out', { parts: [part('T1', 60), { endToEndId: 'T2' }] }, 'details-differ'],
    [
      'goes both ways',
      { parts: [part('T1', 60), { ...part('T2', 40), direction: 'CRDT' }] },
      'details-differ',
    ],
  ])('gives an entry that %s whole to a person', (_, changes, why) => {
    const { lines } = read(entry(changes));
    expect(lines).toMatchObject([{ says: 'unclear', unclear: why, way: 'out', endToEndId: null }]);
    expect(lines[0]!.amount).toEqual({ amount: 100, currency: 'EUR' });
  });
  it('names a movement by the place in the message where the bank gives no reference', () => {
    const { reference: _, ...nameless } = entry({ parts: [{ endToEndId: 'T1' }] });
    expect(read(nameless, nameless).lines.map(({ reference }) => reference)).toEqual(['N1/1', 'N1/2']);
    const many = entry({
      parts: [
        { endToEndId: 'T1', amount: 60 },
        { endToEndId: 'T2', amount: 40 },
      ],
    });
    expect(read(many).lines.map(({ reference }) => reference)).toEqual(['B1/1', 'B1/2']);
  });

  const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
  const strip = (value: object) =>
    Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as never;
  const anyPart = fc.record({
    endToEndId: maybe(fc.constantFrom('T1', 'T2')),
    amount: maybe(fc.integer({ min: 0, max: 3 })),
    direction: maybe(fc.constantFrom('CRDT', 'DBIT')),
    returned: maybe(fc.constant('AC04')),
  });
  const anyEntry = fc.record({
    reference: maybe(fc.constant('B1')),
    amount: fc.integer({ min: 0, max: 4 }),
    currency: fc.constant('EUR'),
    direction: fc.constantFrom('CRDT', 'DBIT'),
    status: fc.constantFrom('BOOK', 'PDNG'),
    reversal: maybe(fc.boolean()),
    batched: maybe(fc.integer({ min: 0, max: 3 })),
    parts: fc.array(anyPart, { maxLength: 3 }).map((parts) => parts.map(strip)),
  });

  it('loses no cent of what moved, and settles only by bookings that left', () => {
    fc.assert(
      fc.property(fc.array(anyEntry, { maxLength: 4 }), (entries) => {
        const given = entries.map((one) => strip(one) as Entry);
        const { lines, unbooked } = read(...given);
        for (const [direction, way] of [
          ['DBIT', 'out'],
          ['CRDT', 'in'],
        ] as const) {
          const moved = given.filter((one) => one.status === 'BOOK' && one.direction === direction);
          const total = (amounts: number[]) => amounts.reduce((sum, one) => sum + one, 0);
          expect(total(lines.filter((one) => one.way === way).map((one) => one.amount!.amount))).toBe(
            total(moved.map(({ amount }) => amount)),
          );
        }
        expect(lines.filter(({ says, way }) => says === 'settled' && way !== 'out')).toEqual([]);
        expect(lines.filter(({ says, way }) => says === 'returned' && way !== 'in')).toEqual([]);
        expect(unbooked).toBe(given.filter(({ status }) => status !== 'BOOK').length);
      }),
    );
  });
});

describe('a message', () => {
  it.each([
    'urn:iso:std:iso:20022:tech:xsd:camt.053.001.08',
    'urn:iso:std:iso:20022:tech:xsd:camt.054.001.02',
    'urn:iso:std:iso:20022:tech:xsd:pain.002.001.99',
    'urn:example',
    '',
  ])('of a version that nobody knows is not read: %s', (namespace) => {
    expect(readMessage(`<Document xmlns="${namespace}"><A/></Document>`)).toEqual({
      kind: 'unknown',
      namespace,
      messageId: null,
    });
  });
  it('is refused where it lacks what it must have, saying where', () => {
    const lacking =
      '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"><BkToCstmrDbtCdtNtfctn/></Document>';
    const errors = [{ at: 'BkToCstmrDbtCdtNtfctn/GrpHdr/MsgId', message: 'is missing' }];
    expect(() => readMessage(lacking)).toThrow(
      expect.objectContaining({ code: 'bank-file-invalid', errors }),
    );
  });
  it('with more movements than one transaction takes is refused', () => {
    const entries = Array.from({ length: 1_001 }, () => entry());
    expect(() => read(...entries)).toThrow(expect.objectContaining({ code: 'bank-file-too-large' }));
  });
});
