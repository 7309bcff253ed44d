import { inTransaction } from '@talkoot/http-service';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import {
  commit,
  euros,
  instruct,
  key,
  municipalityId,
  openFunds,
  owedProject,
  paymentsFixture,
  propose,
} from '../payments.fixture.ts';
import { commitmentRaised } from '../ledger/postings.ts';
import type { PaymentsFixture } from '../payments.fixture.ts';
import { settle } from '../settlement/settlement.fixture.ts';

let fixture: PaymentsFixture;
beforeAll(async () => {
  fixture = await paymentsFixture(inject('mongodbUrl'));
});
afterAll(() => fixture.stop());

const year = 2027;
const nothing = { round: euros(0), bonus: euros(0), outcome: euros(0) };
const paramsOf = (pilotId: string, fiscalYear = year) => ({ municipalityId, pilotId, fiscalYear });
const proposeEnd = (pilotId: string, allotment: typeof nothing = nothing, fiscalYear = year) =>
  fixture.clerk.proposeYearEnd({
    params: paramsOf(pilotId, fiscalYear),
    body: { allotment, reason: 'The year is over' },
    idempotencyKey: key(),
  });
const confirmEnd = (pilotId: string, sha256: string, fiscalYear = year) =>
  fixture.authority.confirmYearEnd({
    params: paramsOf(pilotId, fiscalYear),
    body: { sha256 },
    idempotencyKey: key(),
  });
const end = async (pilotId: string, allotment = nothing) =>
  confirmEnd(pilotId, (await proposeEnd(pilotId, allotment)).sha256);
const trial = (pilotId: string, query: { fiscalYear?: number; at?: string } = {}) =>
  fixture.clerk.getTrialBalance({ params: { municipalityId }, query: { pilotId, limit: 200, ...query } });
const fundsOf = (pilotId: string) => fixture.anyone.getPilotFunds({ params: { municipalityId, pilotId } });
const spend = async (projectId: string, amount: number) => {
  const params = { municipalityId, projectId };
  const body = { amount: euros(amount), purpose: 'Racks' };
  const { spendingId } = await fixture.clerk.recordSpending({ params, body, idempotencyKey: key() });
  const other = await fixture.as('per-clerk-2', 'finance-clerk');
  return other.acceptSpending({ params: { municipalityId, spendingId }, idempotencyKey: key() });
};

