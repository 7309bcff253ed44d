import type { PayrollReceipt } from '@talkoot/api-contracts/payments';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addsUp,
  coverEmployerCost,
  decideReceipts,
  isAlarming,
  receiptKey,
  requireAddingUp,
} from './payroll.ts';
import type { KnownAttempt } from './payroll.ts';
import { receiptsFromCsv } from './receipt.csv.ts';

const attempt = (number: number, more: Partial<KnownAttempt> = {}): KnownAttempt => ({
  _id: `att-${number}`,
  obligationId: `obl-${number}`,
  endToEndId: `T${number}-1`,
  method: 'payroll',
  amount: 100 * number,
  currency: 'EUR',
  state: 'in-transit',
  ...more,
});
const receipt = (number: number, more: Partial<PayrollReceipt> = {}): PayrollReceipt => ({
  obligationId: `obl-${number}`,
  run: 'R1',
  date: '2027-03-15',
  currency: 'EUR',
  gross: 100 * number,
  withheld: 30 * number,
  net: 70 * number,
  employerCost: 20 * number,
  status: 'paid',
  ...more,
});
const nothing = { withheld: 0, net: 0, employerCost: 0 };
const kindsOf = (
  receipts: PayrollReceipt[],
  attempts = [attempt(1), attempt(2)],
  taken: PayrollReceipt[] = [],
) =>
  decideReceipts(receipts, attempts, new Map(taken.map((one) => [receiptKey(one), one]))).map((one) =>
    'code' in one ? one.code : one.kind,
  );

describe('a payroll receipt', () => {
  it('settles what it pays, and takes a part of a run', () => {
    expect(kindsOf([receipt(1)])).toEqual(['settled']);
    expect(kindsOf([receipt(2, { run: 'R2' }), receipt(1, { status: 'rejected', ...nothing })])).toEqual([
      'settled',
      'rejected',
    ]);
  });
  it('is ignored when the same run tells it again, and put aside when it tells something else', () => {
    expect(kindsOf([receipt(1), receipt(1)])).toEqual(['settled', 'duplicate']);
    expect(kindsOf([receipt(1)], [attempt(1, { state: 'settled' })], [receipt(1)])).toEqual(['duplicate']);
    const other = receipt(1, { withheld: 20, net: 80 });
    expect(kindsOf([other], [attempt(1, { state: 'settled' })], [receipt(1)])).toEqual(['receipt-differs']);
  });
  it('of a second run for what is settled is an alarm', () => {
    expect(kindsOf([receipt(1), receipt(1, { run: 'R2' })])).toEqual(['settled', 'paid-again']);
  });
  it('that pays what was rejected is an alarm, and none that rejects it again', () => {
    const after = [attempt(1, { state: 'rejected' })];
    expect(kindsOf([receipt(1)], after)).toEqual(['paid-after-rejection']);
    expect(kindsOf([receipt(1, { status: 'rejected', ...nothing })], after)).toEqual(['not-in-transit']);
    const codes = ['paid-again', 'paid-after-rejection', 'receipt-differs', 'not-in-transit'] as const;
    expect(codes.map(isAlarming)).toEqual([true, true, true, false]);
  });
  it.each([
    ['unknown-obligation', receipt(9)],
    ['unknown-obligation', receipt(1, { reference: 'T1-2' })],
    ['amount-differs', receipt(1, { gross: 101, withheld: 31 })],
    ['currency-differs', receipt(1, { currency: 'SEK' })],
  ])('is put aside as %s', (code, one) => {
    expect(kindsOf([one])).toEqual([code]);
  });
  it('is put aside when the payment is not out, or not with payroll', () => {
    expect(kindsOf([receipt(1)], [attempt(1, { state: 'released' })])).toEqual(['not-in-transit']);
    expect(kindsOf([receipt(1)], [attempt(1, { method: 'bank' })])).toEqual(['not-through-payroll']);
  });
  it('means the attempt in transit, or the one that it names', () => {
    const [first, second] = [
      attempt(1, { state: 'rejected' }),
      attempt(1, { _id: 'att-1b', endToEndId: 'T1-2' }),
    ];
    const named = (reference?: string) =>
      decideReceipts([receipt(1, reference ? { reference } : {})], [first, second], new Map())[0];
    expect(named()).toMatchObject({ kind: 'settled', attemptId: 'att-1b' });
    expect(named('T1-2')).toMatchObject({ kind: 'settled', attemptId: 'att-1b' });
    expect(named('T1-1')).toMatchObject({ kind: 'exception', code: 'paid-after-rejection' });
  });
  it('adds up: gross is net and withheld; of what was rejected nothing was paid', () => {
    expect(addsUp(receipt(1))).toBe(true);
    expect(addsUp(receipt(1, { net: 71 }))).toBe(false);
    expect(addsUp(receipt(1, { status: 'rejected' }))).toBe(false);
    expect(addsUp(receipt(1, { status: 'rejected', ...nothing }))).toBe(true);
    const file = () => requireAddingUp([receipt(1), receipt(2, { net: 0 })]);
    const errors = [expect.objectContaining({ at: 'body.receipts.1' })];
    expect(file).toThrow(expect.objectContaining({ code: 'receipt-does-not-add-up', errors }));
  });
  it('never pays an obligation twice, whatever comes in whatever order', () => {
    const anyReceipt = fc
      .record({
        number: fc.integer({ min: 1, max: 3 }),
        run: fc.constantFrom('R1', 'R2', 'R3'),
        paid: fc.boolean(),
      })
      .map(({ number, run, paid }) =>
        receipt(number, paid ? { run } : { run, status: 'rejected', ...nothing }),
      );
    fc.assert(
      fc.property(fc.array(anyReceipt, { maxLength: 30 }), (receipts) => {
        const outcomes = decideReceipts(receipts, [attempt(1), attempt(2)], new Map());
        for (const id of ['att-1', 'att-2']) {
          expect(outcomes.filter((one) => 'attemptId' in one && one.attemptId === id).length).toBeLessThan(2);
        }
        expect(outcomes).toHaveLength(receipts.length);
      }),
    );
  });
});

