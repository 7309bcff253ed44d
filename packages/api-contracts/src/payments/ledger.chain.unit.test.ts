import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chainStart, checkLedger, commitmentOf, entryHash } from './ledger.chain.ts';
import type { LedgerEntry, LedgerLine } from './ledger.ts';

const municipalityId = 'lintula';

/** A book of so many transactions of two entries, as a service writes it. */
function book(amounts: readonly number[], pilotId = 'pil-1'): LedgerEntry[] {
  let sha256 = chainStart;
  return amounts.flatMap((amount, index) =>
    (['debit', 'credit'] as const).map((side, line) => {
      const entry = {
        entryId: `raised/${index}/000${line + 1}`,
        transactionId: `raised/${index}`,
        kind: 'raised',
        fiscalYear: 2027,
        pilotId,
        projectId: side === 'credit' ? 'prj-1' : null,
        obligationId: null,
        account: side === 'credit' ? ('commitment' as const) : ('round-fund' as const),
        side,
        amount: { amount, currency: 'EUR' },
        at: '2027-03-01T10:00:00.000Z',
        costCentre: null,
        generalAccount: null,
        vatCode: null,
        salt: null,
        number: 2 * index + line + 1,
      };
      sha256 = entryHash(sha256, municipalityId, entry);
      return { ...entry, sha256 };
    }),
  );
}

/** An entry as the public sees it that tells what one person gets. */
function redacted(entry: LedgerEntry): LedgerLine {
  const { fiscalYear, pilotId, number, at, sha256, amount } = entry;
  const { currency } = amount;
  return { fiscalYear, pilotId, number, at, sha256, currency, commitment: commitmentOf(entry) };
}

function check(entries: readonly LedgerLine[], heads: Parameters<typeof checkLedger>[1] = []) {
  const checker = checkLedger(municipalityId, heads);
  for (const entry of entries) checker.take(entry);
  return checker.finish();
}

const anyBook = fc
  .array(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 2, maxLength: 8 })
  .map((amounts) => book(amounts));
const placeIn = (entries: readonly LedgerEntry[]) => fc.nat(entries.length - 1);
const withPlace = anyBook.chain((entries) => fc.tuple(fc.constant(entries), placeIn(entries)));

const other: { [F in Exclude<keyof LedgerEntry, 'number' | 'sha256'>]: LedgerEntry[F] } = {
  entryId: 'gift/1/0001',
  transactionId: 'gift/1',
  kind: 'gift',
  fiscalYear: 2028,
  pilotId: 'pil-2',
  projectId: 'prj-2',
  obligationId: 'obl-2',
  account: 'bank',
  side: 'debit',
  amount: { amount: 1_000_001, currency: 'EUR' },
  at: '2027-03-01T10:00:00.001Z',
  costCentre: '1',
  generalAccount: '2',
  vatCode: '3',
  salt: 'f'.repeat(32),
};

