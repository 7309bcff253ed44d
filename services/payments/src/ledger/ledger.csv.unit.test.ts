import type { LedgerEntry } from '@talkoot/api-contracts/payments';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ledgerCsv } from './ledger.csv.ts';

const entry: LedgerEntry = {
  entryId: 'spending-accepted/spe-1/0003',
  transactionId: 'spending-accepted/spe-1',
  kind: 'spending-accepted',
  fiscalYear: 2027,
  pilotId: 'pil-1',
  projectId: 'prj-1',
  obligationId: null,
  account: 'expenditure',
  side: 'debit',
  amount: { amount: 123_456, currency: 'EUR' },
  at: '2027-03-01T22:30:00.000Z',
  costCentre: '4100',
  generalAccount: '434000',
  vatCode: '24',
  number: 7,
  salt: null,
  sha256: 'a'.repeat(64),
};
const options = { columns: true, bom: true, delimiter: ';' } as const;
const read = (csv: string, delimiter = ';') =>
  parse(csv, { ...options, delimiter }) as Record<string, string>[];

describe('the export', () => {
  it('shows amounts as decimals of the reader beside minor units, and dates as ISO 8601', () => {
    const [semicolon] = read(ledgerCsv('lintula', [entry], { separator: 'semicolon', first: true }));
    expect(semicolon).toMatchObject({
      date: '2027-03-01',
      debit: '1234,56',
      credit: '',
      amount_minor: '123456',
    });
    const [comma] = read(ledgerCsv('lintula', [entry], { separator: 'comma', first: true }), ',');
    expect(comma).toMatchObject({ at: entry.at, debit: '1234.56', credit: '', currency: 'EUR' });
  });

  it('shows of a redacted entry its place and its commitment alone', () => {
    const { fiscalYear, pilotId, number, at, sha256 } = entry;
    const line = { fiscalYear, pilotId, number, at, sha256, currency: 'EUR', commitment: 'b'.repeat(64) };
    const [row] = read(ledgerCsv('lintula', [line], { separator: 'semicolon', first: true }));
    const said = Object.entries(row!).filter(([, cell]) => cell !== '');
    expect(Object.fromEntries(said)).toEqual({
      fiscal_year: '2027',
      pilot: 'pil-1',
      number: '7',
      date: '2027-03-01',
      at,
      currency: 'EUR',
      municipality: 'lintula',
      commitment: 'b'.repeat(64),
      sha256,
    });
  });

  it('is one file when its pages are put one after another', () => {
    const first = ledgerCsv('lintula', [entry], { separator: 'semicolon', first: true });
    const second = ledgerCsv('lintula', [{ ...entry, number: 8 }], { separator: 'semicolon', first: false });
    expect(first.startsWith('\uFEFF')).toBe(true);
    expect(read(first + second).map(({ number }) => number)).toEqual(['7', '8']);
  });

  it('holds no cell that a spreadsheet would take for a formula, whatever stands in the entry', () => {
    const evil = fc
      .tuple(fc.constantFrom('=', '+', '-', '@', '\t', '\r', '＝', ''), fc.string())
      .map((both) => both.join(''));
    fc.assert(
      fc.property(evil, evil, evil, (projectId, kind, costCentre) => {
        const csv = ledgerCsv('lintula', [{ ...entry, projectId, kind, costCentre }], {
          separator: 'semicolon',
          first: true,
        });
        const cells = Object.values(read(csv)[0]!).filter((cell) => !/^-?\d+([.,]\d+)?$/.test(cell));
        expect(cells.filter((cell) => /^[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/.test(cell))).toEqual([]);
      }),
    );
  });
});
