import { readOrder } from '@talkoot/bank-simulator';
import type { Entry } from '@talkoot/bank-simulator';
import type { StackHandle } from '@talkoot/local-stack';
import { webhookEventTypes } from '@talkoot/api-contracts/payments';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { every, here, sum } from './finance.desk.ts';
import type { FinanceDesk, Person } from './finance.desk.ts';
import { freePort, startReceiver } from './receiver.process.ts';

const patience = { timeout: 90_000, interval: 250 };
/** Account numbers for examples, which no bank gave to anybody. */
const newAccount = { name: 'Racks Fund Oy', iban: 'FI58 1017 1000 0001 22' };

const refused = (code: string) => expect.objectContaining({ code });

/**
 * What finance does after the demo: two payments come back weeks later, one payee has a new account, the other wants to be forgotten, and
 * the finance system does not answer for a while. Each rule goes on where the one before ended.
 */
export function financeRules(setting: () => { desk: FinanceDesk; stack: StackHandle }): void {
  let desk: FinanceDesk;
  let [endpointId, secret, url] = ['', '', ''];
  /** What is owed to the champion and to the investor. */
  const owed = { champion: '', investor: '' };
  const receiver: { running?: Awaited<ReturnType<typeof startReceiver>> } = {};

  beforeAll(() => {
    ({ desk } = setting());
  });
  afterAll(() => receiver.running?.stop());

  const obligations = () => every((query) => desk.clerk.payments.listObligations({ params: here, query }));
  const obligation = async (obligationId: string) =>
    (await desk.clerk.payments.getObligation({ params: { ...here, obligationId } })).obligation;
  const endpoint = async () => {
    const { items } = await desk.clerk.payments.listWebhooks({ params: here });
    return items.find((one) => one.endpointId === endpointId)!;
  };
  const batchOf = (batchId: string) => desk.clerk.payments.getBatch({ params: { ...here, batchId } });
  const reconciled = (batchId: string) =>
    desk.clerk.payments.getBatchReconciliation({ params: { ...here, batchId } });

  /** Proposed, approved and released by three people; resolves when the bank may be told. */
  async function released(obligationIds: string[], proposer: Person): Promise<string> {
    const { batchId, sha256 } = await proposer.payments.proposeBatch({
      params: here,
      body: { obligationIds },
    });
    const signed = { params: { ...here, batchId }, body: { batchSha256: sha256 } };
    await desk.approver.payments.approveBatch(signed);
    await desk.releaser.payments.releaseBatch(signed);
    await instructed(batchId);
    return batchId;
  }
  const instructed = (batchId: string) =>
    vi.waitFor(async () => expect((await batchOf(batchId)).batch.state).toBe('instructed'), patience);

  /** The payment file of a batch, as the bank reads it. */
  async function ordered(batchId: string) {
    const params = { ...here, batchId };
    await desk.clerk.payments.makeBankFile({ params });
    return readOrder(await desk.clerk.payments.downloadBankFile({ params }));
  }

  describe('the address of a finance system', () => {
    it('is added by a signed-in finance clerk and by nobody else, and never in a private network', async () => {
      url = `http://127.0.0.1:${await freePort()}/payouts`;
      const asked = { params: here, body: { url, types: [...webhookEventTypes] } };
      await expect(desk.approver.payments.addWebhook(asked)).rejects.toEqual(refused('forbidden'));
      const inside = { ...asked, body: { ...asked.body, url: 'https://192.168.1.7/payouts' } };
      await expect(desk.clerk.payments.addWebhook(inside)).rejects.toEqual(
        refused('webhook-address-refused'),
      );
      const added = await desk.clerk.payments.addWebhook(asked);
      ({ endpointId } = added.endpoint);
      secret = added.secret!;
      expect(secret).toMatch(/^whsec_/);
      expect(JSON.stringify(await endpoint())).not.toContain(secret);
    });
  });

  describe('payments that the bank sends back weeks later', () => {
    it('are owed again, and nothing else changed', async () => {
      const returned: Entry[] = [];
      const before = await obligations();
      for (const who of ['champion', 'investor'] as const) {
        const paid = before.find(({ payeeId }) => payeeId === desk[who].personId)!;
        const { endToEndId, method } = paid.attempts.find(({ state }) => state === 'settled')!;
        expect(method).toBe('bank');
        owed[who] = paid.obligationId;
        const { amount, currency } = paid.amount;
        const parts = [{ reference: `BACK-${who}`, endToEndId, amount, returned: 'AC04' }];
        returned.push({
          reference: `BACK-${who}`,
          amount,
          currency,
          direction: 'CRDT',
          status: 'BOOK',
          parts,
        });
      }
      const { message, suspense } = await desk.bankSays(returned);
      expect([message.returned, message.settled, suspense]).toEqual([2, 0, []]);
      const back = (await obligations()).filter(({ state }) => state === 'returned');
      expect(back.map(({ obligationId }) => obligationId).toSorted()).toEqual(Object.values(owed).toSorted());
    });

    it('are told to a finance system that does not answer: tried again, later each time', async () => {
      const params = { ...here, endpointId };
      await vi.waitFor(async () => {
        const { items } = await desk.clerk.payments.listWebhookDeliveries({ params });
        expect(items.map(({ type }) => type)).toEqual(items.map(() => 'org.talkoot.payout.returned.v1'));
        const waiting = items.find(({ attempts, nextAt }) => attempts > 0 && nextAt !== null)!;
        expect(waiting).toMatchObject({ state: 'waiting', lastStatus: null, lastError: 'ECONNREFUSED' });
        expect(Date.parse(waiting.nextAt!) - Date.parse(waiting.lastAttemptAt!)).toBeGreaterThanOrEqual(
          1_000,
        );
      }, patience);
      expect((await endpoint()).failingSince).not.toBeNull();
    });
  });

  describe('how payees are paid', () => {
    const about = () => ({ ...here, payeeId: desk.investor.personId });

    it('is changed by one person, and vouched for by another whom the payee is not', async () => {
      const { deputy, approver, clerk, investor } = desk;
      const entered = await deputy.payments.enterAccount({
        params: about(),
        body: { ...newAccount, evidence: 'Contract of 2 May, annex 3' },
      });
      const { changeId } = entered.change!;
      const approve = { params: about(), body: { changeId } };
      await expect(deputy.payments.approveAccountChange(approve)).rejects.toEqual(
        refused('same-person-twice'),
      );
      await expect(investor.payments.approveAccountChange(approve)).rejects.toEqual(refused('forbidden'));
      const checked = { result: 'match' as const, checkedAt: new Date().toISOString(), changeId };
      await clerk.payments.recordVerification({ params: about(), body: checked });
      const { change, masked } = await approver.payments.approveAccountChange(approve);
      expect(change).toMatchObject({ masked: 'FI•• •••• 0122', verification: { result: 'match' } });
      expect(Date.parse(change!.coolsOffAt!) - Date.parse(change!.toldAt!)).toBe(36_000);
      expect(masked).toBe('FI•• •••• 0785');
      const { items } = await investor.identity.listNotices({ params: here });
      expect(items).toContainEqual(expect.objectContaining({ subject: { kind: 'payee', id: changeId } }));
    });

    it('stays as it was until the new account has cooled off: who signs a batch sees both', async () => {
      const { clerk, approver } = desk;
      const body = { obligationIds: [owed.investor] };
      const { batchId } = await clerk.payments.proposeBatch({ params: here, body });
      const { lines } = await batchOf(batchId);
      expect(lines).toMatchObject([
        { masked: 'FI•• •••• 0785', warnings: expect.arrayContaining(['new-account-waits']) },
      ]);
      const params = { ...here, batchId };
      await approver.payments.refuseBatch({ params, body: { reason: 'The new account waits still.' } });
      await vi.waitFor(async () => expect((await obligation(owed.investor)).state).toBe('due'), patience);
    });

    it('is known to payroll by a number and a national id, which only the income report says', async () => {
      const { payroll, hr, clerk, civilServant } = desk;
      const params = { ...here, payeeId: civilServant.personId };
      const id = { params, body: { nationalId: '131052-308T' } };
      await expect(clerk.payments.putNationalIdOf(id)).rejects.toEqual(refused('forbidden'));
      const seen = await payroll.payments.putNationalIdOf(id);
      expect(seen).toMatchObject({ nationalIdGiven: true });
      expect(JSON.stringify(seen)).not.toMatch(/131052/);
      const person = { ...here, personId: civilServant.personId };
      const number = { params: person, body: { personnelNumber: 'P-1047' } };
      const { change } = await payroll.identity.proposePersonnelNumber(number);
      const confirm = { params: person, body: { changeId: change!.changeId } };
      await expect(payroll.identity.confirmPersonnelNumber(confirm)).rejects.toEqual(
        refused('same-person-twice'),
      );
      await hr.identity.confirmPersonnelNumber(confirm);
      const year = new Date().getUTCFullYear();
      const rows = await every((query) =>
        payroll.payments.getIncomeReport({ params: here, query: { ...query, year } }),
      );
      const theirs = rows.filter(({ payeeNumber }) => payeeNumber === 'P-1047');
      expect(theirs.length).toBeGreaterThan(0);
      expect(new Set(theirs.map(({ nationalId }) => nationalId))).toEqual(new Set(['131052-308T']));
    });

    it('is not forgotten while something is owed', async () => {
      const answer = await desk.champion.payments.requestErasure({ params: here });
      expect(answer).toEqual({ state: 'waiting', because: 'payment-due', notBefore: null });
    });
  });

  describe('a batch', () => {
    let batchId = '';
    let order: ReturnType<typeof readOrder>;
    const strange: string[] = [];

    it('needs three people: whoever did one step does no other, whatever their roles', async () => {
      const { deputy, approver, releaser } = desk;
      const body = { obligationIds: [owed.champion] };
      const proposed = await deputy.payments.proposeBatch({ params: here, body });
      ({ batchId } = proposed);
      const signed = { params: { ...here, batchId }, body: { batchSha256: proposed.sha256 } };
      await expect(deputy.payments.approveBatch(signed)).rejects.toEqual(refused('same-person-twice'));
      const other = { ...signed, body: { batchSha256: 'f'.repeat(64) } };
      await expect(approver.payments.approveBatch(other)).rejects.toEqual(refused('hash-mismatch'));
      await approver.payments.approveBatch(signed);
      await expect(approver.payments.releaseBatch(signed)).rejects.toEqual(refused('forbidden'));
      await expect(deputy.payments.releaseBatch(signed)).rejects.toEqual(refused('same-person-twice'));
      await releaser.payments.releaseBatch(signed);
      await instructed(batchId);
      order = await ordered(batchId);
      const { amount } = await obligation(owed.champion);
      expect(order.transfers).toMatchObject([{ amount: amount.amount, iban: 'FI2112345600000785' }]);
    });

    it('is settled by nothing that fits it not: finance sees it, and nobody is paid', async () => {
      const { endToEndId, amount } = order.transfers[0]!;
      const booking = (reference: string, of: Partial<Entry>, id = endToEndId): Entry => {
        const entry = {
          reference,
          amount,
          currency: 'EUR',
          direction: 'DBIT' as const,
          status: 'BOOK',
          parts: [],
          ...of,
        };
        return { ...entry, parts: [{ reference, endToEndId: id, amount: entry.amount }] };
      };
      const { message, suspense } = await desk.bankSays([
        booking('ODD-1', {}, 'E2E-OF-SOMEBODY-ELSE'),
        booking('ODD-2', { amount: amount - 1 }),
        booking('ODD-3', { currency: 'SEK' }),
      ]);
      expect([message.settled, message.suspense]).toEqual([0, 3]);
      strange.push(...suspense.map(({ suspenseId }) => suspenseId));
      const right = await desk.notification([booking('RIGHT', {})]);
      const unknown = right.replaceAll('camt.054.001.08', 'camt.054.001.99');
      const put = await desk.clerk.payments.importBankMessage({ params: here, body: unknown });
      expect(put.message).toMatchObject({ state: 'quarantined', code: 'version-unknown', settled: 0 });
      const hostile = right.replace('?>', '?><!DOCTYPE Document [<!ENTITY a "b">]>');
      const take = desk.clerk.payments.importBankMessage({ params: here, body: hostile });
      await expect(take).rejects.toEqual(refused('bank-file-hostile'));

      const listed = await every((query) =>
        desk.clerk.payments.listSuspense({ params: here, query: { ...query, state: 'unresolved' } }),
      );
      expect(listed.map(({ code }) => code).toSorted()).toEqual([
        'amount-differs',
        'currency-differs',
        'unknown-end-to-end-id',
      ]);
      const { items } = await desk.clerk.payments.listBankMessages({
        params: here,
        query: { state: 'quarantined' },
      });
      expect(items.map(({ code }) => code)).toEqual(['version-unknown']);
      const open = await reconciled(batchId);
      expect(open).toMatchObject({ complete: false, agrees: true });
      expect([open.settled, open.inTransit].map(({ recorded }) => recorded.payments)).toEqual([0, 1]);
      expect(open.suspense.payments).toBe(2);
      expect((await obligation(owed.champion)).state).toBe('instructed');
    });

    it('is cleared of what is not its own by two people, the second of whom saw what the first said', async () => {
      const { deputy, approver } = desk;
      for (const suspenseId of strange) {
        const params = { ...here, suspenseId };
        const body = {
          resolution: { as: 'not-ours' as const },
          reason: 'The bank took it back, said Ms. Aalto.',
        };
        const { proposal } = await deputy.payments.proposeResolution({ params, body });
        const confirm = { params, body: { proposalSha256: proposal!.sha256 } };
        await expect(deputy.payments.confirmResolution(confirm)).rejects.toEqual(
          refused('same-person-twice'),
        );
        await approver.payments.confirmResolution(confirm);
      }
      expect((await reconciled(batchId)).suspense.payments).toBe(0);
    });

    it('is settled by its booking', async () => {
      const { endToEndId, amount } = order.transfers[0]!;
      const parts = [{ reference: 'PAID-1', endToEndId, amount }];
      const entry = {
        reference: 'PAID-1',
        amount,
        currency: 'EUR',
        direction: 'DBIT',
        status: 'BOOK',
        parts,
      } as const;
      const { message } = await desk.bankSays([entry]);
      expect([message.settled, message.suspense]).toEqual([1, 0]);
      await vi.waitFor(async () => expect((await batchOf(batchId)).batch.state).toBe('reconciled'), patience);
      expect(await reconciled(batchId)).toMatchObject({ complete: true, agrees: true });
    });
  });

  describe('a finance system that accepted nothing for as long as it is tried', () => {
    /** Settled less returned, as the obligations have it. */
    const paid = async () =>
      Object.fromEntries(
        (await obligations()).map(({ obligationId, state, amount }) => [
          obligationId,
          state === 'settled' ? amount.amount : 0,
        ]),
      );
    const quiet = () =>
      vi.waitFor(
        async () =>
          expect(await endpoint()).toMatchObject({ state: 'active', waiting: 0, replayRunning: false }),
        patience,
      );

    it('is disabled, and everything waits', async () => {
      await vi.waitFor(
        async () =>
          expect(await endpoint()).toMatchObject({ state: 'disabled', disabled: { reason: 'failing' } }),
        patience,
      );
      const params = { ...here, endpointId };
      const { items } = await desk.clerk.payments.listWebhookDeliveries({ params });
      expect(Math.max(...items.map(({ attempts }) => attempts))).toBe(4);
      expect(items.filter(({ state }) => state === 'delivered' || state === 'given-up')).toEqual([]);
      expect((await endpoint()).waiting).toBe(items.length);
    });

    it('gets what waited, in order, once it answers and a clerk enabled it again', async () => {
      const { stack } = setting();
      const books = join(stack.data, 'books.db');
      receiver.running = await startReceiver({ port: Number(new URL(url).port), secret, books });
      const params = { ...here, endpointId };
      expect(await desk.clerk.payments.pingWebhook({ params })).toMatchObject({
        accepted: true,
        status: 204,
      });
      await desk.clerk.payments.enableWebhook({ params });
      await quiet();
      const { amount } = await obligation(owed.investor);
      // The champion's came back and was paid again; the investor's came back.
      expect(receiver.running.booked()).toEqual({ [owed.champion]: 0, [owed.investor]: -amount.amount });
    });

    it('gets everything from before by a replay, and books each payout once', async () => {
      const params = { ...here, endpointId };
      for (let again = 0; again < 2; again += 1) {
        await desk.clerk.payments.replayWebhook({ params, body: { since: '2026-01-01T00:00:00.000Z' } });
        await quiet();
        expect(receiver.running!.booked()).toEqual(await paid());
      }
      expect(sum(Object.values(receiver.running!.booked()))).toBeGreaterThan(0);
    });
  });

  describe('a new account that has cooled off', () => {
    it('is paid to, and stays on record with those whom it came through', async () => {
      const params = { ...here, payeeId: desk.investor.personId };
      await vi.waitFor(async () => {
        const { change, masked } = await desk.clerk.payments.getPayee({ params });
        expect([change, masked]).toEqual([null, 'FI•• •••• 0122']);
      }, patience);
      const { items } = await desk.auditor.payments.listPayeeAccounts({ params });
      const [requestedBy, approvedBy] = [desk.deputy.personId, desk.approver.personId];
      expect(items).toMatchObject([{ masked: 'FI•• •••• 0122', requestedBy, approvedBy }]);
      const batchId = await released([owed.investor], desk.clerk);
      const { transfers } = await ordered(batchId);
      const { endToEndId, amount, iban, creditor } = transfers[0]!;
      expect([iban, creditor]).toEqual(['FI5810171000000122', newAccount.name]);
      const parts = [{ reference: 'PAID-2', endToEndId, amount }];
      await desk.bankSays([
        { reference: 'PAID-2', amount, currency: 'EUR', direction: 'DBIT', status: 'BOOK', parts },
      ]);
      await vi.waitFor(
        () => expect(receiver.running!.booked()).toMatchObject({ [owed.investor]: amount }),
        patience,
      );
      expect((await obligation(owed.investor)).state).toBe('settled');
    });
  });

  describe('a payee who asked to be forgotten', () => {
    it('is forgotten once nothing is owed any more, and the vouchers stay', async () => {
      const params = { ...here, payeeId: desk.champion.personId };
      await vi.waitFor(async () => {
        const payee = await desk.clerk.payments.getPayee({ params });
        expect(payee.erasedAt).not.toBeNull();
        expect(payee).toMatchObject({ method: null, masked: null, change: null, registration: null });
      }, patience);
      const voucher = await obligation(owed.champion);
      expect(voucher).toMatchObject({
        payeeId: desk.champion.personId,
        payeeRole: 'champion',
        state: 'settled',
      });
      const { lines } = await batchOf(voucher.attempts.at(-1)!.batchId);
      expect(lines).toMatchObject([{ masked: 'FI•• •••• 0785', amount: voucher.amount }]);
      const why = await desk.talkoot(desk.auditor, 'why', owed.champion);
      expect(why).toContain('PAID-1');
      expect(why).not.toContain('2112345600000785');
    });
  });

  describe('the books after all that', () => {
    it('hold, for an auditor at the command line', async () => {
      expect(await desk.talkoot(desk.auditor, 'ledger', 'verify')).toContain('Everything holds');
      const told = await desk.talkoot(desk.clerk, 'bank', 'reconcile');
      expect(told).toContain('The record of payments and the ledger agree to the cent.');
      expect(told).not.toContain('DIFFERS');
      expect(await desk.talkoot(desk.clerk, 'bank', 'suspense')).toContain('Nothing is in suspense.');
    });
  });
}
