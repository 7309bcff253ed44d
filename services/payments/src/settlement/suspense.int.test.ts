import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import {
  booking,
  debtorAccount,
  here,
  notify,
  reconciled,
  sentBatch,
  suspenseOf,
  takeIn,
} from '../bank/bank.fixture.ts';
import {
  euros,
  instruct,
  key,
  paymentsFixture,
  propose as proposeBatch,
  signals,
} from '../payments.fixture.ts';
import type { PaymentsFixture } from '../payments.fixture.ts';

let fixture: PaymentsFixture;
beforeAll(async () => {
  fixture = await paymentsFixture(inject('mongodbUrl'));
  await debtorAccount(fixture);
});
afterAll(() => fixture.stop());

describe('a suspense item', () => {
  const propose = (suspenseId: string, resolution: object, by = fixture.clerk) =>
    by.proposeResolution({
      params: { ...here, suspenseId },
      body: { resolution: resolution as never, reason: 'The bank said so on the phone' },
      idempotencyKey: key(),
    });
  const confirm = (
    item: { suspenseId: string; proposal: { sha256: string } | null },
    by = fixture.approver,
  ) =>
    by.confirmResolution({
      params: { ...here, suspenseId: item.suspenseId },
      body: { proposalSha256: item.proposal!.sha256 },
      idempotencyKey: key(),
    });

  it('of a batch entry without details is matched by two people, and its payments are settled', async () => {
    const { batchId, lines } = await sentBatch(fixture, 'matched');
    const amount = lines.reduce((sum, one) => sum + one.amount.amount, 0);
    const { suspense } = await takeIn(
      fixture,
      notify({ ...booking('', amount, 'GROUP'), batched: 3, parts: [] }),
    );
    expect(suspense).toMatchObject([{ code: 'no-details', way: 'out', amount: euros(amount) }]);
    const { suspenseId } = suspense[0]!;
    const attemptIds = lines.map(({ attemptId }) => attemptId);
    const short = propose(suspenseId, { as: 'matched', attemptIds: attemptIds.slice(1) });
    await expect(short).rejects.toMatchObject({ code: 'resolution-unfit' });
    const nothing = { params: { ...here, suspenseId }, body: { proposalSha256: 'a'.repeat(64) } };
    const early = fixture.approver.confirmResolution({ ...nothing, idempotencyKey: key() });
    await expect(early).rejects.toMatchObject({ code: 'not-proposed' });
    const item = await propose(suspenseId, { as: 'matched', attemptIds });
    expect((await reconciled(fixture, batchId)).inTransit.recorded.payments).toBe(3);
    const wrong = fixture.approver.confirmResolution({ ...nothing, idempotencyKey: key() });
    await expect(wrong).rejects.toMatchObject({ code: 'hash-mismatch' });
    expect(await confirm(item)).toMatchObject({ state: 'resolved', confirmedBy: 'per-approver' });
    expect(await reconciled(fixture, batchId)).toMatchObject({ agrees: true, complete: true });
    expect(await signals(fixture, `batch/${batchId}`)).toEqual(['reconciled']);
    await expect(confirm(item)).rejects.toMatchObject({ code: 'suspense-resolved' });
  });
  it('is resolved by nobody alone, nor by anybody whom it pays', async () => {
    const { lines } = await sentBatch(fixture, 'alone');
    const [one] = lines;
    await takeIn(fixture, notify({ ...booking('', one!.amount.amount, 'ALONE'), parts: [] }));
    const { suspenseId } = await suspenseOf(fixture, 'ALONE');
    const matched = { as: 'matched', attemptIds: [one!.attemptId] };
    const payee = await fixture.as(one!.payeeId, 'finance-clerk', 'payout-approver');
    await expect(propose(suspenseId, matched, payee)).rejects.toMatchObject({ code: 'own-payment' });
    const both = await fixture.as('per-both', 'finance-clerk', 'payout-approver');
    const item = await propose(suspenseId, matched, both);
    await expect(confirm(item, both)).rejects.toMatchObject({ code: 'same-person-twice' });
    await expect(confirm(item, payee)).rejects.toMatchObject({ code: 'own-payment' });
    await expect(confirm(item, fixture.clerk)).rejects.toMatchObject({ code: 'forbidden' });
    const elsewhere = await fixture.asElsewhere('per-approver', 'payout-approver');
    const crossing = elsewhere.confirmResolution({
      params: { municipalityId: 'other', suspenseId },
      body: { proposalSha256: item.proposal!.sha256 },
      idempotencyKey: key(),
    });
    await expect(crossing).rejects.toMatchObject({ code: 'not-found' });
  });
  it('of a second booking is offset by the money that came back', async () => {
    const { lines } = await sentBatch(fixture, 'offset');
    const [one] = lines;
    const { amount } = one!.amount;
    await takeIn(fixture, notify(booking(one!.endToEndId, amount, 'OFF-1')));
    await takeIn(fixture, notify(booking(one!.endToEndId, amount, 'OFF-2')));
    await takeIn(fixture, notify({ ...booking('', amount, 'OFF-3'), direction: 'CRDT', parts: [] }));
    const [out, back] = [await suspenseOf(fixture, 'OFF-2'), await suspenseOf(fixture, 'OFF-3')];
    const item = await propose(out.suspenseId, { as: 'offset', suspenseId: back.suspenseId });
    await confirm(item);
    expect((await suspenseOf(fixture, 'OFF-3')).state).toBe('resolved');
    expect((await suspenseOf(fixture, 'OFF-2')).state).toBe('resolved');
  });
  it('that names a payment is decided on by nobody whom that paid, whatever it is said to be', async () => {
    const { lines } = await sentBatch(fixture, 'twice');
    const [one] = lines;
    const { amount } = one!.amount;
    await takeIn(fixture, notify(booking(one!.endToEndId, amount, 'TWICE-1')));
    await takeIn(fixture, notify(booking(one!.endToEndId, amount, 'TWICE-2')));
    await takeIn(fixture, notify({ ...booking('', amount, 'TWICE-3'), direction: 'CRDT', parts: [] }));
    const [out, back] = [await suspenseOf(fixture, 'TWICE-2'), await suspenseOf(fixture, 'TWICE-3')];
    const payee = await fixture.as(one!.payeeId, 'finance-clerk', 'payout-approver');
    const offset = { as: 'offset', suspenseId: out.suspenseId };
    for (const [item, resolution] of [
      [out, { as: 'not-ours' }],
      [out, { as: 'offset', suspenseId: back.suspenseId }],
      [back, offset],
    ] as const) {
      const proposing = propose(item.suspenseId, resolution, payee);
      await expect(proposing).rejects.toMatchObject({ code: 'own-payment' });
    }
    const alien = await propose(out.suspenseId, { as: 'not-ours' });
    await expect(confirm(alien, payee)).rejects.toMatchObject({ code: 'own-payment' });
    const item = await propose(back.suspenseId, offset);
    await expect(confirm(item, payee)).rejects.toMatchObject({ code: 'own-payment' });
    expect((await suspenseOf(fixture, 'TWICE-2')).state).toBe('proposed');
    await confirm(item);
    expect((await suspenseOf(fixture, 'TWICE-2')).state).toBe('resolved');
  });
  it('of a payment that came back less a fee returns it: it is owed in full, and the municipality bears the fee', async () => {
    const { batchId, lines } = await sentBatch(fixture, 'fee');
    const [one] = lines;
    const { amount } = one!.amount;
    await takeIn(fixture, notify(...lines.map((line) => booking(line.endToEndId, line.amount.amount))));
    const part = { reference: 'FEE', endToEndId: one!.endToEndId, amount: amount - 500, returned: 'AC04' };
    const back = { ...booking('', amount - 500, 'FEE'), direction: 'CRDT' as const, parts: [part] };
    const { suspense } = await takeIn(fixture, notify(back));
    expect(suspense).toMatchObject([{ code: 'amount-differs', way: 'in', amount: euros(amount - 500) }]);
    const { suspenseId } = suspense[0]!;
    const returned = (fee: number) => ({ as: 'returned', attemptId: one!.attemptId, fee: euros(fee) });
    await expect(propose(suspenseId, returned(499))).rejects.toMatchObject({ code: 'resolution-unfit' });
    const payee = await fixture.as(one!.payeeId, 'finance-clerk');
    await expect(propose(suspenseId, returned(500), payee)).rejects.toMatchObject({ code: 'own-payment' });
    const item = await propose(suspenseId, returned(500));
    await expect(confirm(item, await fixture.as('per-clerk', 'payout-approver'))).rejects.toMatchObject({
      code: 'same-person-twice',
    });
    await confirm(item);
    const stateOf = async () =>
      (await fixture.clerk.getObligation({ params: { ...here, obligationId: one!.obligationId } }))
        .obligation;
    expect(await stateOf()).toMatchObject({ state: 'returned', attempts: [{ state: 'returned' }] });
    expect(await reconciled(fixture, batchId)).toMatchObject({ agrees: true, complete: true });
    const held = async (account: string) => {
      const query = { pilotId: 'pil-fee', limit: 200 };
      const { items, balanced } = await fixture.clerk.getTrialBalance({ params: here, query });
      expect(balanced).toBe(true);
      const own = items.filter((line) => line.account === account);
      return own.reduce((sum, { debit, credit }) => sum + debit - credit, 0);
    };
    const total = lines.reduce((sum, line) => sum + line.amount.amount, 0);
    // The civil servant of the project is not paid yet.
    const wage = 24_000;
    expect([await held('bank-fees'), await held('bank'), await held('payable')]).toEqual([
      500,
      amount - 500 - total,
      -amount - wage,
    ]);
    const again = await instruct(fixture, await proposeBatch(fixture, [one!.obligationId]));
    await takeIn(fixture, notify(booking(again[0]!.endToEndId, amount)));
    expect(await stateOf()).toMatchObject({ state: 'settled' });
    expect(await held('payable')).toBe(-wage);
  });
  it('that is none of ours leaves the ledger', async () => {
    await takeIn(fixture, notify({ ...booking('', 4_711, 'ALIEN'), parts: [] }));
    const { suspenseId } = await suspenseOf(fixture, 'ALIEN');
    await expect(propose(suspenseId, { as: 'noted' })).rejects.toMatchObject({ code: 'resolution-unfit' });
    await confirm(await propose(suspenseId, { as: 'not-ours' }));
    const { items } = await fixture.clerk.listSuspense({
      params: here,
      query: { state: 'resolved', limit: 200 },
    });
    expect(items.map((one) => one.suspenseId)).toContain(suspenseId);
  });
  it('that is explained a year later leaves the year in which it stands', async () => {
    await takeIn(fixture, notify({ ...booking('', 815, 'OLD'), parts: [] }));
    const { suspenseId } = await suspenseOf(fixture, 'OLD');
    const item = await propose(suspenseId, { as: 'not-ours' });
    const now = new Date();
    const later = vi.spyOn(fixture.payments, 'now');
    later.mockReturnValue(new Date(now.getTime() + 366 * 86_400_000));
    await confirm(item);
    later.mockRestore();
    const entries = fixture.connection.collection('ledgerentries');
    const released = await entries.find({ transactionId: `suspense-released/${suspenseId}` }).toArray();
    expect(released.map((one) => one['fiscalYear'])).toEqual([now.getUTCFullYear(), now.getUTCFullYear()]);
    expect(released[0]!['at'].getTime()).toBeGreaterThan(now.getTime());
  });
  it('is on a page of a list, and each on one', async () => {
    const seen: string[] = [];
    for (let after: string | undefined; ;) {
      const page = await fixture.clerk.listSuspense({
        params: here,
        query: { limit: 3, ...(after ? { after } : {}) },
      });
      seen.push(...page.items.map(({ suspenseId }) => suspenseId));
      if (!page.next) break;
      after = page.next;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBe(await fixture.connection.collection('suspense').countDocuments());
  });
});
