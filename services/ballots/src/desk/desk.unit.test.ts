import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { desksOf, hear, issuedAt, mayBegin, publishedDesks, untouched } from './desk.ts';
import type { DeskTotal, Statement } from './desk.ts';

const said = (by: string, entered: number): Statement => ({ by, entered });
const after = (...statements: Statement[]): DeskTotal =>
  statements.reduce((total, one) => hear(total, one, null).total, untouched('library'));

describe('the total of a desk', () => {
  it('holds as soon as two people counted the same', () => {
    expect(after(said('anna', 12))).toMatchObject({ confirmed: null, stated: { entered: 12 } });
    expect(after(said('anna', 12), said('bo', 12))).toMatchObject({ confirmed: 12, stated: null });
  });

  it('is confirmed by nobody alone', () => {
    const once = after(said('anna', 12));
    expect(() => hear(once, said('anna', 12), null)).toThrow(
      expect.objectContaining({ code: 'same-person-twice' }),
    );
    expect(after(said('anna', 12), said('anna', 13))).toMatchObject({
      confirmed: null,
      stated: { entered: 13 },
    });
  });

  it('is none when two people differ, until both have counted again', () => {
    const { total, differs } = hear(after(said('anna', 12)), said('bo', 13), null);
    expect([differs, total.stated, total.confirmed]).toEqual([true, null, null]);
    const again = [said('bo', 13), said('anna', 13)].reduce(
      (one, next) => hear(one, next, null).total,
      total,
    );
    expect(again).toMatchObject({ confirmed: 13, stated: null });
  });

  it('is corrected by two, and stands while they disagree', () => {
    const first = [said('anna', 12), said('bo', 12)];
    expect(after(...first, said('anna', 11), said('bo', 11))).toMatchObject({ confirmed: 11 });
    expect(after(...first, said('anna', 11), said('bo', 10))).toMatchObject({ confirmed: 12, stated: null });
  });

  it('is not above what was issued, once that is known', () => {
    expect(() => hear(untouched('library'), said('anna', 13), 12)).toThrow(
      expect.objectContaining({ code: 'more-than-issued' }),
    );
    expect(hear(untouched('library'), said('anna', 12), 12).differs).toBe(false);
  });

  it('is always one that two different people stated', () => {
    const statement = fc.record({
      by: fc.constantFrom('anna', 'bo', 'cleo'),
      entered: fc.integer({ min: 0, max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(statement, { maxLength: 30 }), (statements) => {
        let total = untouched('library');
        for (const [turn, one] of statements.entries()) {
          try {
            total = hear(total, one, null).total;
          } catch {
            continue;
          }
          const { confirmed } = total;
          const saidIt = statements.slice(0, turn + 1).filter(({ entered }) => entered === confirmed);
          if (confirmed !== null) expect(new Set(saidIt.map(({ by }) => by)).size).toBeGreaterThan(1);
        }
      }),
    );
  });
});

describe('one more desk', () => {
  const library = { desk: 'library', by: 'anna' };
  const begun = (number: number, by: (at: number) => string) =>
    Array.from({ length: number }, (_, at) => ({ desk: `desk-${at}`, by: by(at) }));

  it('is begun by whoever began fewer than fifty, while there are fewer than a thousand', () => {
    expect(
      mayBegin(
        begun(49, () => 'anna'),
        library,
        null,
      ),
    ).toBe(true);
    expect(
      mayBegin(
        begun(50, () => 'anna'),
        library,
        null,
      ),
    ).toBe(false);
    expect(
      mayBegin(
        begun(999, (at) => `clerk-${at % 100}`),
        library,
        null,
      ),
    ).toBe(true);
    expect(
      mayBegin(
        begun(1_000, (at) => `clerk-${at % 100}`),
        library,
        null,
      ),
    ).toBe(false);
  });

  it('is always begun where certificates were issued, once that is known', () => {
    const full = begun(1_000, () => 'anna');
    expect(mayBegin(full, library, new Map([['library', 3]]))).toBe(true);
    expect(mayBegin(full, library, new Map([['school', 3]]))).toBe(false);
  });
});

describe('the desks of a poll', () => {
  const issuers = [
    { name: 'municipality' as const, desks: [at('library', 5), at('school', 3)] },
    { name: 'auditor' as const, desks: [at('library', 4), at('harbour', 1)] },
  ];
  function at(desk: string, issued: number) {
    return { desk, issued };
  }

  it('issued what both issuers counted, since one alone makes no vote', () => {
    expect([...issuedAt(issuers)!]).toEqual([
      ['library', 4],
      ['school', 0],
      ['harbour', 0],
    ]);
    expect(issuedAt(null)).toBe(null);
  });

  it('are all published, by id, without numbers that nobody confirmed', () => {
    const totals = [after(said('anna', 9), said('bo', 9)), { ...after(said('anna', 2)), desk: 'market' }];
    const desks = desksOf(totals, issuedAt(issuers));
    expect(desks.map(({ desk, state }) => `${desk} ${state}`)).toEqual([
      'harbour none',
      'library exceeding',
      'market stated',
      'school none',
    ]);
    expect(publishedDesks(desks)).toEqual([
      { desk: 'harbour', issued: 0, entered: 0 },
      { desk: 'library', issued: 4, entered: 9 },
      { desk: 'market', issued: 0, entered: 0 },
      { desk: 'school', issued: 0, entered: 0 },
    ]);
  });
});
