import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { carriedByFund, closingOf, closingPostings, linesOf } from '../fund/year-end.ts';
import { atYearEnd, isBalanced, isGuarded, isRunOff, movementsOf, requireBalanced } from './ledger.ts';
import type { Movement, Transaction } from './ledger.ts';
import * as post from './postings.ts';

const book = { municipalityId: 'lintula', pilotId: 'pil-1', fiscalYear: 2027, currency: 'EUR' };
const amount = fc.integer({ min: 1, max: 1_000_000 });
const part = (obligationId: string, cents: number) => ({
  obligationId,
  projectId: 'prj-1',
  amount: cents,
  personal: true,
});
const outcome = { decisionId: 'out-1', contractProjectId: null, projectId: 'prj-1' };
const bonus = { decisionId: 'bon-1', projectId: 'prj-1' };

type Held = Map<string, Omit<Movement, 'key' | 'change'> & { fiscalYear: number; balance: number }>;

/** Posts as the store does: a closed year takes nothing, and what was owed in it moves on in the next. */
function post1(
  held: Held,
  transaction: Transaction,
  closedInto: ReadonlyMap<number, number>,
): Transaction | null {
  const into = closedInto.get(transaction.fiscalYear);
  if (into !== undefined)
    return isRunOff(transaction) ? post1(held, { ...transaction, fiscalYear: into }, closedInto) : null;
  requireBalanced(transaction);
  const movements = movementsOf(transaction);
  const after = (key: string, change: number) => (held.get(key)?.balance ?? 0) + change;
  if (movements.some((one) => isGuarded(one.account) && after(one.key, one.change) < 0)) return null;
  for (const { key, change, ...one } of movements) {
    const before = held.get(key) ?? { debit: 0, credit: 0, balance: 0 };
    held.set(key, {
      ...one,
      fiscalYear: transaction.fiscalYear,
      debit: before.debit + one.debit,
      credit: before.credit + one.credit,
      balance: before.balance + change,
    });
  }
  return transaction;
}

/** What people do, in the year that is open. */
type Act = (year: typeof book) => Transaction;
const anyAct: fc.Arbitrary<Act> = fc.oneof(
  fc.tuple(amount, amount).map(
    ([cost, pool]): Act =>
      (of) =>
        post.projectCommitted(of, 'prj-1', cost, pool),
  ),
  amount.map(
    (cents): Act =>
      (of) =>
        post.commitmentRaised(of, 'prj-1', cents, 'k'),
  ),
  amount.map(
    (cents): Act =>
      (of) =>
        post.commitmentReturned(of, 'prj-1', cents, 'k'),
  ),
  amount.map(
    (cents): Act =>
      (of) =>
        post.reserveReturned(of, 'prj-1', cents),
  ),
  amount.map((cents): Act => (of) => {
    const spending = { spendingId: 'spe-1', projectId: 'prj-1', amount: cents, obligationId: null };
    return post.spendingAccepted(of, spending);
  }),
  fc.tuple(amount, amount).map(
    ([a, b]): Act =>
      (of) =>
        post.bonusAwarded(of, bonus, [part('obl-1', a), part('obl-2', b)]),
  ),
  fc.tuple(amount, fc.constantFrom('round' as const, 'bonus' as const)).map(
    ([cents, origin]): Act =>
      (of) =>
        post.obligationClosed(of, part('obl-1', cents), origin, 'clo-1'),
  ),
  amount.map(
    (cents): Act =>
      (of) =>
        post.obligationWrittenOff(of, part('obl-1', cents)),
  ),
  amount.map(
    (cents): Act =>
      (of) =>
        post.batchInstructed(of, 'bat-1', [part('obl-1', cents)]),
  ),
  amount.map(
    (cents): Act =>
      (of) =>
        post.paymentSettled(of, part('obl-1', cents), 'att-1'),
  ),
  amount.map(
    (cents): Act =>
      (of) =>
        post.paymentRejected(of, part('obl-1', cents), 'att-1'),
  ),
  amount.map(
    (cents): Act =>
      (of) =>
        post.paymentReturned(of, part('obl-1', cents), 'att-1'),
  ),
  fc.tuple(amount, amount).map(
    ([back, fee]): Act =>
      (of) =>
        post.paymentReturned(of, part('obl-1', back + fee), 'att-2', fee),
  ),
  amount.map(
    (cents): Act =>
      (of) =>
        post.outcomeDecided(of, { ...outcome, receivable: cents }, []),
  ),
  amount.map(
    (cents): Act =>
      (of) =>
        post.receivablePaid(of, 'sus-1', null, cents),
  ),
);
type Step = { readonly act: Act; readonly late: boolean } | { readonly ends: number };
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ act: anyAct, late: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ ends: fc.nat(500_000) }) },
);

