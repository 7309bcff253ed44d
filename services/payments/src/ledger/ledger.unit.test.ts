import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isBalanced, isGuarded, movementsOf, requireBalanced } from './ledger.ts';
import type { Transaction } from './ledger.ts';
import * as post from './postings.ts';

const book = { municipalityId: 'lintula', pilotId: 'pil-1', fiscalYear: 2027, currency: 'EUR' };
const amount = fc.integer({ min: 1, max: 1_000_000 });
const part = (obligationId: string, cents: number) => ({ obligationId, projectId: 'prj-1', amount: cents });

/** What a ledger would hold after these transactions, refusing those that overdraw, as the store does. */
function play(transactions: readonly Transaction[]) {
  const held = new Map<string, { debit: number; credit: number; balance: number }>();
  for (const transaction of transactions) {
    requireBalanced(transaction);
    const movements = movementsOf(transaction);
    const after = (key: string, change: number) => (held.get(key)?.balance ?? 0) + change;
    if (movements.some((one) => isGuarded(one.account) && after(one.key, one.change) < 0)) continue;
    for (const { key, debit, credit, change } of movements) {
      const before = held.get(key) ?? { debit: 0, credit: 0, balance: 0 };
      held.set(key, {
        debit: before.debit + debit,
        credit: before.credit + credit,
        balance: before.balance + change,
      });
    }
  }
  return held;
}

const anyPosting = fc.oneof(
  fc.tuple(amount, amount).map(([cost, pool]) => post.projectCommitted(book, 'prj-1', cost, pool)),
  amount.map((cents) => post.commitmentRaised(book, 'prj-1', cents, 'k')),
  amount.map((cents) => post.commitmentReturned(book, 'prj-1', cents, 'k')),
  amount.map((cents) => post.reserveReturned(book, 'prj-1', cents)),
  amount.map((cents) =>
    post.spendingAccepted(book, {
      spendingId: 'spe-1',
      projectId: 'prj-1',
      amount: cents,
      obligationId: null,
    }),
  ),
  fc
    .tuple(amount, amount)
    .map(([a, b]) => post.bonusAwarded(book, 'bon-1', [part('obl-1', a), part('obl-2', b)])),
  fc
    .tuple(amount, fc.constantFrom('round' as const, 'bonus' as const))
    .map(([cents, origin]) => post.obligationClosed(book, part('obl-1', cents), origin)),
  amount.map((cents) => post.batchInstructed(book, 'bat-1', [part('obl-1', cents)])),
  amount.map((cents) => post.paymentSettled(book, part('obl-1', cents), 'att-1')),
  amount.map((cents) => post.paymentRejected(book, part('obl-1', cents), 'att-1')),
  amount.map((cents) => post.paymentReturned(book, part('obl-1', cents), 'att-1')),
  fc
    .tuple(amount, fc.constantFrom('in' as const, 'out' as const))
    .map(([cents, way]) => post.suspenseBooked(book, 'k', cents, way)),
);

describe('the ledger', () => {
  it('holds debits equal to credits after any course of transactions', () => {
    fc.assert(
      fc.property(fc.array(anyPosting, { maxLength: 60 }), amount, (course, limit) => {
        const opened = post.fundsOpened(book, { round: limit * 5, bonus: limit, outcome: limit });
        expect(isBalanced(play([opened, ...course]).values())).toBe(true);
      }),
    );
  });

  it('never lets a fund, commitment, reserve or debt go below zero, nor spends more than was allotted', () => {
    fc.assert(
      fc.property(fc.array(anyPosting, { maxLength: 60 }), amount, (course, limit) => {
        const held = play([
          post.fundsOpened(book, { round: limit, bonus: limit, outcome: limit }),
          ...course,
        ]);
        const guarded = [...held].filter(([name]) => !/\/(bank|suspense)\//.test(name));
        expect(guarded.filter(([, { balance }]) => balance < 0)).toEqual([]);
        const used = [...held].filter(([name]) => name.includes('-expended/'));
        expect(used.reduce((sum, [, { balance }]) => sum + balance, 0)).toBeLessThanOrEqual(2 * limit);
      }),
    );
  });

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
  ])('refuses a transaction that is %s', (code, sides) => {
    const legs = sides.map((one) => ({
      ...one,
      account: 'bank' as const,
      projectId: null,
      obligationId: null,
    }));
    expect(() => requireBalanced({ id: 't', legs })).toThrow(expect.objectContaining({ code }));
  });

  it('gives each transaction an id that follows from its business', () => {
    expect(post.fundsOpened(book, { round: 1, bonus: 1, outcome: 1 }).id).toBe('funds-opened/pil-1');
    expect(post.paymentSettled(book, part('obl-1', 1), 'att-1').id).toBe('payment-settled/att-1');
  });
});
