import { answerOrder, notificationXml, readOrder, statusReportXml } from '@talkoot/bank-simulator';
import type { Entry } from '@talkoot/bank-simulator';
import { requireValid } from '@talkoot/bank-simulator/testing';
import { createHash } from 'node:crypto';
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
import { debtorAccount, debtorIban, paymentFile, takeIn } from './bank.fixture.ts';

let fixture: PaymentsFixture;
beforeAll(async () => {
  fixture = await paymentsFixture(inject('mongodbUrl'));
});
afterAll(() => fixture.stop());

const here = { municipalityId };
const at = new Date('2027-05-26T10:00:00.000Z');

/** A batch of a champion and two volunteers, who are paid by bank; the civil servant is paid through payroll. */
async function batchOf(name: string) {
  const owed = await owedProject(fixture, `pil-${name}`, `prj-${name}`);
  const banked = owed.filter(({ payeeRole }) => payeeRole !== 'civil-servant');
  const batch = await propose(
    fixture,
    banked.map(({ obligationId }) => obligationId),
  );
  return { batch, lines: await instruct(fixture, batch) };
}
async function sentBatch(name: string) {
  const { batch, lines } = await batchOf(name);
  return { ...batch, lines, ...(await paymentFile(fixture, batch.batchId)) };
}
let number = 0;
const notify = (...entries: Entry[]) =>
  notificationXml({ messageId: `N${(number += 1)}`, at, iban: debtorIban, entries });
const booking = (endToEndId: string, amount: number, reference = `D${endToEndId}`): Entry => ({
  reference,
  amount,
  currency: 'EUR',
  direction: 'DBIT',
  status: 'BOOK',
  parts: [{ reference, endToEndId, amount }],
});
const reconciled = (batchId: string) =>
  fixture.clerk.getBatchReconciliation({ params: { ...here, batchId } });
const suspenseOf = async (reference: string) => {
  const { items } = await fixture.clerk.listSuspense({ params: here, query: { limit: 200 } });
  return items.find((one) => one.reference === reference)!;
};

