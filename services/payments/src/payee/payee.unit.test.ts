import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { erasureWait, vouchersEnd } from './payee.erasure.ts';
import { asOf, checkedIban, effectOf, isRegistered, maskIban, newPayee } from './payee.ts';
import {
  requireChange,
  withApproval,
  withEntry,
  withPayroll,
  withTelling,
  withVerification,
} from './payee.ts';
import type { Account, Entry, Payee } from './payee.ts';

const HOUR = 3_600_000;
const start = new Date('2027-03-01T09:00:00.000Z');
const after = (hours: number) => new Date(start.getTime() + hours * HOUR);
const sealed = { iv: '', tag: '', text: '' };
const account = (name: string): Account => ({
  masked: name,
  fingerprint: `f-${name}`,
  index: `i-${name}`,
  holder: `h-${name}`,
  sealed,
  verification: null,
});
const entry = (name: string, more: Partial<Entry> = {}): Entry => ({
  changeId: `chg-${name}`,
  account: account(name),
  by: 'per-1',
  evidence: null,
  at: start,
  ...more,
});
const nobody = newPayee('lintula', 'per-1', start);
const paid = withEntry(nobody, entry('old'));
const accountOf = (payee: Payee, at: Date) => asOf(payee, at).account?.masked ?? null;

describe('an IBAN', () => {
  it('is accepted with spaces and stored without', () => {
    expect(checkedIban('FI21 1234 5600 0007 85')).toBe('FI2112345600000785');
  });
  it.each(['FI2112345600000786', 'XX2112345600000785', 'FI21', 'not an iban at all'])(
    '%s is refused',
    (text) => {
      expect(() => checkedIban(text)).toThrow(expect.objectContaining({ code: 'iban-invalid' }));
    },
  );
  it('is shown without its middle', () => {
    expect(maskIban('FI2112345600000785')).toBe('FI•• •••• 0785');
  });
});

