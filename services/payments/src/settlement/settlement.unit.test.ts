import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideSettlement } from './settlement.ts';
import type { SettlementLine } from './settlement.ts';

const euros = (amount: number) => ({ amount, currency: 'EUR' });
const attempt = (number: number) => ({
  _id: `att-${number}`,
  endToEndId: `T${number}`,
  amount: 100 * number,
  currency: 'EUR',
  state: 'in-transit' as const,
});
const attempts = [attempt(1), attempt(2), attempt(3)];
const line = (number: number, status: SettlementLine['status'], bankReference: string): SettlementLine => ({
  endToEndId: `T${number}`,
  status,
  bankReference,
  amount: euros(100 * number),
});
const kindsOf = (lines: SettlementLine[], booked: string[] = []) =>
  decideSettlement(lines, attempts, new Set(booked)).map((one) => ('code' in one ? one.code : one.kind));

describe('a settlement', () => {
  it('books each payment once, whatever the bank repeats', () => {
    const lines = [line(1, 'settled', 'B1'), line(1, 'settled', 'B1'), line(2, 'rejected', 'B2')];
    expect(kindsOf(lines)).toEqual(['settled', 'duplicate', 'rejected']);
    expect(kindsOf(lines, ['B1', 'B2'])).toEqual(['duplicate', 'duplicate', 'duplicate']);
  });
  it('returns only what was settled, and that once', () => {
    const course = [line(1, 'settled', 'B1'), line(1, 'returned', 'B2'), line(1, 'returned', 'B3')];
    expect(kindsOf(course)).toEqual(['settled', 'returned', 'attempt-not-in-transit']);
    expect(kindsOf([line(1, 'returned', 'B1')])).toEqual(['attempt-not-in-transit']);
  });
  it('puts a second booking and an unknown id aside for a person', () => {
    expect(kindsOf([line(1, 'settled', 'B1'), line(1, 'settled', 'B2')])).toEqual([
      'settled',
      'second-booking',
    ]);
    expect(kindsOf([line(9, 'settled', 'B1')])).toEqual(['unknown-end-to-end-id']);
  });
  it('is refused whole, naming each line whose amount or currency differs', () => {
    const wrong = { ...line(2, 'settled', 'B2'), amount: euros(201) };
    const foreign = { ...line(3, 'settled', 'B3'), amount: { amount: 300, currency: 'SEK' } };
    const refused = () => kindsOf([line(1, 'settled', 'B1'), wrong, foreign]);
    const errors = [
      expect.objectContaining({ at: 'body.lines.1.amount' }),
      expect.objectContaining({ at: 'body.lines.2.amount' }),
    ];
    expect(refused).toThrow(expect.objectContaining({ code: 'settlement-differs', errors }));
  });
  it('never settles, less what was returned, more than was approved', () => {
    const anyLine = fc
      .tuple(fc.integer({ min: 1, max: 4 }), fc.constantFrom('settled', 'rejected', 'returned'), fc.nat(12))
      .map(([number, status, reference]) =>
        line(number, status as SettlementLine['status'], `B${reference}`),
      );
    fc.assert(
      fc.property(fc.array(anyLine, { maxLength: 40 }), (lines) => {
        const outcomes = decideSettlement(lines, attempts, new Set());
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
});