describe('the account that is paid from', () => {
  it('is needed before a payment file is made', async () => {
    const { batch } = await batchOf('early');
    const params = { ...here, batchId: batch.batchId };
    const early = fixture.clerk.makeBankFile({ params, idempotencyKey: key() });
    await expect(early).rejects.toMatchObject({ code: 'debtor-account-missing' });
  });
  it('is put in force by two people, one account at a time', async () => {
    const body = { currency: 'EUR', name: 'Lintulan kaupunki', iban: 'FI2112345600000785', bic: null };
    const both = await fixture.as('per-both', 'finance-clerk', 'budget-authority');
    const { accountId } = await both.proposeDebtorAccount({ params: here, body, idempotencyKey: key() });
    const confirm = (by: typeof both) =>
      by.confirmDebtorAccount({ params: { ...here, accountId }, idempotencyKey: key() });
    await expect(confirm(both)).rejects.toMatchObject({ code: 'same-person-twice' });
    expect(await confirm(fixture.authority)).toMatchObject({
      state: 'in-force',
      confirmedBy: 'per-authority',
    });
    await expect(confirm(fixture.authority)).rejects.toMatchObject({ code: 'not-proposed' });
    await debtorAccount(fixture);
    const { items } = await fixture.clerk.listDebtorAccounts({ params: here });
    expect(items.map(({ iban, state }) => `${iban} ${state}`).toSorted()).toEqual([
      'FI2112345600000785 former',
      `${debtorIban} in-force`,
    ]);
  });
  it.each([
    ['iban-invalid', { iban: 'FI2112345600000786' }],
    ['currency-unknown', { currency: 'ZZZ' }],
    ['text-unwritable', { name: 'Лінтула' }],
  ])('is refused: %s', async (code, wrong) => {
    const body = { currency: 'EUR', name: 'Lintula', iban: debtorIban, bic: null, ...wrong };
    const refused = fixture.clerk.proposeDebtorAccount({ params: here, body, idempotencyKey: key() });
    await expect(refused).rejects.toMatchObject({ code });
  });
  it('is nobody’s in another municipality', async () => {
    const elsewhere = await fixture.asElsewhere('per-authority', 'budget-authority');
    const { items } = await fixture.clerk.listDebtorAccounts({ params: here });
    const params = { municipalityId: 'other', accountId: items[0]!.accountId };
    const crossing = elsewhere.confirmDebtorAccount({ params, idempotencyKey: key() });
    await expect(crossing).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('a payment file', () => {
  it('is valid, orders what was approved, and is on record with its hash', async () => {
    const { made, xml, lines } = await sentBatch('file');
    requireValid('pain.001.001.09', xml);
    expect(made).toMatchObject({ payments: 3, sha256: createHash('sha256').update(xml).digest('hex') });
    const order = readOrder(xml);
    expect(order).toMatchObject({ debtorIban, messageId: made.messageId, currency: 'EUR' });
    expect(new Map(order.transfers.map((one) => [one.endToEndId, one.amount]))).toEqual(
      new Map(lines.map((one) => [one.endToEndId, one.amount.amount])),
    );
    expect(made.controlSum).toEqual(euros(lines.reduce((sum, { amount }) => sum + amount.amount, 0)));
  });
  it('is encrypted where it lies, and who takes it is recorded', async () => {
    const { batchId, xml } = await sentBatch('sealed');
    const rows = await fixture.connection.collection('bankcontents').find().toArray();
    expect(rows.length).toBeGreaterThan(0);
    const iban = readOrder(xml).transfers[0]!.iban;
    expect(JSON.stringify(rows)).not.toContain(iban);
    expect(JSON.stringify(rows)).not.toContain('CdtTrfTxInf');
    const params = { ...here, batchId };
    const { downloads } = await fixture.approver.getBankFile({ params });
    expect(downloads.map(({ by }) => by)).toEqual(['per-clerk']);
    await expect(fixture.approver.downloadBankFile({ params })).rejects.toMatchObject({ code: 'forbidden' });
    const elsewhere = await fixture.asElsewhere('per-clerk', 'finance-clerk');
    const crossing = elsewhere.downloadBankFile({ params: { municipalityId: 'other', batchId } });
    await expect(crossing).rejects.toMatchObject({ code: 'not-found' });
  });
  it('expires, and made again has the same bytes', async () => {
    const { batchId, made, xml } = await sentBatch('expired');
    await fixture.connection
      .collection('bankcontents')
      .updateOne({ _id: `${municipalityId}/${batchId}` as never }, { $set: { expiresAt: new Date(0) } });
    const params = { ...here, batchId };
    await expect(fixture.clerk.downloadBankFile({ params })).rejects.toMatchObject({
      code: 'bank-file-expired',
    });
    const again = await paymentFile(fixture, batchId);
    expect(again.xml).toBe(xml);
    expect(again.made).toMatchObject({ sha256: made.sha256, messageId: made.messageId });
  });
  it('is refused when it would not be the same again', async () => {
    const { batchId } = await sentBatch('changed');
    await fixture.connection
      .collection('bankcontents')
      .deleteOne({ _id: `${municipalityId}/${batchId}` as never });
    await fixture.connection
      .collection('bankfiles')
      .updateOne({ _id: batchId as never }, { $set: { sha256: 'f'.repeat(64) } });
    const again = fixture.clerk.makeBankFile({ params: { ...here, batchId }, idempotencyKey: key() });
    await expect(again).rejects.toMatchObject({ code: 'bank-file-changed' });
  });
  it('is the same for clerks who make it at the same time', async () => {
    const { batch } = await batchOf('rush');
    const params = { ...here, batchId: batch.batchId };
    const made = await Promise.all(
      Array.from({ length: 5 }, () => fixture.clerk.makeBankFile({ params, idempotencyKey: key() })),
    );
    expect(new Set(made.map(({ sha256 }) => sha256)).size).toBe(1);
  });
  it('is not made before the batch is instructed, nor for payroll alone', async () => {
    const owed = await owedProject(fixture, 'pil-not', 'prj-not');
    const servant = owed.find(({ payeeRole }) => payeeRole === 'civil-servant')!;
    const batch = await propose(fixture, [servant.obligationId]);
    const make = () =>
      fixture.clerk.makeBankFile({ params: { ...here, batchId: batch.batchId }, idempotencyKey: key() });
    await expect(make()).rejects.toMatchObject({ code: 'batch-not-instructed' });
    await instruct(fixture, batch);
    await expect(make()).rejects.toMatchObject({ code: 'no-bank-payments' });
  });
});

describe('an answer of the bank', () => {
  it('of a troubled course ends reconciled to the cent', async () => {
    const { batchId, lines, xml } = await sentBatch('troubled');
    const { statusReport, notifications } = answerOrder(xml, 'troubled', at);
    expect((await takeIn(fixture, statusReport)).message).toMatchObject({ rejected: 1, settled: 0 });
    const [first, second] = notifications as [string, string];
    expect((await takeIn(fixture, first)).message).toMatchObject({ settled: 2, suspense: 0 });
    expect((await takeIn(fixture, second)).message).toMatchObject({ duplicates: 1, returned: 1 });
    const report = await reconciled(batchId);
    const total = lines.reduce((sum, { amount }) => sum + amount.amount, 0);
    expect(report).toMatchObject({ agrees: true, complete: true });
    expect(report.instructed.ledger).toEqual(euros(total));
    expect(
      [report.settled, report.rejected, report.returned, report.inTransit].map(
        (one) => one.recorded.payments,
      ),
    ).toEqual([2, 1, 1, 0]);
    expect(await signals(fixture, `batch/${batchId}`)).toEqual(['reconciled']);
    const csv = await fixture.clerk.exportBatchReconciliation({ params: { ...here, batchId } });
    expect(csv.trim().split('\n')).toHaveLength(4);
    const open = lines.map(({ obligationId }) =>
      fixture.clerk.getObligation({ params: { ...here, obligationId } }),
    );
    const states = (await Promise.all(open)).map((one) => one.obligation.state).toSorted();
    expect(states).toEqual(['rejected', 'returned', 'settled']);
  });

  it('changes nothing when the same file comes again, under any key and at the same time', async () => {
    const { lines } = await sentBatch('again');
    const text = notify(...lines.map((one) => booking(one.endToEndId, one.amount.amount)));
    const taken = await Promise.all(Array.from({ length: 4 }, () => takeIn(fixture, text)));
    expect(taken.filter(({ fresh }) => fresh)).toHaveLength(1);
    expect(new Set(taken.map(({ message }) => JSON.stringify(message))).size).toBe(1);
    expect(taken[0]!.message.settled).toBe(3);
  });

  it('settles nothing by a status report, and everything by its booking', async () => {
    const { batchId, lines, made } = await sentBatch('acsc');
    const transfers = lines.map(({ endToEndId }) => ({ endToEndId, status: 'ACSC' }));
    const report = { messageId: 'S-acsc', at, originalMessageId: made.messageId, status: 'ACSC' };
    const informations = [{ informationId: made.messageId, status: 'ACSC', transfers }];
    const taken = await takeIn(fixture, statusReportXml({ ...report, informations }, 'pain.002.001.03'));
    expect(taken.message).toMatchObject({ settled: 0, rejected: 0, suspense: 0, state: 'taken-in' });
    expect((await reconciled(batchId)).inTransit.recorded.payments).toBe(3);
  });

  it('rejects a whole file, whose payments are then paid again by new attempts', async () => {
    const { batchId, lines, made } = await sentBatch('whole');
    const report = {
      messageId: 'S-whole',
      at,
      originalMessageId: made.messageId,
      status: 'RJCT',
      reason: 'DUPL',
    };
    const { message } = await takeIn(
      fixture,
      statusReportXml({ ...report, informations: [] }, 'pain.002.001.14'),
    );
    expect(message).toMatchObject({ rejected: 3 });
    expect(await reconciled(batchId)).toMatchObject({ agrees: true, complete: true });
    const again = await propose(
      fixture,
      lines.map(({ obligationId }) => obligationId),
    );
    const second = await instruct(fixture, again);
    expect(second.every(({ endToEndId }) => endToEndId.endsWith('-2'))).toBe(true);
    // The bank books what it rejected: the money may be paid twice.
    const [first] = lines;
    const late = await takeIn(fixture, notify(booking(first!.endToEndId, first!.amount.amount)));
    expect(late.suspense).toMatchObject([{ code: 'booked-after-rejection', alarm: true }]);
  });

  it('books a payment a second time into suspense, with an alarm', async () => {
    const { lines } = await sentBatch('second');
    const [one] = lines;
    await takeIn(fixture, notify(booking(one!.endToEndId, one!.amount.amount)));
    const { suspense, message } = await takeIn(
      fixture,
      notify(booking(one!.endToEndId, one!.amount.amount, 'OTHER')),
    );
    expect(suspense).toMatchObject([
      { code: 'second-booking', alarm: true, amount: one!.amount, way: 'out' },
    ]);
    expect(message).toMatchObject({ settled: 0, suspense: 1 });
  });

  it('that fits no payment to the cent pays nothing and is seen by finance', async () => {
    const { batchId, lines } = await sentBatch('misfit');
    const [one, two] = lines;
    const foreign = { ...booking(two!.endToEndId, two!.amount.amount), currency: 'SEK' };
    const text = notify(
      booking('TUNKNOWN', 500, 'X1'),
      booking(one!.endToEndId, one!.amount.amount + 1),
      foreign,
    );
    const { message, suspense } = await takeIn(fixture, text);
    expect(message).toMatchObject({ settled: 0, suspense: 3 });
    expect(suspense.map(({ code }) => code).toSorted()).toEqual([
      'amount-differs',
      'currency-differs',
      'unknown-end-to-end-id',
    ]);
    const report = await reconciled(batchId);
    expect(report).toMatchObject({ agrees: true, complete: false });
    expect(report.inTransit.recorded.payments).toBe(3);
    expect(report.suspense.payments).toBe(2);
    const resident = await fixture.as('per-x', 'resident');
    await expect(resident.listSuspense({ params: here })).rejects.toMatchObject({ code: 'forbidden' });
  });

  it.each([
    ['bank-file-hostile', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'],
    ['bank-file-malformed', '<a><b></a>'],
    ['bank-file-invalid', notify({ ...booking('T1', 1), direction: 'BOTH' as never })],
    ['bank-file-too-large', `<a>${'<b/>'.repeat(200_001)}</a>`],
  ])('is refused and leaves no trace: %s', async (code, text) => {
    const counts = () =>
      Promise.all(
        ['bankmessages', 'bankcontents', 'movements', 'suspense'].map((name) =>
          fixture.connection.collection(name).countDocuments(),
        ),
      );
    const before = await counts();
    await expect(takeIn(fixture, text)).rejects.toMatchObject({ code });
    expect(await counts()).toEqual(before);
  });

  it('is taken in from the finance clerk only', async () => {
    for (const role of ['resident', 'payroll', 'auditor', 'payout-approver'] as const) {
      const other = await fixture.as('per-other', role);
      const taken = other.importBankMessage({ params: here, body: notify(), idempotencyKey: key() });
      await expect(taken).rejects.toMatchObject({ code: 'forbidden' });
    }
  });
});

describe('the quarantine', () => {
  const quarantined = async (text: string) => (await takeIn(fixture, text)).message;

  it('keeps what nobody can read, for as long as that is so', async () => {
    const text = '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.02"><A>1</A></Document>';
    const message = await quarantined(text);
    expect(message).toMatchObject({ state: 'quarantined', code: 'version-unknown', messageId: null });
    const listed = await fixture.authority.listBankMessages({
      params: here,
      query: { state: 'quarantined' },
    });
    expect(listed.items).toContainEqual(message);
    const params = { ...here, messageFileId: message.messageFileId };
    expect(await fixture.clerk.downloadBankMessage({ params })).toBe(text);
    const [content] = await fixture.connection
      .collection('bankcontents')
      .find({ _id: `${municipalityId}/${message.messageFileId}` as never })
      .toArray();
    expect(content!['expiresAt']).toBeNull();
  });
  it('takes a report on a file that was never sent, or of another size', async () => {
    const report = (originalMessageId: string, transfers: number) =>
      statusReportXml(
        {
          messageId: `S-${originalMessageId}-${transfers}`,
          at,
          originalMessageId,
          original: { transfers, controlSum: 1 },
          status: 'RJCT',
          informations: [],
        },
        'pain.002.001.14',
      );
    expect(await quarantined(report('NOBODY', 1))).toMatchObject({ code: 'original-unknown', rejected: 0 });
    const { made, batchId } = await sentBatch('size');
    expect(await quarantined(report(made.messageId, 9))).toMatchObject({ code: 'original-differs' });
    expect(await quarantined(report(made.messageId, 3))).toMatchObject({ code: 'original-differs' });
    expect((await reconciled(batchId)).rejected.recorded.payments).toBe(0);
  });
  it('takes another message under a known id', async () => {
    const message = (amount: number) =>
      notificationXml({
        messageId: 'N-twice',
        at,
        iban: debtorIban,
        entries: [booking('TNONE', amount, `R${amount}`)],
      });
    expect(await quarantined(message(1))).toMatchObject({ state: 'taken-in' });
    expect(await quarantined(message(2))).toMatchObject({ code: 'message-id-reused', suspense: 0 });
  });
  it('gives a file back that lacked only the account, once that is in force', async () => {
    const iban = 'DE89370400440532013000';
    const text = notificationXml({ messageId: 'N-account', at, iban, entries: [booking('TACC', 7, 'RACC')] });
    expect(await quarantined(text)).toMatchObject({ code: 'account-unknown', suspense: 0 });
    const body = { currency: 'EUR', name: 'Lintula', iban, bic: null };
    const { accountId } = await fixture.clerk.proposeDebtorAccount({
      params: here,
      body,
      idempotencyKey: key(),
    });
    expect(await quarantined(text)).toMatchObject({ code: 'account-unknown' });
    await fixture.authority.confirmDebtorAccount({ params: { ...here, accountId }, idempotencyKey: key() });
    expect(await quarantined(text)).toMatchObject({ state: 'taken-in', code: null, suspense: 1 });
    await debtorAccount(fixture);
  });
});

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
    const { batchId, lines } = await sentBatch('matched');
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
    expect((await reconciled(batchId)).inTransit.recorded.payments).toBe(3);
    const wrong = fixture.approver.confirmResolution({ ...nothing, idempotencyKey: key() });
    await expect(wrong).rejects.toMatchObject({ code: 'hash-mismatch' });
    expect(await confirm(item)).toMatchObject({ state: 'resolved', confirmedBy: 'per-approver' });
    expect(await reconciled(batchId)).toMatchObject({ agrees: true, complete: true });
    expect(await signals(fixture, `batch/${batchId}`)).toEqual(['reconciled']);
    await expect(confirm(item)).rejects.toMatchObject({ code: 'suspense-resolved' });
  });
  it('is resolved by nobody alone, nor by anybody whom it pays', async () => {
    const { lines } = await sentBatch('alone');
    const [one] = lines;
    await takeIn(fixture, notify({ ...booking('', one!.amount.amount, 'ALONE'), parts: [] }));
    const { suspenseId } = await suspenseOf('ALONE');
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
    const { lines } = await sentBatch('offset');
    const [one] = lines;
    const { amount } = one!.amount;
    await takeIn(fixture, notify(booking(one!.endToEndId, amount, 'OFF-1')));
    await takeIn(fixture, notify(booking(one!.endToEndId, amount, 'OFF-2')));
    await takeIn(fixture, notify({ ...booking('', amount, 'OFF-3'), direction: 'CRDT', parts: [] }));
    const [out, back] = [await suspenseOf('OFF-2'), await suspenseOf('OFF-3')];
    const item = await propose(out.suspenseId, { as: 'offset', suspenseId: back.suspenseId });
    await confirm(item);
    expect((await suspenseOf('OFF-3')).state).toBe('resolved');
    expect((await suspenseOf('OFF-2')).state).toBe('resolved');
  });
  it('that is none of ours leaves the ledger', async () => {
    await takeIn(fixture, notify({ ...booking('', 4_711, 'ALIEN'), parts: [] }));
    const { suspenseId } = await suspenseOf('ALIEN');
    await expect(propose(suspenseId, { as: 'noted' })).rejects.toMatchObject({ code: 'resolution-unfit' });
    await confirm(await propose(suspenseId, { as: 'not-ours' }));
    const { items } = await fixture.clerk.listSuspense({
      params: here,
      query: { state: 'resolved', limit: 200 },
    });
    expect(items.map((one) => one.suspenseId)).toContain(suspenseId);
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

describe('the reconciliation of a period', () => {
  const period = (from: Date, to: Date) =>
    fixture.clerk.getPeriodReconciliation({
      params: here,
      query: { from: from.toISOString(), to: to.toISOString() },
    });

  it('agrees with the ledger to the cent over everything that happened here', async () => {
    const now = fixture.payments.now();
    const report = await period(new Date(now.getTime() - 86_400_000), new Date(now.getTime() + 1_000));
    expect(report.agrees).toBe(true);
    const euro = report.currencies.find(({ currency }) => currency === 'EUR')!;
    expect(euro.settled.recorded.payments).toBeGreaterThan(5);
    expect(euro.suspense.recorded.payments).toBeGreaterThan(2);
    const { instructed, settled, rejected, inTransit } = euro;
    const left = instructed.ledger.amount - settled.ledger.amount - rejected.ledger.amount;
    expect(left).toBe(inTransit.ledger.amount);
    const csv = await fixture.clerk.exportPeriodReconciliation({
      params: here,
      query: { from: report.from, to: report.to },
    });
    expect(csv.split('\n')[0]).toBe('currency,figure,payments,recorded,ledger,agrees');
    expect(csv).not.toContain('false');
    expect((await fixture.anyone.getTrialBalance({ params: here, query: {} })).balanced).toBe(true);
  });
  it('sees a cent that somebody changed in the record', async () => {
    const attempts = fixture.connection.collection('attempts');
    const one = (await attempts.findOne({ state: 'settled' }))!;
    await attempts.updateOne({ _id: one._id }, { $inc: { amount: 1 } });
    expect((await reconciled(one['batchId'])).agrees).toBe(false);
    const now = fixture.payments.now();
    expect((await period(new Date(now.getTime() - 86_400_000), new Date(now.getTime() + 1_000))).agrees).toBe(
      false,
    );
    await attempts.updateOne({ _id: one._id }, { $inc: { amount: -1 } });
  });
  it.each([0, -1, 401])('is refused with %d days', async (days) => {
    const refused = period(new Date(0), new Date(days * 86_400_000));
    await expect(refused).rejects.toMatchObject({ code: 'period-invalid' });
  });
  it('is for finance alone', async () => {
    const resident = await fixture.as('per-x', 'resident');
    const query = { from: new Date(0).toISOString(), to: new Date(1).toISOString() };
    await expect(resident.getPeriodReconciliation({ params: here, query })).rejects.toMatchObject({
      code: 'forbidden',
    });
  });
});
