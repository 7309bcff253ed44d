import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import {
  euros,
  instruct,
  key,
  municipalityId,
  owedProject,
  paymentsFixture,
  propose,
  signals,
} from '../payments.fixture.ts';
import type { PaymentsFixture } from '../payments.fixture.ts';
import { settle } from '../settlement/settlement.fixture.ts';

let fixture: PaymentsFixture;
beforeAll(async () => {
  fixture = await paymentsFixture(inject('mongodbUrl'));
});
afterAll(() => fixture.stop());

const owed = async (name: string) =>
  (await owedProject(fixture, `pil-${name}`, `prj-${name}`)).map((one) => one.obligationId);
const stateOf = async (obligationId: string) =>
  (await fixture.clerk.getObligation({ params: { municipalityId, obligationId } })).obligation;
const balanced = async () =>
  (await fixture.anyone.getTrialBalance({ params: { municipalityId }, query: {} })).balanced;

describe('a payout batch', () => {
  it('takes an obligation once, however many clerks propose it at the same time', async () => {
    const ids = await owed('rush');
    const done = await Promise.allSettled(Array.from({ length: 12 }, () => propose(fixture, ids)));
    const refused = done.filter((one) => one.status === 'rejected');
    expect(done.length - refused.length).toBe(1);
    expect(refused.map((one) => one.reason.code)).toEqual(Array(11).fill('obligation-not-open'));
    const attempts = fixture.connection.collection('attempts');
    expect(await attempts.countDocuments({ obligationId: { $in: ids } })).toBe(ids.length);
  });

  it('answers a repeated proposal with the same batch and refuses the key for another', async () => {
    const [first, ...rest] = await owed('repeat');
    const same = key();
    const batch = await propose(fixture, [first!], same);
    expect(await propose(fixture, [first!], same)).toEqual(batch);
    await expect(propose(fixture, rest, same)).rejects.toMatchObject({ code: 'idempotency-key-reused' });
  });

  it('refuses what is unknown, named twice, of another municipality or of two pilots', async () => {
    const [one] = await owed('mix-a');
    const [other] = await owed('mix-b');
    await expect(propose(fixture, ['obl-unknown'])).rejects.toMatchObject({ code: 'obligation-unknown' });
    await expect(propose(fixture, [one!, one!])).rejects.toMatchObject({ code: 'obligation-repeated' });
    await expect(propose(fixture, [one!, other!])).rejects.toMatchObject({ code: 'batch-mixes-pilots' });
    const elsewhere = await fixture.asElsewhere('per-clerk', 'finance-clerk');
    const crossing = { body: { obligationIds: [one!] }, idempotencyKey: key() };
    const here = elsewhere.proposeBatch({ params: { municipalityId }, ...crossing });
    await expect(here).rejects.toMatchObject({ code: 'forbidden' });
    const there = elsewhere.proposeBatch({ params: { municipalityId: 'other' }, ...crossing });
    await expect(there).rejects.toMatchObject({ code: 'obligation-unknown' });
    expect((await stateOf(one!)).state).toBe('due');
  });

  it('is proposed, approved and released by nobody whom it pays', async () => {
    const ids = await owed('own');
    const params = { municipalityId };
    const all = await fixture.as('per-servant', 'finance-clerk', 'payout-approver', 'payout-releaser');
    const own = { code: 'own-payment' };
    const proposed = all.proposeBatch({ params, body: { obligationIds: ids }, idempotencyKey: key() });
    await expect(proposed).rejects.toMatchObject(own);
    const { batchId, sha256 } = await propose(fixture, ids);
    const sign = () => ({
      params: { ...params, batchId },
      body: { batchSha256: sha256 },
      idempotencyKey: key(),
    });
    await expect(all.approveBatch(sign())).rejects.toMatchObject(own);
    await fixture.approver.approveBatch(sign());
    await expect(all.releaseBatch(sign())).rejects.toMatchObject(own);
    await fixture.releaser.releaseBatch(sign());
  });

  it('is signed by three different people, for exactly its content', async () => {
    const batch = await propose(fixture, await owed('sign'));
    const params = { municipalityId, batchId: batch.batchId };
    const body = { batchSha256: batch.sha256 };
    const everything = await fixture.as('per-clerk', 'finance-clerk', 'payout-approver', 'payout-releaser');
    const own = everything.approveBatch({ params, body, idempotencyKey: key() });
    await expect(own).rejects.toMatchObject({ code: 'same-person-twice' });
    const wrong = { params, body: { batchSha256: 'f'.repeat(64) }, idempotencyKey: key() };
    await expect(fixture.approver.approveBatch(wrong)).rejects.toMatchObject({ code: 'hash-mismatch' });
    await expect(fixture.clerk.approveBatch({ params, body, idempotencyKey: key() })).rejects.toMatchObject({
      code: 'forbidden',
    });
    await fixture.approver.approveBatch({ params, body, idempotencyKey: key() });
    const both = await fixture.as('per-approver', 'payout-approver', 'payout-releaser');
    for (const second of [both, everything]) {
      const released = second.releaseBatch({ params, body, idempotencyKey: key() });
      await expect(released).rejects.toMatchObject({ code: 'same-person-twice' });
    }
    const early = fixture.worker.instructBatch({ params: { batchId: batch.batchId }, body });
    await expect(early).rejects.toMatchObject({ code: 'batch-not-released' });
  });

  it('cannot hold one person twice, even when a program writes so', async () => {
    const batches = fixture.connection.collection('batches');
    const signed = { approvedBy: 'per-approver' };
    const batch = await propose(fixture, await owed('database'));
    const write = (change: object) => batches.updateOne({ _id: batch.batchId as never }, { $set: change });
    const refused = { codeName: 'DocumentValidationFailure', code: 121 };
    await expect(write({ approvedBy: 'per-clerk' })).rejects.toMatchObject({ code: refused.code });
    await expect(write({ ...signed, releasedBy: 'per-approver' })).rejects.toMatchObject({ code: 121 });
    await expect(write({ ...signed, releasedBy: 'per-clerk' })).rejects.toMatchObject({ code: 121 });
    await expect(write({ releasedBy: 'per-releaser' })).rejects.toMatchObject({ code: 121 });
    await write({ ...signed, releasedBy: 'per-releaser' });
  });

  it('gives its obligations back when it is refused or expires, to be approved anew', async () => {
    const ids = await owed('refuse');
    const batch = await propose(fixture, ids);
    const params = { municipalityId, batchId: batch.batchId };
    await fixture.approver.refuseBatch({ params, body: { reason: 'Wrong month' }, idempotencyKey: key() });
    expect(await stateOf(ids[0]!)).toMatchObject({ state: 'due', attempts: [{ state: 'withdrawn' }] });
    const second = await propose(fixture, ids);
    await fixture.endPhase(second.batchId, 'expired');
    const third = await propose(fixture, ids);
    const lines = await instruct(fixture, third);
    await settle(fixture, lines);
    const { state, attempts } = await stateOf(ids[0]!);
    expect([state, ...attempts.map((one) => one.state)]).toEqual([
      'settled',
      'withdrawn',
      'withdrawn',
      'settled',
    ]);
    expect(new Set(attempts.map((one) => one.endToEndId)).size).toBe(3);
  });

  it('is instructed once, however often the worker asks', async () => {
    const batch = await propose(fixture, await owed('once'));
    await instruct(fixture, batch);
    const body = { batchSha256: batch.sha256 };
    const again = () => fixture.worker.instructBatch({ params: { batchId: batch.batchId }, body });
    expect(await Promise.all([again(), again()])).toEqual([{ attempts: 4 }, { attempts: 4 }]);
    expect(await balanced()).toBe(true);
  });

  it('shows no account number in full, whatever state it is in: that is what its payment file is for', async () => {
    const batch = await propose(fixture, await owed('secret'));
    const params = { municipalityId, batchId: batch.batchId };
    const shown = async () => JSON.stringify(await fixture.clerk.getBatch({ params }));
    expect(await shown()).not.toContain('FI21');
    await instruct(fixture, batch);
    expect(await shown()).not.toContain('FI21');
    expect(await fixture.clerk.exportPayrollFile({ params })).not.toContain('FI21');
    const token = await fixture.tokenOf('per-clerk', 'finance-clerk');
    for (const path of ['instructions', 'instructions.csv']) {
      const url = `${fixture.url}/v1/m/${municipalityId}/batches/${batch.batchId}/${path}`;
      const { status } = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
      expect(status).toBe(404);
    }
  });
});