describe('at the end of a fiscal year', () => {
  it('what is uncommitted lapses, and what is set aside is spent in the next year', async () => {
    await openFunds(fixture, 'pil-carry');
    await commit(fixture, 'pil-carry', 'prj-carry', 1_000_000);
    const allotment = { round: euros(5_000_000), bonus: euros(500_000), outcome: euros(0) };
    const ended = await end('pil-carry', allotment);
    expect(ended).toMatchObject({
      state: 'confirmed',
      into: 2028,
      lapses: [
        { account: 'bonus-fund', amount: euros(8_900_000) },
        { account: 'outcome-fund', amount: euros(1_000_000) },
        { account: 'round-fund', amount: euros(89_000_000) },
      ],
      carriesOver: [
        { account: 'commitment', projectId: 'prj-carry', amount: euros(1_000_000) },
        { account: 'reserve', projectId: 'prj-carry', amount: euros(100_000) },
      ],
    });
    await spend('prj-carry', 1_000_000);
    await expect(spend('prj-carry', 1)).rejects.toMatchObject({ code: 'above-commitment' });
    const { fiscalYear, funds } = await fundsOf('pil-carry');
    expect(fiscalYear).toBe(2028);
    expect(funds[0]).toMatchObject({
      allotted: euros(5_000_000),
      carriedOver: euros(1_000_000),
      available: euros(5_000_000),
      setAside: euros(0),
      used: euros(1_000_000),
    });
    expect(funds[1]).toMatchObject({ carriedOver: euros(100_000), setAside: euros(100_000) });
    for (const fiscalYear of [2027, 2028]) {
      const { balanced, totals } = await trial('pil-carry', { fiscalYear });
      expect({ balanced, differences: totals.map(({ debit, credit }) => debit - credit) }).toEqual({
        balanced: true,
        differences: [0],
      });
    }
  });

  it('is previewed before anybody proposes it, and the preview changes nothing', async () => {
    await openFunds(fixture, 'pil-preview');
    await commit(fixture, 'pil-preview', 'prj-preview', 1_000_000);
    const preview = (fiscalYear = year) =>
      fixture.clerk.previewYearEnd({ params: paramsOf('pil-preview', fiscalYear) });
    const before = await preview();
    await expect(fixture.anyone.getYearEnd({ params: paramsOf('pil-preview') })).rejects.toMatchObject({
      code: 'not-found',
    });
    expect(await proposeEnd('pil-preview')).toMatchObject(before);
    expect(before).toMatchObject({ fiscalYear: 2027, into: 2028 });
    expect(before.lapses).toHaveLength(3);
    expect(before.carriesOver).toHaveLength(2);
    await expect(preview(2028)).rejects.toMatchObject({ code: 'fiscal-year-not-open' });
    await end('pil-preview');
    await expect(preview()).rejects.toMatchObject({ code: 'fiscal-year-closed' });
    const elsewhere = { ...paramsOf('pil-preview', 2028), municipalityId: 'other' };
    await expect(fixture.clerk.previewYearEnd({ params: elsewhere })).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it('an obligation that is due stays payable, and is settled in the next year', async () => {
    const owed = await owedProject(fixture, 'pil-owed', 'prj-owed');
    const banked = owed.filter(({ payeeRole }) => payeeRole !== 'civil-servant');
    const paid = banked.slice(0, 2);
    const open = owed.filter((one) => !paid.includes(one));
    const lines = await instruct(
      fixture,
      await propose(
        fixture,
        paid.map((one) => one.obligationId),
      ),
    );
    const ended = await end('pil-owed');
    expect(ended.bringsForward).toEqual([
      { account: 'in-transit', projectId: 'prj-owed', amount: sumOf(paid) },
      { account: 'payable', projectId: 'prj-owed', amount: sumOf(open) },
    ]);
    await settle(fixture, [
      { ...lines[0]!, status: 'settled' },
      { ...lines[1]!, status: 'rejected' },
    ]);
    await settle(fixture, [{ ...lines[0]!, status: 'returned' }]);
    const again = await instruct(
      fixture,
      await propose(
        fixture,
        owed.map((one) => one.obligationId),
      ),
    );
    await settle(fixture, again);
    const { items: accounts, balanced } = await trial('pil-owed', { fiscalYear: 2028 });
    expect(balanced).toBe(true);
    const bank = accounts.find(({ account }) => account === 'bank')!;
    expect(bank.credit - bank.debit).toBe(sumOf(owed).amount);
    const lastYear = await trial('pil-owed', { fiscalYear: year });
    expect(lastYear.items.some(({ account }) => account === 'bank')).toBe(false);
  });

  it('a declined share of the old year goes to nobody: its money lapsed with its year', async () => {
    const [first] = await owedProject(fixture, 'pil-declined', 'prj-declined');
    await end('pil-declined');
    const { bonus } = await fixture.worker.getFunds({ params: { pilotId: 'pil-declined' } });
    const payee = await fixture.as(first!.payeeId, 'resident');
    const params = { municipalityId, obligationId: first!.obligationId };
    expect(await payee.declineObligation({ params, idempotencyKey: key() })).toMatchObject({
      state: 'cancelled',
    });
    expect((await fixture.worker.getFunds({ params: { pilotId: 'pil-declined' } })).bonus).toEqual(bonus);
    expect((await trial('pil-declined')).balanced).toBe(true);
  });

  it('is shown as it was at any earlier instant', async () => {
    await openFunds(fixture, 'pil-then');
    const before = new Date().toISOString();
    await commit(fixture, 'pil-then', 'prj-then', 1_000_000);
    await end('pil-then');
    const then = await trial('pil-then', { at: before });
    expect(then.items.map(({ account }) => account)).toEqual([
      'allotment',
      'bonus-fund',
      'outcome-fund',
      'round-fund',
    ]);
    const totals = [{ currency: 'EUR', debit: 100_000_000, credit: 100_000_000 }];
    expect(then).toMatchObject({ balanced: true, totals });
    const now = await trial('pil-then', { at: new Date().toISOString() });
    expect(now).toEqual(await trial('pil-then'));
  });

  it('takes two people, the second of the budget authority', async () => {
    await openFunds(fixture, 'pil-two');
    const both = await fixture.as('per-both', 'finance-clerk', 'budget-authority');
    const params = paramsOf('pil-two');
    const body = { allotment: nothing, reason: 'The year is over' };
    const { sha256 } = await both.proposeYearEnd({ params, body, idempotencyKey: key() });
    const confirm = (who: typeof both) =>
      who.confirmYearEnd({ params, body: { sha256 }, idempotencyKey: key() });
    await expect(confirm(both)).rejects.toMatchObject({ code: 'same-person-twice' });
    await expect(confirm(fixture.clerk)).rejects.toMatchObject({ code: 'forbidden' });
    const elsewhere = await fixture.asElsewhere('per-elsewhere', 'budget-authority');
    await expect(confirm(elsewhere)).rejects.toMatchObject({ code: 'forbidden' });
    expect(await confirm(fixture.authority)).toMatchObject({ state: 'confirmed' });
  });

  it('is confirmed only as it was proposed', async () => {
    await openFunds(fixture, 'pil-moved');
    const { sha256 } = await proposeEnd('pil-moved');
    await commit(fixture, 'pil-moved', 'prj-moved');
    await expect(confirmEnd('pil-moved', sha256)).rejects.toMatchObject({ code: 'year-end-changed' });
    const again = await proposeEnd('pil-moved');
    await expect(confirmEnd('pil-moved', sha256)).rejects.toMatchObject({ code: 'year-end-changed' });
    expect(await confirmEnd('pil-moved', again.sha256)).toMatchObject({ state: 'confirmed' });
  });

  it.each([
    ['of a year that is not open', 2028, nothing, 'fiscal-year-not-open'],
    ['below zero', year, { ...nothing, round: euros(-1) }, 'amount-invalid'],
    ['in another currency', year, { ...nothing, bonus: { amount: 1, currency: 'SEK' } }, 'amount-invalid'],
  ])('refuses a proposal %s', async (_, fiscalYear, allotment, code) => {
    await openFunds(fixture, 'pil-refused');
    await expect(proposeEnd('pil-refused', allotment, fiscalYear)).rejects.toMatchObject({ code });
    const params = paramsOf('pil-refused', fiscalYear);
    await expect(fixture.anyone.getYearEnd({ params })).rejects.toMatchObject({ code: 'not-found' });
  });

  it('ends once, and the next year ends after it', async () => {
    await openFunds(fixture, 'pil-twice');
    const first = await end('pil-twice');
    await expect(confirmEnd('pil-twice', first.sha256)).rejects.toMatchObject({ code: 'fiscal-year-closed' });
    await expect(proposeEnd('pil-twice')).rejects.toMatchObject({ code: 'fiscal-year-closed' });
    const next = await proposeEnd('pil-twice', nothing, 2028);
    expect(await confirmEnd('pil-twice', next.sha256, 2028)).toMatchObject({ into: 2029 });
    // The worker may tell of the permission again, years later.
    await expect(openFunds(fixture, 'pil-twice')).resolves.toMatchObject({ round: euros(90_000_000) });
  });

  it('commits no more than is allotted for the new year', async () => {
    await openFunds(fixture, 'pil-new');
    await end('pil-new', { ...nothing, round: euros(100), bonus: euros(10) });
    await expect(commit(fixture, 'pil-new', 'prj-new', 110)).rejects.toMatchObject({
      code: 'fund-overdrawn',
    });
    expect(await commit(fixture, 'pil-new', 'prj-new', 100)).toMatchObject({ committed: euros(100) });
  });

  it('nothing is posted in it any more, whoever still holds it for open', async () => {
    await openFunds(fixture, 'pil-late');
    await end('pil-late', { ...nothing, round: euros(100) });
    const stale = { municipalityId, pilotId: 'pil-late', fiscalYear: year, currency: 'EUR' };
    const late = inTransaction(fixture.connection, (session) =>
      fixture.payments.ledger.post(session, commitmentRaised(stale, 'prj-late', 1, 'late'), new Date()),
    );
    await expect(late).rejects.toMatchObject({ code: 'fiscal-year-closed' });
    expect(await trial('pil-late', { fiscalYear: year })).toMatchObject({ balanced: true });
  });

  it('lets no commitment slip into the year that is being closed', async () => {
    await openFunds(fixture, 'pil-race');
    const { sha256 } = await proposeEnd('pil-race');
    const commits = Array.from({ length: 20 }, (_, n) => commit(fixture, 'pil-race', `prj-race-${n}`, 100));
    const [ended, ...committed] = await Promise.allSettled([confirmEnd('pil-race', sha256), ...commits]);
    const codes = committed.flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : []));
    expect(new Set(codes)).toEqual(ended.status === 'fulfilled' ? new Set(['fund-overdrawn']) : new Set());
    if (ended.status === 'rejected') expect(ended.reason).toMatchObject({ code: 'year-end-changed' });
    else expect(codes).toHaveLength(20);
    const open = (await trial('pil-race', { fiscalYear: year })).items.find(
      ({ account }) => account === 'round-fund',
    )!;
    if (ended.status === 'fulfilled') expect(open.debit).toBe(open.credit);
  });
});

const sumOf = (some: readonly { amount: { amount: number } }[]) =>
  euros(some.reduce((sum, one) => sum + one.amount.amount, 0));
