import type { PayrollReceipt } from '@talkoot/api-contracts/payments';
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

const params = { municipalityId };
let fixture: PaymentsFixture;
let payroll: PaymentsFixture['clerk'];
beforeAll(async () => {
  fixture = await paymentsFixture(inject('mongodbUrl'), {}, { employerContributions: '0.25' });
  payroll = await fixture.as('per-payroll', 'payroll');
});
afterAll(() => fixture.stop());

/** A batch with one payment through payroll, 19,200 cents gross, and one by bank. */
async function wages(name: string) {
  const owed = await owedProject(fixture, `pil-${name}`, `prj-${name}`);
  const wanted = owed.filter(({ payeeId }) => payeeId === 'per-servant' || payeeId === 'per-champion');
  const batch = await propose(
    fixture,
    wanted.map(({ obligationId }) => obligationId),
  );
  return { batch, wage: wanted.find(({ payeeId }) => payeeId === 'per-servant')!, projectId: `prj-${name}` };
}
async function instructed(name: string) {
  const made = await wages(name);
  await instruct(fixture, made.batch);
  return made;
}
const receipt = (obligationId: string, more: Partial<PayrollReceipt> = {}): PayrollReceipt => ({
  obligationId,
  run: 'RUN-2027-03',
  date: '2027-03-15',
  currency: 'EUR',
  gross: 19_200,
  withheld: 5_760,
  net: 13_440,
  employerCost: 4_800,
  status: 'paid',
  ...more,
});
const nothing = { withheld: 0, net: 0, employerCost: 0 };
const take = (receipts: PayrollReceipt[], idempotencyKey = key()) =>
  payroll.importPayrollReceipts({ params, body: { receipts }, idempotencyKey });
const stateOf = async (obligationId: string) =>
  (await fixture.clerk.getObligation({ params: { municipalityId, obligationId } })).obligation.state;
async function holds(account: string, pilotId: string) {
  const query = { pilotId, limit: 200 };
  const { items, balanced } = await fixture.clerk.getTrialBalance({ params, query });
  expect(balanced).toBe(true);
  return items
    .filter((one) => one.account === account)
    .reduce((sum, { debit, credit }) => sum + credit - debit, 0);
}

describe('the payroll file', () => {
  it('has what payroll pays of an instructed batch, and neither income type nor tax nor account', async () => {
    const { batch, wage } = await wages('file');
    const file = { params: { municipalityId, batchId: batch.batchId } };
    await expect(payroll.getPayrollFile(file)).rejects.toMatchObject({ code: 'batch-not-instructed' });
    fixture.numbers.set('per-servant', '004711');
    await instruct(fixture, batch);
    const { lines, total, period } = await payroll.getPayrollFile(file);
    expect(total).toEqual(euros(19_200));
    expect(lines).toEqual([
      {
        reference: expect.stringMatching(/^T.*-1$/),
        obligationId: wage.obligationId,
        payeeNumber: '004711',
        payeeRole: 'civil-servant',
        gross: euros(19_200),
        costCentre: '4100',
        account: '401000',
        fiscalYear: 2027,
        period,
      },
    ]);
    const csv = await payroll.exportPayrollFile(file);
    expect(csv.split('\r\n')[0]).toBe(
      'reference,obligationId,payeeNumber,payeeRole,gross,currency,costCentre,account,fiscalYear,period',
    );
    expect(csv).toContain(`${wage.obligationId},004711,civil-servant,19200,EUR,4100,401000,2027`);
    expect(csv).not.toMatch(/FI21|Harju/);
    const other = fixture.approver.getPayrollFile(file);
    await expect(other).rejects.toMatchObject({ code: 'forbidden' });
    const elsewhere = payroll.getPayrollFile({ params: { municipalityId, batchId: 'bat-none' } });
    await expect(elsewhere).rejects.toMatchObject({ code: 'not-found' });
    fixture.silence(true);
    await expect(payroll.getPayrollFile(file)).rejects.toMatchObject({ code: 'unavailable' });
    fixture.silence(false);
    fixture.numbers.delete('per-servant');
    const nameless = await payroll.getPayrollFile(file);
    expect(nameless.lines[0]).toMatchObject({ payeeNumber: 'per-servant' });
    await fixture.endPhase(batch.batchId, 'reconciled');
    await expect(payroll.getPayrollFile(file)).rejects.toMatchObject({ code: 'payroll-file-expired' });
  });
});