/** A pilot over several years: every act is posted in the open year or, late, in the first; year ends come in between. */
function live(steps: readonly Step[], limit: number) {
  const held: Held = new Map();
  const closedInto = new Map<number, number>();
  const posted: Transaction[] = [];
  let year = book.fiscalYear;
  const enter = (transaction: Transaction) => {
    const done = post1(held, transaction, closedInto);
    if (done) posted.push(done);
    return done;
  };
  enter(post.fundsOpened(book, { round: limit * 5, bonus: limit, outcome: limit }));
  for (const step of steps) {
    if ('act' in step) {
      enter(step.act({ ...book, fiscalYear: step.late ? book.fiscalYear : year }));
      continue;
    }
    const closing = closingOf(balancesOf(held, year));
    const allotment = { round: step.ends, bonus: 0, outcome: 0 };
    const postings = closingPostings({ ...book, fiscalYear: year }, year + 1, closing, allotment);
    for (const one of postings.out) expect(enter(one)).not.toBeNull();
    closedInto.set(year, year + 1);
    for (const one of postings.into) expect(enter(one)).not.toBeNull();
    year += 1;
  }
  return { held, posted, year };
}

const balancesOf = (held: Held, year: number) =>
  [...held.values()].filter(({ fiscalYear }) => fiscalYear === year);
const sumOf = (held: Held, account: string) =>
  [...held.values()].filter((one) => one.account === account).reduce((sum, { balance }) => sum + balance, 0);
const anyLife = fc.tuple(fc.array(anyStep, { maxLength: 60 }), amount);

describe('the ledger, over any course of acts and years', () => {
  it('holds debits equal to credits at every moment, in each year by itself', () => {
    fc.assert(
      fc.property(anyLife, ([steps, limit]) => {
        const { posted } = live(steps, limit);
        const sums = new Map<number, { debit: number; credit: number }>();
        for (const { fiscalYear, legs } of posted) {
          const sum = sums.get(fiscalYear) ?? { debit: 0, credit: 0 };
          for (const { side, amount: cents } of legs) sum[side] += cents;
          sums.set(fiscalYear, sum);
          expect([...sums.values()].every(({ debit, credit }) => debit === credit)).toBe(true);
        }
      }),
    );
  });

  it('never lets a guarded account go below zero', () => {
    fc.assert(
      fc.property(anyLife, ([steps, limit]) => {
        const { held } = live(steps, limit);
        const below = [...held.values()].filter(({ account, balance }) => isGuarded(account) && balance < 0);
        expect(below).toEqual([]);
        expect(isBalanced(held.values())).toBe(true);
      }),
    );
  });

  it('leaves nothing open in a closed year: what was allotted was used, lapsed or carried over', () => {
    fc.assert(
      fc.property(anyLife, ([steps, limit]) => {
        const { held, year } = live(steps, limit);
        for (let closed = book.fiscalYear; closed < year; closed += 1) {
          const open = balancesOf(held, closed).filter(({ account }) => atYearEnd(account) !== 'stays');
          expect(open.filter(({ balance }) => balance !== 0)).toEqual([]);
          const of = (account: string) =>
            balancesOf(held, closed)
              .filter((one) => one.account === account)
              .reduce((sum, { balance }) => sum + balance, 0);
          const used = of('round-expended') + of('bonus-expended') + of('outcome-expended');
          expect(of('allotment')).toBe(used + of('lapsed') + of('carried-over'));
        }
      }),
    );
  });

  it('carries over and brings forward exactly what left the year before', () => {
    fc.assert(
      fc.property(anyLife, ([steps, limit]) => {
        const { held, posted } = live([...steps, { ends: 0 }], limit);
        expect(sumOf(held, 'carried-over')).toBe(0);
        const written = posted
          .filter(({ kind }) => kind === 'obligation-written-off')
          .flatMap(({ legs }) => legs.filter(({ account }) => account === 'brought-forward'));
        expect(sumOf(held, 'brought-forward') + written.reduce((sum, one) => sum + one.amount, 0)).toBe(0);
      }),
    );
  });

  it('never spends more than was allotted', () => {
    fc.assert(
      fc.property(anyLife, ([steps, limit]) => {
        const { held } = live(steps, limit);
        const used = sumOf(held, 'round-expended') + sumOf(held, 'bonus-expended');
        expect(used).toBeLessThanOrEqual(sumOf(held, 'allotment'));
      }),
    );
  });
});

