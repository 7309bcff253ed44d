import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideSettlement, isAlarming, movementOf, referenceOf } from './settlement.ts';
import type { BankLine, KnownAttempt, Outcome } from './settlement.ts';

const euros = (amount: number) => ({ amount, currency: 'EUR' });
const attempt = (number: number, state: KnownAttempt['state'] = 'in-transit'): KnownAttempt => ({
  _id: `att-${number}`,
  endToEndId: `T${number}`,
  method: 'bank',
  amount: 100 * number,
  currency: 'EUR',
  state,
});
const attempts = [attempt(1), attempt(2), attempt(3)];
const ways = { settled: 'out', rejected: 'none', returned: 'in', unclear: 'out' } as const;
const line = (number: number, says: BankLine['says'], reference: string): BankLine => ({
  reference,
  endToEndId: `T${number}`,
  ...(says === 'unclear' ? { says, unclear: 'no-details' } : { says }),
  way: ways[says],
  amount: says === 'rejected' ? null : euros(100 * number),
  reasonCode: null,
});
const nothing = { movements: new Set<string>(), references: new Set<string>() };
const knowing = (lines: readonly BankLine[]) => ({
  movements: new Set(lines.map(movementOf)),
  references: new Set(lines.map(referenceOf)),
});
const namesOf = (outcomes: readonly Outcome[]) =>
  outcomes.map((one) => ('code' in one ? one.code : one.kind));
const decided = (lines: BankLine[], known = nothing, of = attempts) =>
  namesOf(decideSettlement(lines, of, known));

describe('what the bank says', () => {
  it('is booked once for each payment, whatever the bank repeats', () => {
    const lines = [line(1, 'settled', 'B1'), line(1, 'settled', 'B1'), line(2, 'rejected', 'B2')];
    expect(decided(lines)).toEqual(['settled', 'duplicate', 'rejected']);
    expect(decided(lines, knowing(lines))).toEqual(['duplicate', 'duplicate', 'duplicate']);
  });
  it('returns only what was settled, and that once', () => {
    const course = [line(1, 'settled', 'B1'), line(1, 'returned', 'B2'), line(1, 'returned', 'B3')];
    expect(decided(course)).toEqual(['settled', 'returned', 'attempt-not-in-transit']);
    expect(decided([line(1, 'returned', 'B1')])).toEqual(['attempt-not-in-transit']);
  });
  it('is taken bookings first, so that a return that is listed before its booking is one', () => {
    expect(decided([line(1, 'returned', 'B2'), line(1, 'settled', 'B1')])).toEqual(['returned', 'settled']);
  });
  it('of a payment that was rejected before is known already when it is rejected again', () => {
    expect(decided([line(1, 'rejected', 'S1'), line(1, 'rejected', 'S2')])).toEqual([
      'rejected',
      'duplicate',
    ]);
  });
  it('uses one reference for two payments of a batch without losing one', () => {
    expect(decided([line(1, 'settled', 'B1'), line(2, 'settled', 'B1')])).toEqual(['settled', 'settled']);
  });

  it.each<[string, BankLine, KnownAttempt['state'], string]>([
    ['another amount', { ...line(1, 'settled', 'B'), amount: euros(101) }, 'in-transit', 'amount-differs'],
    [
      'less than was returned',
      { ...line(1, 'returned', 'B'), amount: euros(99) },
      'settled',
      'amount-differs',
    ],
    [
      'another currency',
      { ...line(1, 'settled', 'B'), amount: { amount: 100, currency: 'SEK' } },
      'in-transit',
      'currency-differs',
    ],
    ['an unknown payment', line(9, 'settled', 'B'), 'in-transit', 'unknown-end-to-end-id'],
    [
      'no payment at all',
      { ...line(1, 'settled', 'B'), endToEndId: null },
      'in-transit',
      'unknown-end-to-end-id',
    ],
    ['a second booking', line(1, 'settled', 'B'), 'settled', 'second-booking'],
    ['a second booking after a return', line(1, 'settled', 'B'), 'returned', 'second-booking'],
    ['a booking of what was rejected', line(1, 'settled', 'B'), 'rejected', 'booked-after-rejection'],
    ['a booking of what nobody released', line(1, 'settled', 'B'), 'approved', 'attempt-not-in-transit'],
    ['a rejection of what was booked', line(1, 'rejected', 'B'), 'settled', 'attempt-not-in-transit'],
    [
      'a rejection of another amount',
      { ...line(1, 'rejected', 'B'), amount: euros(7) },
      'in-transit',
      'amount-differs',
    ],
    ['something unclear', line(1, 'unclear', 'B'), 'in-transit', 'no-details'],
  ])('goes to a person with %s', (_, given, state, code) => {
    expect(decided([given], nothing, [attempt(1, state)])).toEqual([code]);
  });
  it.each(['settled', 'rejected', 'returned'] as const)(
    'settles, rejects and returns no wage: %s',
    (says) => {
      const wage: KnownAttempt = {
        ...attempt(1, says === 'returned' ? 'settled' : 'in-transit'),
        method: 'payroll',
      };
      expect(decided([line(1, says, 'B')], nothing, [wage])).toEqual(['not-through-bank']);
    },
  );
  it('goes to a person when a reference comes again with another amount, and is known from then on', () => {
    const first = line(1, 'settled', 'B1');
    const again = { ...first, amount: euros(7) };
    expect(decided([first, again, again])).toEqual(['settled', 'reference-reused', 'duplicate']);
  });
  it('alarms where money may have been paid twice', () => {
    const codes = ['second-booking', 'booked-after-rejection', 'amount-differs', 'no-details'] as const;
    expect(codes.map(isAlarming)).toEqual([true, true, false, false]);
  });

  const says = fc.constantFrom<BankLine['says']>('settled', 'rejected', 'returned', 'unclear');
  const anyLine = fc
    .tuple(fc.integer({ min: 1, max: 4 }), says, fc.nat(12), fc.boolean())
    .map(([number, what, reference, isExact]): BankLine => {
      const made = line(number, what, `B${reference}`);
      return isExact || !made.amount ? made : { ...made, amount: euros(made.amount.amount + 1) };
    });

  it('never settles, less what was returned, more than was approved', () => {
    fc.assert(
      fc.property(fc.array(anyLine, { maxLength: 40 }), (lines) => {
        const outcomes = decideSettlement(lines, attempts, nothing);
        for (const { _id, amount } of attempts) {
          const paid = outcomes.reduce((sum, one) => {
            if (!('attemptId' in one) || one.attemptId !== _id) return sum;
            return sum + (one.kind === 'settled' ? amount : one.kind === 'returned' ? -amount : 0);
          }, 0);
          expect(paid).toBeGreaterThanOrEqual(0);
          expect(paid).toBeLessThanOrEqual(amount);
        }
      }),
    );
  });
  it('changes nothing when it is all said again', () => {
    fc.assert(
      fc.property(fc.array(anyLine, { maxLength: 40 }), (lines) => {
        expect(new Set(decided([...lines, ...lines], nothing).slice(lines.length))).toEqual(
          new Set(lines.length === 0 ? [] : ['duplicate']),
        );
        expect(new Set(decided(lines, knowing(lines)))).toEqual(
          new Set(lines.length === 0 ? [] : ['duplicate']),
        );
      }),
    );
  });
  it('loses no line: each is booked, known already or with a person', () => {
    fc.assert(
      fc.property(fc.array(anyLine, { maxLength: 40 }), (lines) => {
        const outcomes = decideSettlement(lines, attempts, nothing);
        expect(outcomes.map((one) => one.line)).toEqual(lines);
      }),
    );
  });
});