describe('the employer’s cost', () => {
  it('is covered by what the pool holds and never by more', () => {
    expect(coverEmployerCost(20, 50)).toEqual({ covered: 20, uncovered: 0 });
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (cost, reserve) => {
        const { covered, uncovered } = coverEmployerCost(cost, reserve);
        expect(covered + uncovered).toBe(cost);
        expect(covered).toBeLessThanOrEqual(reserve);
      }),
    );
  });
});

describe('receipts as CSV', () => {
  const header = 'obligationId,run,date,currency,gross,withheld,net,employerCost,status';
  const line = 'obl-1,R1,2027-03-15,EUR,100,30,70,20,paid';
  it('are read with comma or semicolon, columns in any order, empty cells left out', () => {
    expect(receiptsFromCsv(`${header}\n${line}\n`)).toEqual([receipt(1)]);
    expect(receiptsFromCsv(`\uFEFF${header};reasonCode\n${line};\n`.replaceAll(',', ';'))).toEqual([
      receipt(1),
    ]);
    const turned = [header, line].map((row) => row.split(',').toReversed().join(',')).join('\n');
    expect(receiptsFromCsv(turned)).toEqual([receipt(1)]);
  });
  it.each([
    ['', 'nothing'],
    [`${header}\n`, 'no receipt'],
    [`${header.replace('net,', '')}\n${line}`, 'a column too few'],
    [`${header},note\n${line},x`, 'a column too many'],
    [`${header},run\n${line},R2`, 'a column twice'],
    [`${header}\n${line},x`, 'a cell too many'],
    [`${header}\n${line.replace('100', '1.00')}`, 'a decimal'],
    [`${header}\n${line.replace('100', 'NaN')}`, 'no number'],
    [`${header}\n${line.replace('30', '-30')}`, 'less than nothing'],
    [`${header}\n${line.replace('2027-03-15', '15.3.2027')}`, 'a date of another kind'],
    [`${header}\n${`${line}\n`.repeat(501)}`, 'too many'],
    [`${header}\n"${line}`, 'an open quote'],
  ])('are refused with %#: %s', (text) => {
    expect(() => receiptsFromCsv(text)).toThrow(expect.objectContaining({ code: 'receipts-malformed' }));
  });
});