describe('a chain of entries', () => {
  it('holds as it was written', () => {
    fc.assert(
      fc.property(anyBook, (entries) => {
        const { holds, heads } = check(entries);
        expect(holds).toBe(true);
        expect(check(entries, heads).holds).toBe(true);
      }),
    );
  });

  it('breaks at the very entry of which any field was changed', () => {
    const field = fc.constantFrom(...(Object.keys(other) as (keyof typeof other)[]));
    fc.assert(
      fc.property(withPlace, field, ([entries, at], name) => {
        const entry = entries[at]!;
        fc.pre(JSON.stringify(entry[name]) !== JSON.stringify(other[name]));
        // In another book it is missing in its own.
        const { findings } = check(entries.with(at, { ...entry, [name]: other[name] }), check(entries).heads);
        const number = at + 1;
        expect(findings).toContainEqual(
          expect.objectContaining(
            name === 'fiscalYear' || name === 'pilotId'
              ? { code: 'entry-missing', book: '2027/pil-1/EUR', number }
              : { code: 'entry-changed', number },
          ),
        );
      }),
    );
  });

  it('breaks where an entry is gone, also at the end when the head is known', () => {
    fc.assert(
      fc.property(withPlace, ([entries, at]) => {
        const [first] = check(entries.toSpliced(at, 1), check(entries).heads).findings;
        expect(first).toMatchObject({ code: 'entry-missing', number: at + 1 });
      }),
    );
  });

  it('breaks where an entry was put in, repeated or moved', () => {
    fc.assert(
      fc.property(withPlace, ([entries, at]) => {
        const extra = { ...entries[at]!, entryId: 'gift/1/0001' };
        expect(check(entries.toSpliced(at, 0, extra)).findings[0]).toMatchObject({ number: at + 1 });
        const repeated = check(entries.toSpliced(at + 1, 0, entries[at]!)).findings[0];
        expect(repeated).toMatchObject({ code: 'entry-misplaced', number: at + 1 });
        fc.pre(at + 1 < entries.length);
        const moved = entries.with(at, entries[at + 1]!).with(at + 1, entries[at]!);
        expect(check(moved).findings[0]).toMatchObject({ code: 'entry-missing', number: at + 1 });
      }),
    );
  });

  it('that was written anew holds in itself, and not against a head that somebody kept', () => {
    const kept = check(book([10, 20, 30])).heads;
    const anew = book([10, 99, 30]);
    expect(check(anew).holds).toBe(true);
    expect(check(anew, kept).findings).toMatchObject([{ code: 'head-differs', number: 6 }]);
    // A book that has grown since still holds.
    expect(check(book([10, 20, 30, 40]), kept).holds).toBe(true);
  });

  it('is not helped by two heads that contradict each other', () => {
    const [head] = check(book([10, 20])).heads;
    const { findings } = check(book([10, 20]), [head!, { ...head!, sha256: 'f'.repeat(64) }]);
    expect(findings).toMatchObject([{ code: 'head-differs', number: 4 }]);
  });

  it('holds with any entries redacted exactly as with the same ones whole, and to the same head', () => {
    fc.assert(
      fc.property(anyBook, fc.infiniteStream(fc.boolean()), (entries, hidden) => {
        const [...choices] = Array.from({ length: entries.length / 2 }, () => hidden.next().value as boolean);
        // What is personal of a transaction balances by itself: here, all of it or nothing.
        const shown = entries.map((one, at) => (choices[Math.floor(at / 2)] ? redacted(one) : one));
        const report = check(shown, check(entries).heads);
        expect(report).toMatchObject({ holds: true, heads: check(entries).heads, entries: entries.length });
        expect(report.redacted).toBe(2 * choices.filter(Boolean).length);
      }),
    );
  });

  it('breaks at a redacted entry whose commitment or instant was changed', () => {
    fc.assert(
      fc.property(withPlace, ([entries, at]) => {
        const hidden = redacted(entries[at]!);
        for (const change of [{ commitment: 'f'.repeat(64) }, { at: '2027-03-01T10:00:00.001Z' }]) {
          const { findings } = check(entries.with(at, { ...hidden, ...change } as never));
          expect(findings[0]).toMatchObject({ code: 'entry-changed', number: at + 1, entryId: null });
        }
      }),
    );
  });

  it('says nothing of balances while entries are redacted', () => {
    const [first, ...rest] = book([10, 20]);
    const checker = checkLedger(municipalityId);
    for (const line of [redacted(first!), ...rest]) checker.take(line);
    expect(checker.finish([]).balances).toBe('not-given');
  });

  it('commits to what nobody can guess: another salt, another commitment', () => {
    const [entry] = book([10]);
    const salts = ['0'.repeat(32), '1'.repeat(32)];
    expect(new Set(salts.map((salt) => commitmentOf({ ...entry!, salt }))).size).toBe(2);
  });

  it('needs debits and credits of each transaction to be equal, whoever hashed it', () => {
    const entries = book([10, 20]);
    const odd = { ...entries[3]!, amount: { amount: 21, currency: 'EUR' } };
    odd.sha256 = entryHash(entries[2]!.sha256, municipalityId, odd);
    expect(check(entries.with(3, odd)).findings).toMatchObject([
      { code: 'transaction-unbalanced', number: 3 },
    ]);
  });
});
