import { answerOrder, notificationXml, statusReportXml } from '@talkoot/bank-simulator';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import {
  euros,
  instruct,
  key,
  municipalityId,
  paymentsFixture,
  propose,
  signals,
} from '../../payments.fixture.ts';
import type { PaymentsFixture } from '../../payments.fixture.ts';
import {
  at,
  booking,
  debtorAccount,
  debtorIban,
  here,
  notify,
  reconciled,
  sentBatch,
  takeIn,
} from '../bank.fixture.ts';

let fixture: PaymentsFixture;
beforeAll(async () => {
  fixture = await paymentsFixture(inject('mongodbUrl'));
  await debtorAccount(fixture);
});
afterAll(() => fixture.stop());

describe('an answer of the bank', () => {
  it('of a troubled course ends reconciled to the cent', async () => {
    const { batchId, lines, xml } = await sentBatch(fixture, 'troubled');
    const { statusReport, notifications } = answerOrder(xml, 'troubled', at);
    expect((await takeIn(fixture, statusReport)).message).toMatchObject({ rejected: 1, settled: 0 });
    const [first, second] = notifications as [string, string];
    expect((await takeIn(fixture, first)).message).toMatchObject({ settled: 2, suspense: 0 });
    expect((await takeIn(fixture, second)).message).toMatchObject({ duplicates: 1, returned: 1 });
    const report = await reconciled(fixture, batchId);
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
    const { lines } = await sentBatch(fixture, 'again');
    const text = notify(...lines.map((one) => booking(one.endToEndId, one.amount.amount)));
    const taken = await Promise.all(Array.from({ length: 4 }, () => takeIn(fixture, text)));
    expect(taken.filter(({ fresh }) => fresh)).toHaveLength(1);
    expect(new Set(taken.map(({ message }) => JSON.stringify(message))).size).toBe(1);
    expect(taken[0]!.message.settled).toBe(3);
  });

  it('settles nothing by a status report, and everything by its booking', async () => {
    const { batchId, lines, made } = await sentBatch(fixture, 'acsc');
    const transfers = lines.map(({ endToEndId }) => ({ endToEndId, status: 'ACSC' }));
    const report = { messageId: 'S-acsc', at, originalMessageId: made.messageId, status: 'ACSC' };
    const informations = [{ informationId: made.messageId, status: 'ACSC', transfers }];
    const taken = await takeIn(fixture, statusReportXml({ ...report, informations }, 'pain.002.001.03'));
    expect(taken.message).toMatchObject({ settled: 0, rejected: 0, suspense: 0, state: 'taken-in' });
    expect((await reconciled(fixture, batchId)).inTransit.recorded.payments).toBe(3);
  });

  it('rejects a whole file, whose payments are then paid again by new attempts', async () => {
    const { batchId, lines, made } = await sentBatch(fixture, 'whole');
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
    expect(await reconciled(fixture, batchId)).toMatchObject({ agrees: true, complete: true });
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
    const { lines } = await sentBatch(fixture, 'second');
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
    const { batchId, lines } = await sentBatch(fixture, 'misfit');
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
    const report = await reconciled(fixture, batchId);
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
    const { made, batchId } = await sentBatch(fixture, 'size');
    expect(await quarantined(report(made.messageId, 9))).toMatchObject({ code: 'original-differs' });
    expect(await quarantined(report(made.messageId, 3))).toMatchObject({ code: 'original-differs' });
    expect((await reconciled(fixture, batchId)).rejected.recorded.payments).toBe(0);
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

  const unread = (n: number) =>
    `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.02"><A>${n}</A></Document>`;
  const proposeDismissal = (messageFileId: string, by = fixture.clerk) =>
    by.proposeDismissal({
      params: { ...here, messageFileId },
      body: { reason: 'A test message of the bank' },
      idempotencyKey: key(),
    });
  const dismiss = (messageFileId: string, proposalSha256: string, by = fixture.approver) =>
    by.confirmDismissal({
      params: { ...here, messageFileId },
      body: { proposalSha256 },
      idempotencyKey: key(),
    });
  const listed = async (state: 'quarantined' | 'dismissed') => {
    const { items } = await fixture.clerk.listBankMessages({ params: here, query: { state, limit: 200 } });
    return items.map(({ messageFileId }) => messageFileId);
  };

  it('is left by what two people dismiss with a reason, which is kept and listed as that', async () => {
    const { messageFileId, dismissal } = await quarantined(unread(2));
    expect(dismissal).toBeNull();
    await expect(dismiss(messageFileId, 'a'.repeat(64))).rejects.toMatchObject({ code: 'not-proposed' });
    const proposed = await proposeDismissal(messageFileId);
    expect(proposed).toMatchObject({
      state: 'quarantined',
      dismissal: { by: 'per-clerk', confirmedBy: null },
    });
    const { sha256 } = proposed.dismissal!;
    await expect(dismiss(messageFileId, 'a'.repeat(64))).rejects.toMatchObject({ code: 'hash-mismatch' });
    const both = await fixture.as('per-clerk', 'payout-approver');
    await expect(dismiss(messageFileId, sha256, both)).rejects.toMatchObject({ code: 'same-person-twice' });
    await expect(dismiss(messageFileId, sha256, fixture.clerk)).rejects.toMatchObject({ code: 'forbidden' });
    const done = await dismiss(messageFileId, sha256);
    expect(done).toMatchObject({
      state: 'dismissed',
      code: 'version-unknown',
      dismissal: { by: 'per-clerk', confirmedBy: 'per-approver' },
    });
    expect(await listed('dismissed')).toContain(messageFileId);
    expect(await listed('quarantined')).not.toContain(messageFileId);
    expect(await fixture.clerk.downloadBankMessage({ params: { ...here, messageFileId } })).toBe(unread(2));
    for (const again of [() => proposeDismissal(messageFileId), () => dismiss(messageFileId, sha256)]) {
      await expect(again()).rejects.toMatchObject({ code: 'not-quarantined' });
    }
    const imported = await takeIn(fixture, unread(2));
    expect(imported).toMatchObject({ fresh: false, message: done, suspense: [] });
  });
  it('is left by a proposal only once it is confirmed, and by the one that was read', async () => {
    const { messageFileId } = await quarantined(unread(3));
    const first = (await proposeDismissal(messageFileId)).dismissal!.sha256;
    const params = { ...here, messageFileId };
    const another = { params, body: { reason: 'Of another town' }, idempotencyKey: key() };
    const second = (await fixture.clerk.proposeDismissal(another)).dismissal!.sha256;
    await expect(dismiss(messageFileId, first)).rejects.toMatchObject({ code: 'hash-mismatch' });
    // Taken in again it is still in quarantine, and still proposed.
    expect(await quarantined(unread(3))).toMatchObject({
      state: 'quarantined',
      dismissal: { sha256: second },
    });
    expect(await dismiss(messageFileId, second)).toMatchObject({ state: 'dismissed' });
  });
  it('dismisses nothing that was taken in, is not there, or is another municipality’s', async () => {
    const { messageFileId } = await quarantined(notify(booking('TDIS', 3, 'RDIS')));
    await expect(proposeDismissal(messageFileId)).rejects.toMatchObject({ code: 'not-quarantined' });
    await expect(proposeDismissal('bms-none')).rejects.toMatchObject({ code: 'not-found' });
    const { messageFileId: waiting } = await quarantined(unread(4));
    const elsewhere = await fixture.asElsewhere('per-clerk', 'finance-clerk');
    const crossing = elsewhere.proposeDismissal({
      params: { municipalityId: 'other', messageFileId: waiting },
      body: { reason: 'Not mine' },
      idempotencyKey: key(),
    });
    await expect(crossing).rejects.toMatchObject({ code: 'not-found' });
    const resident = await fixture.as('per-x', 'resident', 'payout-approver');
    await expect(proposeDismissal(waiting, resident)).rejects.toMatchObject({ code: 'forbidden' });
  });
  it('gives back also what was dismissed, once it can be read: money that moved is booked', async () => {
    const iban = 'FR1420041010050500013M02606';
    const entries = [booking('TDLATE', 9, 'RDLATE')];
    const text = notificationXml({ messageId: 'N-late', at, iban, entries });
    const { messageFileId } = await quarantined(text);
    const { dismissal } = await proposeDismissal(messageFileId);
    await dismiss(messageFileId, dismissal!.sha256);
    const body = { currency: 'EUR', name: 'Lintula', iban, bic: null };
    const account = await fixture.clerk.proposeDebtorAccount({ params: here, body, idempotencyKey: key() });
    const params = { ...here, accountId: account.accountId };
    await fixture.authority.confirmDebtorAccount({ params, idempotencyKey: key() });
    expect(await takeIn(fixture, text)).toMatchObject({
      fresh: true,
      message: { state: 'taken-in', suspense: 1, dismissal: { confirmedBy: 'per-approver' } },
    });
    await debtorAccount(fixture);
  });
});
