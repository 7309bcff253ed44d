import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRegister } from './register.csv.ts';

const read = (text: string) => readRegister(text, '2026-06-15');
const header = 'national_id,birth_date,district,valid_from\n';
const referring = 'national_id,birth_date,district,reference\n';

describe('a residents register', () => {
  it('is read with its columns in any order, a byte order mark and Windows line ends', () => {
    const file = read('\uFEFFdistrict,national_id,birth_date\r\nNorth, 010190-123a ,1990-01-01\r\n');
    const row = {
      nationalId: '010190-123A',
      birthDate: '1990-01-01',
      district: 'North',
      validFrom: '',
      reference: '',
    };
    expect(file).toEqual({ rows: [row] });
  });

  it('may say how the population register refers to each, or not', () => {
    const file = read(
      `${referring}A-1001,1990-01-01,North,ref-1\nA-1002,1990-01-01,North,\nA-1003,1990-01-01,North,\n`,
    );
    expect('rows' in file && file.rows.map(({ reference }) => reference)).toEqual(['ref-1', '', '']);
  });

  it.each([
    ['national_id,birth_date\n', 'line.1', /district is missing/],
    ['national_id,birth_date,district,name\n', 'line.1', /not known/],
    ['', 'line.1', /missing/],
    [`${header}A-1001,1990-02-30,North,\n`, 'line.2', /birth_date is not a date/],
    [`${header}A-1001,2026-06-16,North,\n`, 'line.2', /not plausible/],
    [`${header}A-1001,1990-01-01,,\n`, 'line.2', /district is empty/],
    [`${header}A-1001,1990-01-01,North,soon\n`, 'line.2', /valid_from/],
    [`${header}A-1001,1990-01-01\n`, 'line.2', /2 fields instead of 4/],
    [`${header}A-1001,1990-01-01,North,\na-1001,1990-01-01,North,\n`, 'line.3', /that of line 2/],
    [
      `${referring}A-1001,1990-01-01,North,ref-1\nA-1002,1990-01-01,North,ref-1\n`,
      'line.3',
      /that of line 2/,
    ],
    [`${referring}A-1001,1990-01-01,North,a-1001\n`, 'line.2', /is the national id/],
    [`${referring}A-1001,1990-01-01,North,r 1\n`, 'line.2', /reference is not/],
    [`${header}A-1001,"1990-01-01,North,\n`, 'line.2', /is not CSV/],
  ])('names the line of %j', (text, at, message) => {
    const file = read(text);
    expect('errors' in file && file.errors[0]!.at).toBe(at);
    expect('errors' in file && file.errors[0]!.message).toMatch(message);
  });

  it('never shows a value and never throws, whatever is in the file', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        const file = read(`${header}SECRET77,${text}`);
        expect(JSON.stringify('errors' in file ? file.errors : [])).not.toContain('SECRET77');
      }),
    );
  });
});