describe('what the public sees of a transaction', () => {
  const open = ({ legs }: Transaction) => legs.filter(({ personal }) => !personal);

  it('balances by itself, over any course of acts and years, and names no obligation of a person', () => {
    fc.assert(
      fc.property(anyLife, ([steps, limit]) => {
        const { posted } = live(steps, limit);
        for (const one of posted) {
          const side = (of: 'debit' | 'credit') =>
            open(one)
              .filter(({ side }) => side === of)
              .reduce((sum, { amount: cents }) => sum + cents, 0);
          expect(side('debit')).toBe(side('credit'));
          expect(open(one).filter(({ obligationId }) => obligationId !== null)).toEqual([]);
        }
      }),
    );
  });

  it('is all of the budget, and of a bonus its sum alone', () => {
    fc.assert(
      fc.property(anyLife, ([steps, limit]) => {
        const { posted } = live(steps, limit);
        const budget = /^(allotment|commitment|reserve|lapsed|carried-over|.*-(fund|reserve|expended))$/;
        const hidden = posted.flatMap(({ legs }) => legs.filter(({ personal }) => personal));
        expect(hidden.filter(({ account }) => budget.test(account))).toEqual([]);
      }),
    );
    const awarded = open(post.bonusAwarded(book, bonus, [part('obl-1', 20), part('obl-2', 30)]));
    expect(awarded.map(({ account, side, amount: cents }) => [account, side, cents])).toEqual([
      ['reserve', 'debit', 50],
      ['bonus-expended', 'credit', 50],
    ]);
  });

  it('is all of what companies are paid', () => {
    const paid = { ...part('obl-1', 10), personal: false };
    for (const one of [
      post.batchInstructed(book, 'bat-1', [paid]),
      post.paymentSettled(book, paid, 'att-1'),
      post.paymentReturned(book, paid, 'att-1'),
      post.obligationClosed(book, paid, 'round', 'clo-1'),
    ])
      expect(open(one)).toEqual(one.legs);
  });

  it('is refused where it would not balance by itself', () => {
    const { legs, id } = post.paymentSettled(book, part('obl-1', 10), 'att-1');
    const half = legs.map((one, at) => ({ ...one, personal: at === 0 }));
    expect(() => requireBalanced({ id, legs: half })).toThrow(
      expect.objectContaining({ code: 'unbalanced' }),
    );
  });
});

describe('a closed year', () => {
  const ended = () => {
    const opened = post.fundsOpened(book, { round: 1_000, bonus: 100, outcome: 10 });
    const committed = post.projectCommitted(book, 'prj-1', 600, 50);
    const owed = post.bonusAwarded(book, bonus, [part('obl-1', 20)]);
    const held: Held = new Map();
    for (const one of [opened, committed, owed]) post1(held, one, new Map());
    const closing = closingOf([...held.values()]);
    const postings = closingPostings(book, 2028, closing, { round: 0, bonus: 0, outcome: 0 });
    for (const one of postings.out) post1(held, one, new Map());
    const closed = new Map([[2027, 2028]]);
    for (const one of postings.into) post1(held, one, closed);
    return { held, closed, closing };
  };

  it('lapses what is in the funds and carries over what is set aside', () => {
    const { closing } = ended();
    expect(linesOf(closing.lapsed)).toEqual([
      { account: 'bonus-fund', projectId: null, amount: 50, open: 50 },
      { account: 'outcome-fund', projectId: null, amount: 10, open: 10 },
      { account: 'round-fund', projectId: null, amount: 400, open: 400 },
    ]);
    expect(carriedByFund(closing['carried-over'])).toEqual({ round: 600, bonus: 30, outcome: 0 });
    expect(linesOf(closing['brought-forward'])).toEqual([
      { account: 'payable', projectId: 'prj-1', amount: 20, open: 0 },
    ]);
  });

  it('takes no late commitment, while a debt of it is paid in the next year', () => {
    const { held, closed } = ended();
    expect(post1(held, post.commitmentRaised(book, 'prj-1', 1, 'late'), closed)).toBeNull();
    const paid = post1(held, post.batchInstructed(book, 'bat-1', [part('obl-1', 20)]), closed);
    expect(paid?.fiscalYear).toBe(2028);
  });

  it('lets a commitment of it be spent in the next year, and no more than that', () => {
    const { held, closed } = ended();
    const next = { ...book, fiscalYear: 2028 };
    const spending = { spendingId: 'spe-1', projectId: 'prj-1', obligationId: null };
    expect(post1(held, post.spendingAccepted(next, { ...spending, amount: 601 }), closed)).toBeNull();
    expect(post1(held, post.spendingAccepted(next, { ...spending, amount: 600 }), closed)).not.toBeNull();
  });
});

describe('a transaction', () => {
  it.each([
    ['unbalanced', [{ side: 'debit', amount: 2 } as const, { side: 'credit', amount: 1 } as const]],
    [
      'amount-not-positive',
      [{ side: 'debit', amount: -1 } as const, { side: 'credit', amount: -1 } as const],
    ],
    [
      'amount-not-positive',
      [{ side: 'debit', amount: 0.5 } as const, { side: 'credit', amount: 0.5 } as const],
    ],
    ['empty', []],
  ])('is refused when it is %s', (code, sides) => {
    const legs = sides.map((one) => ({
      ...one,
      account: 'bank' as const,
      projectId: null,
      obligationId: null,
      codes: null,
      personal: false,
    }));
    expect(() => requireBalanced({ id: 't', legs })).toThrow(expect.objectContaining({ code }));
  });

  it('has an id that follows from its business', () => {
    expect(post.fundsOpened(book, { round: 1, bonus: 1, outcome: 1 }).id).toBe('funds-opened/pil-1');
    expect(post.paymentSettled(book, part('obl-1', 1), 'att-1').id).toBe('payment-settled/att-1');
  });
});