describe('a payroll receipt', () => {
  it('settles; net leaves the bank, tax and contributions are owed, and the pool covers the contributions', async () => {
    const { wage, projectId } = await instructed('settle');
    expect(wage.amount).toEqual(euros(19_200));
    const same = key();
    const taken = await take([receipt(wage.obligationId)], same);
    expect(taken).toEqual({ settled: 1, rejected: 0, duplicates: 0, exceptions: [] });
    expect(await take([receipt(wage.obligationId)], same)).toEqual(taken);
    expect(await take([receipt(wage.obligationId)])).toMatchObject({ settled: 0, duplicates: 1 });
    expect(await stateOf(wage.obligationId)).toBe('settled');
    expect(await holds('bank', 'pil-settle')).toBe(13_440);
    expect(await holds('withholding', 'pil-settle')).toBe(5_760 + 4_800);
    const { items: entries } = await fixture.clerk.listLedgerEntries({
      params,
      query: { pilotId: 'pil-settle', limit: 200 },
    });
    const told = entries.filter((one) => 'amount' in one && one.obligationId === wage.obligationId);
    expect(new Set(told.map((one) => 'amount' in one && one.amount.amount))).toEqual(new Set([19_200]));
    // Pool 100,000; 55,200 awarded; 4,800 of contributions, which leave the reserve at its end.
    expect(await holds('reserve', 'pil-settle')).toBe(100_000 - 55_200);
    await fixture.worker.releaseProject({ params: { projectId }, body: { what: 'everything' } });
    expect(await holds('bonus-fund', 'pil-settle')).toBe(9_000_000 - 55_200 - 4_800);
    const { items } = await payroll.listPayrollReceipts({
      params,
      query: { obligationId: wage.obligationId },
    });
    expect(items).toEqual([receipt(wage.obligationId)]);
    const approver = fixture.approver.listPayrollReceipts({ params });
    await expect(approver).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('may be made from the lines of the file, by a finance clerk too', async () => {
    const { batch, wage } = await instructed('lines');
    const { lines } = await fixture.clerk.getPayrollFile({
      params: { municipalityId, batchId: batch.batchId },
    });
    const receipts = lines.map(({ reference, obligationId, gross: { amount: gross, currency } }) => {
      const withheld = Math.floor((gross * 3) / 10);
      const paid = { currency, gross, withheld, net: gross - withheld, employerCost: 0 };
      return receipt(obligationId, { reference, run: `RUN-${batch.batchId}`, ...paid });
    });
    const body = { receipts };
    const taken = await fixture.clerk.importPayrollReceipts({ params, body, idempotencyKey: key() });
    expect(taken).toMatchObject({ settled: 1, exceptions: [] });
    expect(await stateOf(wage.obligationId)).toBe('settled');
  });

  it('closes batch and project with the last answer, also when a part of a run came before', async () => {
    const { batch, wage } = await instructed('part');
    const file = { params: { municipalityId, batchId: batch.batchId } };
    await take([receipt(wage.obligationId)]);
    expect(await signals(fixture, `batch/${batch.batchId}`)).toEqual([]);
    const { lines } = await fixture.clerk.getBatch(file);
    const bank = lines.find(({ method }) => method === 'bank')!;
    await settle(fixture, [bank]);
    expect(await signals(fixture, `batch/${batch.batchId}`)).toEqual(['reconciled']);
  });

  it('that does not add up refuses its file, and finance sees it', async () => {
    const { wage } = await instructed('sum');
    const wrong = receipt(wage.obligationId, { net: 13_441 });
    await expect(take([receipt('obl-other'), wrong])).rejects.toMatchObject({
      code: 'receipt-does-not-add-up',
      problem: { errors: [expect.objectContaining({ at: 'body.receipts.1' })] },
    });
    await expect(take([wrong])).rejects.toMatchObject({ code: 'receipt-does-not-add-up' });
    expect(await stateOf(wage.obligationId)).toBe('instructed');
    const { items } = await fixture.clerk.listPayrollExceptions({ params, query: { state: 'open' } });
    const seen = items.filter((one) => one.code === 'receipt-does-not-add-up');
    expect(seen.map((one) => one.receipt)).toEqual([wrong]);
    await take([receipt(wage.obligationId)]);
    expect(await stateOf(wage.obligationId)).toBe('settled');
    const closing = {
      params: { municipalityId, exceptionId: seen[0]!.exceptionId },
      body: { note: 'A rounding fault; payroll sent it again' },
    };
    expect(await fixture.clerk.closePayrollException(closing)).toMatchObject({ state: 'closed' });
    const again = fixture.clerk.closePayrollException(closing);
    await expect(again).rejects.toMatchObject({ code: 'already-decided' });
  });

  it('of an unknown obligation, another amount, currency or run pays nothing and is put aside', async () => {
    const { wage } = await instructed('aside');
    const id = wage.obligationId;
    const more = { gross: 19_201, withheld: 5_761 };
    const { exceptions, settled } = await take([
      receipt('obl-nobody'),
      receipt(id, more),
      receipt(id, { currency: 'SEK' }),
      receipt(id, { reference: 'TOTHER-1' }),
    ]);
    expect(settled).toBe(0);
    expect(exceptions.map(({ code }) => code)).toEqual([
      'unknown-obligation',
      'amount-differs',
      'currency-differs',
      'unknown-obligation',
    ]);
    expect(await stateOf(id)).toBe('instructed');
    expect(await holds('bank', 'pil-aside')).toBe(0);
    await take([receipt(id)]);
    const second = await take([receipt(id, { run: 'RUN-2027-04' })]);
    expect(second.exceptions).toMatchObject([{ code: 'paid-again' }]);
    expect((await take([receipt(id, { withheld: 0, net: 19_200 })])).exceptions).toMatchObject([
      { code: 'receipt-differs' },
    ]);
    expect(await holds('bank', 'pil-aside')).toBe(13_440);
    const elsewhere = await fixture.asElsewhere('per-payroll', 'payroll');
    const crossing = await elsewhere.importPayrollReceipts({
      params: { municipalityId: 'other' },
      body: { receipts: [receipt(id, { run: 'RUN-2027-05' })] },
      idempotencyKey: key(),
    });
    expect(crossing.exceptions).toMatchObject([{ code: 'unknown-obligation' }]);
  });

  it('may reject: the obligation is paid by a new attempt that is approved anew', async () => {
    const { wage } = await instructed('reject');
    const id = wage.obligationId;
    await take([receipt(id, { status: 'rejected', ...nothing, reasonCode: 'NOTEMPLOYED' })]);
    expect(await stateOf(id)).toBe('rejected');
    expect(await holds('withholding', 'pil-reject')).toBe(0);
    await instruct(fixture, await propose(fixture, [id]));
    const late = await take([receipt(id, { run: 'RUN-2', reference: `T${id.slice(4).toUpperCase()}-1` })]);
    expect(late.exceptions).toMatchObject([{ code: 'paid-after-rejection' }]);
    await take([receipt(id, { run: 'RUN-2' })]);
    expect(await stateOf(id)).toBe('settled');
  });

  it('that pays what somebody said was rejected is closed by somebody else, and by nobody whom it pays', async () => {
    const { wage } = await instructed('after-all');
    const id = wage.obligationId;
    const taking = (by: PaymentsFixture['clerk'], receipts: PayrollReceipt[]) =>
      by.importPayrollReceipts({ params, body: { receipts }, idempotencyKey: key() });
    const payee = await fixture.as('per-servant', 'finance-clerk', 'payroll');
    const own = taking(payee, [receipt('obl-other'), receipt(id, { status: 'rejected', ...nothing })]);
    await expect(own).rejects.toMatchObject({ code: 'own-payment' });
    const badSum = taking(payee, [receipt(id, { net: 1 })]);
    await expect(badSum).rejects.toMatchObject({ code: 'own-payment' });
    expect(await stateOf(id)).toBe('instructed');
    await taking(fixture.clerk, [receipt(id, { status: 'rejected', ...nothing })]);
    const { exceptions: again } = await take([receipt(id)]);
    const { exceptions: later } = await take([receipt(id, { run: 'RUN-2' })]);
    expect([...again, ...later].map(({ code }) => code)).toEqual(['receipt-differs', 'paid-after-rejection']);
    const other = await fixture.as('per-clerk-2', 'finance-clerk');
    for (const { exceptionId } of [...again, ...later]) {
      const close = (by: PaymentsFixture['clerk']) =>
        by.closePayrollException({ params: { ...params, exceptionId }, body: { note: 'Claimed back' } });
      await expect(close(payee)).rejects.toMatchObject({ code: 'own-payment' });
      await expect(close(fixture.clerk)).rejects.toMatchObject({ code: 'same-person-twice' });
      const taker = await fixture.as('per-payroll', 'finance-clerk');
      await expect(close(taker)).rejects.toMatchObject({ code: 'same-person-twice' });
      expect(await close(other)).toMatchObject({ state: 'closed' });
    }
  });

  it('with more employer’s cost than the pool holds settles, and finance sees what is not covered', async () => {
    const { wage, projectId } = await instructed('cost');
    const cost = 50_000;
    const { settled, exceptions } = await take([receipt(wage.obligationId, { employerCost: cost })]);
    expect(settled).toBe(1);
    expect(exceptions).toMatchObject([
      { code: 'employer-cost-above-reserve', uncovered: euros(cost - 44_800) },
    ]);
    await fixture.worker.releaseProject({ params: { projectId }, body: { what: 'everything' } });
    expect(await holds('reserve', 'pil-cost')).toBe(0);
    expect(await holds('bonus-fund', 'pil-cost')).toBe(9_000_000 - 100_000);
  });

  it('comes as CSV too, which is refused whole when it is not as documented', async () => {
    const { wage } = await instructed('csv');
    const columns = 'obligationId;run;date;currency;gross;withheld;net;employerCost;status';
    const body = `${columns}\n${wage.obligationId};R7;2027-03-15;EUR;19200;5760;13440;4800;paid\n`;
    const send = (text: string) =>
      payroll.importPayrollReceiptsCsv({ params, body: text, idempotencyKey: key() });
    await expect(send(body.replace('19200', '192.00'))).rejects.toMatchObject({ code: 'receipts-malformed' });
    await expect(send(body.replace('13440', '1'))).rejects.toMatchObject({ code: 'receipt-does-not-add-up' });
    expect(await send(body)).toMatchObject({ settled: 1 });
    const resident = await fixture.as('per-x', 'resident');
    const refused = resident.importPayrollReceiptsCsv({ params, body, idempotencyKey: key() });
    await expect(refused).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('is booked once when the same run comes many times at once', async () => {
    const { wage } = await instructed('rush');
    const all = await Promise.all(Array.from({ length: 8 }, () => take([receipt(wage.obligationId)])));
    expect(all.reduce((sum, one) => sum + one.settled, 0)).toBe(1);
    expect(await holds('bank', 'pil-rush')).toBe(13_440);
  });
});

describe('the income report', () => {
  it('shows national ids to payroll alone, and only there', async () => {
    const { wage } = await instructed('income');
    await take([receipt(wage.obligationId, { run: 'R-INCOME', date: '2031-05-02' })]);
    const payee = { municipalityId, payeeId: 'per-servant' };
    const shown = await payroll.putNationalIdOf({ params: payee, body: { nationalId: '131052-308T' } });
    expect(JSON.stringify(shown)).not.toContain('131052-308T');
    const { items } = await payroll.getIncomeReport({ params, query: { year: 2031 } });
    expect(items).toMatchObject([
      { obligationId: wage.obligationId, nationalId: '131052-308T', gross: 19_200, withheld: 5_760 },
    ]);
    expect((await payroll.getIncomeReport({ params, query: { year: 2032 } })).items).toEqual([]);
    const clerk = fixture.clerk.getIncomeReport({ params, query: { year: 2031 } });
    await expect(clerk).rejects.toMatchObject({ code: 'forbidden' });
    const collections = await fixture.connection.db!.collections();
    const all = await Promise.all(collections.map((one) => one.find().toArray()));
    expect(JSON.stringify(all)).not.toMatch(/131052-308T|FI2112345600000785|12345600000785/);
  });
});