describe('what the bank says', () => {
  it('is booked once for each of its references, and an amount that differs pays nothing', async () => {
    const ids = await owed('bank');
    const lines = await instruct(fixture, await propose(fixture, ids));
    const banked = lines.find(({ method }) => method === 'bank')!;
    const wrong = { ...banked, amount: euros(banked.amount.amount + 1) };
    const { settled, suspense } = await settle(fixture, [wrong]);
    expect([settled, suspense.map(({ code }) => code)]).toEqual([0, ['amount-differs']]);
    expect((await stateOf(banked.obligationId)).state).toBe('instructed');
    const named = lines.map((one, n) => ({ ...one, bankReference: `REF-${n}` }));
    expect(await settle(fixture, named)).toMatchObject({ settled: 4, duplicates: 0 });
    expect(await settle(fixture, named)).toMatchObject({ settled: 0, duplicates: 4, suspense: [] });
    const again = [{ ...banked, bankReference: 'REF-AGAIN' }];
    expect((await settle(fixture, again)).suspense).toMatchObject([{ code: 'second-booking' }]);
    expect(await balanced()).toBe(true);
  });

  it('goes to suspense when it fits no payment, whatever the amount', async () => {
    const stray = (amount: number, status: 'settled' | 'returned') => ({
      endToEndId: 'TUNKNOWN',
      amount: euros(amount),
      status,
    });
    const lines = [stray(500, 'settled'), stray(200, 'returned'), stray(0, 'settled')];
    const { suspense } = await settle(fixture, lines);
    expect(suspense.map((one) => one.code)).toEqual(Array(3).fill('unknown-end-to-end-id'));
    const query = { limit: 200 };
    const { items } = await fixture.clerk.getTrialBalance({ params: { municipalityId }, query });
    // 500 of these, and one payment that another test has the bank book twice.
    const held = items.find((one) => one.account === 'suspense')!;
    expect(held.debit - held.credit).toBeGreaterThanOrEqual(300);
    expect(await balanced()).toBe(true);
    const listed = await fixture.clerk.listSuspense({ params: { municipalityId } });
    expect(listed.items.filter((one) => one.endToEndId === 'TUNKNOWN')).toHaveLength(3);
    await expect(
      (await fixture.as('per-x', 'resident')).listSuspense({ params: { municipalityId } }),
    ).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('never settles a wage, which has a receipt of the payroll office', async () => {
    const ids = await owed('wage');
    const lines = await instruct(fixture, await propose(fixture, ids));
    const wage = lines.find(({ method }) => method === 'payroll')!;
    const { settled, suspense } = await settle(fixture, [{ ...wage, method: 'bank' }]);
    expect([settled, suspense.map(({ code }) => code)]).toEqual([0, ['not-through-bank']]);
    expect((await stateOf(wage.obligationId)).state).toBe('instructed');
    expect(await balanced()).toBe(true);
  });

  it('may reject a payment or bring it back: it is paid again by a new attempt, and never twice', async () => {
    const ids = await owed('again');
    const lines = await instruct(fixture, await propose(fixture, ids));
    const [rejected, returned] = lines.filter(({ method }) => method === 'bank');
    const others = lines.filter((one) => one !== rejected && one !== returned);
    await settle(fixture, [{ ...rejected!, status: 'rejected' }, returned!, ...others]);
    await settle(fixture, [{ ...returned!, status: 'returned' }]);
    expect(await signals(fixture, 'project/prj-again')).toEqual([]);
    const open = [rejected!.obligationId, returned!.obligationId];
    const second = await instruct(fixture, await propose(fixture, open));
    expect(second.map((one) => one.endToEndId.slice(-2))).toEqual(['-2', '-2']);
    await settle(fixture, second);
    expect(await signals(fixture, 'project/prj-again')).toEqual(['obligations-closed']);
    const query = { pilotId: 'pil-again', limit: 200 };
    const { items } = await fixture.clerk.getTrialBalance({ params: { municipalityId }, query });
    const bank = items.find((one) => one.account === 'bank')!;
    expect(bank.credit - bank.debit).toBe(60_000);
  });

  it('closes batch and project also when the last payments are settled by two imports at once', async () => {
    for (const round of [1, 2, 3]) {
      const lines = await instruct(fixture, await propose(fixture, await owed(`two-${round}`)));
      await Promise.all(lines.map((one) => settle(fixture, [one])));
      const { batchId } = (await stateOf(lines[0]!.obligationId)).attempts[0]!;
      expect(await signals(fixture, `batch/${batchId}`)).toEqual(['reconciled']);
      expect(await signals(fixture, `project/prj-two-${round}`)).toEqual(['obligations-closed']);
    }
  });
});