describe('a payee’s account', () => {
  it('is paid to at once when it is the first and their own', () => {
    expect(paid).toMatchObject({ method: 'bank', account: { masked: 'old' }, change: null });
  });
  it('that somebody else entered waits, also the first one, for a second person and until the payee knew of it for a while', () => {
    for (const before of [nobody, withPayroll(nobody, start)]) {
      const entered = withEntry(before, entry('new', { by: 'per-clerk', evidence: 'Contract 7' }));
      expect(accountOf(entered, after(1_000))).toBeNull();
      const approved = withApproval(entered, 'chg-new', 'per-approver', after(1));
      expect(accountOf(approved, after(1_000))).toBeNull();
      const told = withTelling(approved, after(2), 72 * HOUR);
      expect([73, 74].map((hours) => accountOf(told, after(hours)))).toEqual([null, 'new']);
    }
  });
  it('waits, though it is the first and their own, where they are paid by the payroll office', () => {
    const asked = withEntry(withPayroll(nobody, start), entry('new'));
    expect(asked).toMatchObject({ method: 'payroll', account: null, change: { account: { masked: 'new' } } });
  });
  it('is vouched for neither by the payee nor by who entered it', () => {
    const entered = withEntry(paid, entry('new', { by: 'per-clerk' }));
    const said = (recordedBy: string) => ({ result: 'match' as const, checkedAt: start, recordedBy });
    const record = (by: string) => () => withVerification(entered, 'chg-new', said(by), after(1));
    expect(record('per-clerk')).toThrow(expect.objectContaining({ code: 'same-person-twice' }));
    expect(record('per-1')).toThrow(expect.objectContaining({ code: 'own-payment' }));
    expect(record('per-other')().change?.account.verification).toEqual(said('per-other'));
  });
  it('keeps what the bank said of it when it is given again, unless under another name', () => {
    const verification = { result: 'no-match' as const, checkedAt: start, recordedBy: 'per-other' };
    const waiting = withVerification(withEntry(paid, entry('new')), 'chg-new', verification, after(1));
    const doubted = { ...paid, account: { ...account('old'), verification } };
    const renamed = (name: string) => ({ account: { ...account(name), holder: 'h-renamed' } });
    for (const by of ['per-1', 'per-clerk']) {
      const again = withEntry(waiting, entry('new', { by }));
      expect(again.change).toMatchObject({ changeId: 'chg-new', account: { verification } });
      const former = withEntry(doubted, entry('old', { by }));
      expect((former.change?.account ?? former.account)?.verification).toEqual(verification);
      const other = withEntry(waiting, entry('new', { ...renamed('new'), by }));
      expect(other.change?.account.verification).toBeNull();
    }
  });
  it('that waits gets another name at once from the payee only', () => {
    const told = withTelling(withEntry(paid, entry('new')), after(1), 72 * HOUR);
    const approved = withApproval(told, 'chg-new', 'per-approver', after(2));
    const renamed = { account: { ...account('new'), holder: 'h-renamed' }, changeId: 'chg-renamed' };
    const byClerk = withEntry(approved, entry('new', { ...renamed, by: 'per-clerk' }));
    expect(byClerk.change).toMatchObject({ changeId: 'chg-renamed', approvedBy: null, toldAt: null });
    expect(withEntry(approved, entry('new', renamed)).change).toMatchObject({ changeId: 'chg-new' });
  });
  it('is replaced only when a second person approved and the cooling-off after the telling is over', () => {
    const asked = withEntry(paid, entry('new'));
    const told = withTelling(asked, after(1), 72 * HOUR);
    const approved = withApproval(told, 'chg-new', 'per-approver', after(2));
    expect([72, 73].map((hours) => accountOf(approved, after(hours)))).toEqual(['old', 'new']);
    expect(accountOf(told, after(1_000))).toBe('old');
    const untold = withApproval(asked, 'chg-new', 'per-approver', after(2));
    expect(accountOf(untold, after(1_000))).toBe('old');
  });
  it('is not got around by way of the payroll office, of a second change or of an erasure', () => {
    const through = withEntry(withPayroll(paid, start), entry('new'));
    expect(through).toMatchObject({ method: 'payroll', change: { account: { masked: 'new' } } });
    const told = withTelling(withEntry(paid, entry('new')), after(1), 72 * HOUR);
    const approved = withApproval(told, 'chg-new', 'per-approver', after(2));
    const second = withEntry(approved, entry('third', { at: after(3) }));
    expect(second.change).toMatchObject({ toldAt: null, approvedBy: null });
    const forgotten = { ...nobody, erasedAt: start };
    expect(withEntry(forgotten, entry('new'))).toMatchObject({ account: null, change: { toldAt: null } });
  });
  it('that waits goes on waiting when it is given again, with what was approved of it', () => {
    const told = withTelling(withEntry(paid, entry('new')), after(1), 72 * HOUR);
    const approved = withApproval(told, 'chg-new', 'per-approver', after(2));
    const again = { ...entry('new', { changeId: 'chg-again', at: after(70) }) };
    const renamed = { ...account('new'), sealed: { ...sealed, text: 'renamed' } };
    const waiting = withEntry(approved, { ...again, account: renamed });
    expect(waiting.change).toEqual({ ...approved.change, account: renamed });
    expect([72, 73].map((hours) => accountOf(waiting, after(hours)))).toEqual(['old', 'new']);
  });
  it('is on record with who entered and who approved it, from when it is paid to', () => {
    const told = withTelling(withEntry(paid, entry('new')), after(1), 72 * HOUR);
    expect(effectOf(told, after(1_000))).toBeNull();
    const soon = withApproval(told, 'chg-new', 'per-approver', after(2));
    expect(effectOf(soon, after(72))).toBeNull();
    const people = { changeId: 'chg-new', requestedBy: 'per-1', approvedBy: 'per-approver', masked: 'new' };
    expect(effectOf(soon, after(73))).toMatchObject({ ...people, approvedAt: after(2), since: after(73) });
    const late = withApproval(told, 'chg-new', 'per-approver', after(90));
    expect(effectOf(late, after(90))).toMatchObject({ ...people, since: after(90) });
    expect(JSON.stringify(effectOf(late, after(90)))).not.toMatch(/sealed|fingerprint|index/);
  });
  it('given again by the payee is no change, and takes back one that waits', () => {
    const back = withEntry(withEntry(paid, entry('new')), entry('old'));
    expect(back).toMatchObject({ account: { masked: 'old' }, change: null });
  });
  it('that was paid to before, entered by somebody else, waits and is told like any other', () => {
    const byClerk = { by: 'per-clerk', evidence: 'Contract 7' };
    const untold = { toldAt: null, approvedBy: null, requestedBy: 'per-clerk' };
    const told = withTelling(withEntry(paid, entry('new')), after(1), 72 * HOUR);
    const approved = withApproval(told, 'chg-new', 'per-approver', after(2));
    const replaced = withEntry(approved, entry('old', { ...byClerk, at: after(3) }));
    expect(replaced.change).toMatchObject({ ...untold, changeId: 'chg-old', account: { masked: 'old' } });
    const onPayroll = withPayroll(paid, start);
    const moved = withEntry(onPayroll, entry('old', byClerk));
    expect(moved).toMatchObject({ method: 'payroll', change: untold });
    expect(asOf(moved, after(1_000)).method).toBe('payroll');
  });
  it('entered by somebody else leaves what the payee asked for: to be forgotten', () => {
    const asked = { ...paid, erasureAskedAt: start };
    for (const name of ['old', 'new']) {
      expect(withEntry(asked, entry(name, { by: 'per-clerk' })).erasureAskedAt).toEqual(start);
      expect(withEntry(asked, entry(name)).erasureAskedAt).toBeNull();
    }
    expect(withPayroll(asked, after(1)).erasureAskedAt).toBeNull();
  });
  it('is approved neither by the payee nor by who entered it, and only while it waits', () => {
    const asked = withEntry(paid, entry('new', { by: 'per-clerk' }));
    const code = (changeId: string, by: string) => () => withApproval(asked, changeId, by, after(1));
    expect(code('chg-new', 'per-1')).toThrow(expect.objectContaining({ code: 'own-payment' }));
    expect(code('chg-new', 'per-clerk')).toThrow(expect.objectContaining({ code: 'same-person-twice' }));
    const unknown = expect.objectContaining({ code: 'account-change-unknown' });
    expect(code('chg-old', 'per-approver')).toThrow(unknown);
    expect(() => requireChange(null, 'chg-new', after(1))).toThrow(unknown);
    const done = withApproval(withTelling(asked, start, HOUR), 'chg-new', 'per-approver', after(0.5));
    expect(() => requireChange(done, 'chg-new', after(2))).toThrow(unknown);
  });
  it('is never one that waits, whatever happens in whatever order', () => {
    const step = fc.record({
      does: fc.constantFrom('enter', 'clerk', 'payroll', 'tell', 'approve'),
      name: fc.constantFrom('a', 'b', 'c'),
      hours: fc.integer({ min: 0, max: 100 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        let payee = nobody;
        let hours = 0;
        let paidTo: string | null = null;
        const vouched = new Set<string>();
        const told = new Map<string, number>();
        for (const [at, { does, name, hours: later }] of steps.entries()) {
          hours += later;
          const now = after(hours);
          const { change } = asOf(payee, now);
          const given = { at: now, changeId: `chg-${at}` };
          if (does === 'enter') payee = withEntry(payee, entry(name, given));
          if (does === 'clerk') payee = withEntry(payee, entry(name, { ...given, by: 'per-clerk' }));
          if (does === 'payroll') payee = withPayroll(payee, now);
          if (does === 'tell') payee = withTelling(asOf(payee, now), now, 72 * HOUR);
          if (does === 'tell' && change)
            told.set(change.account.masked, told.get(change.account.masked) ?? hours);
          if (does === 'approve' && change) {
            payee = withApproval(payee, change.changeId, 'per-approver', now);
            vouched.add(change.account.masked);
          }
          const masked = accountOf(payee, now);
          if (masked !== paidTo && !(paidTo === null && does === 'enter')) {
            expect(vouched.has(masked!)).toBe(true);
            expect(hours - told.get(masked!)!).toBeGreaterThanOrEqual(72);
          }
          paidTo = masked;
        }
      }),
    );
  });
});

describe('a prepayment registration', () => {
  it('holds through its last day', () => {
    const registration = { evidence: 'YTJ', until: '2027-03-01', recordedBy: 'per-x', recordedAt: start };
    expect(isRegistered({ ...paid, registration }, new Date('2027-03-01T23:59:59Z'))).toBe(true);
    expect(isRegistered({ ...paid, registration }, new Date('2027-03-02T00:00:00Z'))).toBe(false);
    expect(isRegistered(paid, start)).toBe(false);
  });
});

describe('an erasure', () => {
  const nothing = { due: 0, underWay: 0, lastSettledAt: null };
  const days = (count: number) => count * 24 * HOUR;
  it('waits while something is due or under way, and until nothing can come back', () => {
    expect(erasureWait(nothing, start, days(30))).toBeNull();
    expect(erasureWait({ ...nothing, due: 1 }, start, 0)?.because).toBe('payment-due');
    expect(erasureWait({ ...nothing, due: 1, underWay: 1 }, start, 0)?.because).toBe('payment-under-way');
    const settled = { ...nothing, lastSettledAt: start };
    expect(erasureWait(settled, after(30 * 24 - 1), days(30))).toEqual({
      because: 'payment-may-return',
      notBefore: after(30 * 24),
    });
    expect(erasureWait(settled, after(30 * 24), days(30))).toBeNull();
    expect(erasureWait(settled, start, 0)).toBeNull();
  });
  it('leaves vouchers six years from the end of the calendar year', () => {
    expect(vouchersEnd(2027).toISOString()).toBe('2034-01-01T00:00:00.000Z');
  });
});
