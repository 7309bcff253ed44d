import { readOrder } from '@talkoot/bank-simulator';
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
} from '../../payments.fixture.ts';
import type { PaymentsFixture } from '../../payments.fixture.ts';
import { batchOf, debtorAccount, debtorIban, here, paymentFile, sentBatch } from '../bank.fixture.ts';

let fixture: PaymentsFixture;
beforeAll(async () => {
  fixture = await paymentsFixture(inject('mongodbUrl'));
});
afterAll(() => fixture.stop());

describe('the account that is paid from', () => {
  it('is needed before a payment file is made', async () => {
    const { batch } = await batchOf(fixture, 'early');
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
    const { made, xml, lines } = await sentBatch(fixture, 'file');
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
    const { batchId, xml } = await sentBatch(fixture, 'sealed');
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
    const { batchId, made, xml } = await sentBatch(fixture, 'expired');
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
    const { batchId } = await sentBatch(fixture, 'changed');
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
    const { batch } = await batchOf(fixture, 'rush');
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

describe('an account of a payee', () => {
  it.each([{ name: 'Алёна' }, { address: { town: '東京', country: 'JP' } }])(
    'that no bank can read is refused when it is given: %o',
    async (wrong) => {
      const person = await fixture.as('per-champion', 'resident');
      const body = { method: 'bank' as const, name: 'Aino Harju', iban: 'FI2112345600000785', ...wrong };
      const refused = person.putPayeeDetails({ params: here, body });
      await expect(refused).rejects.toMatchObject({ code: 'text-unwritable' });
    },
  );
});
