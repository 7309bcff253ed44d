import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvOf } from './csv.ts';
import type { CsvOptions } from './csv.ts';

const columns = ['name', 'amount'] as const;
const read = (csv: string, delimiter = ',') =>
  parse(csv, { bom: true, delimiter, columns: true, record_delimiter: '\r\n' }) as Record<string, string>[];
const written = (name: string, options: CsvOptions = {}) =>
  read(csvOf(columns, [{ name, amount: null }], options), options.delimiter)[0]!['name'];

describe('a table as CSV', () => {
  it.each([
    '=1+1',
    '+1-1',
    '-1-1',
    '@SUM(A1)',
    '\t=1',
    '\r=1',
    '＝1',
    '＋1',
    '－1',
    '＠A1',
    '=HYPERLINK("x";"y")',
  ])('makes text of the formula %j', (formula) => {
    expect(written(formula)).toBe(`'${formula}`);
    expect(written(formula, { raw: true })).toBe(formula);
  });

  it.each(['-5.00', '-5,00', '12', '-0.5'])('leaves the number %s a number', (number) => {
    expect(written(number)).toBe(number);
  });

  it('holds no cell that a spreadsheet would run, whatever comes in, and every other as it was', () => {
    const evil = fc
      .tuple(fc.constantFrom('=', '+', '-', '@', '\t', '\r', '＝', '', '"', ';'), fc.string())
      .map((both) => both.join(''));
    fc.assert(
      fc.property(evil, fc.constantFrom(',' as const, ';' as const), (name, delimiter) => {
        const cell = written(name, { delimiter })!;
        const isNumber = /^-?\d+([.,]\d+)?$/.test(name);
        const isFormula = !isNumber && /^[=+\-@\t\r\uFF0B\uFF0D\uFF1D\uFF20]/.test(name);
        expect(cell).toBe(isFormula ? `'${name}` : name);
        expect(written(name, { delimiter, raw: true })).toBe(name);
      }),
    );
  });

  it('has its columns in order, lines by RFC 4180, truth as words and nothing for null', () => {
    const row = { amount: -5, name: 'a,"b"', more: 'x' };
    expect(csvOf(columns, [row])).toBe('name,amount\r\n"a,""b""",-5\r\n');
    expect(csvOf(['is', 'none'], [{ is: false, none: null }], { header: false })).toBe('false,\r\n');
    expect(csvOf(columns, [])).toBe('name,amount\r\n');
    expect(csvOf(columns, [], { bom: true, delimiter: ';' })).toBe('\uFEFFname;amount\r\n');
  });
});
