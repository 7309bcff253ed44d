import { answerOrder } from '@talkoot/bank-simulator';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { euros, paymentsFixture } from '../../payments.fixture.ts';
import type { PaymentsFixture } from '../../payments.fixture.ts';
import { at, booking, debtorAccount, here, notify, reconciled, sentBatch, takeIn } from '../bank.fixture.ts';

let fixture: PaymentsFixture;
beforeAll(async () => {
  fixture = await paymentsFixture(inject('mongodbUrl'));
  await debtorAccount(fixture);
  const { xml, lines } = await sentBatch(fixture, 'period');
  const { statusReport, notifications } = answerOrder(xml, 'troubled', at);
  for (const one of [statusReport, ...notifications]) await takeIn(fixture, one);
  await sentBatch(fixture, 'transit');
  const stray = (reference: string) => booking('TSTRAY', 100, reference);
  const back = { ...stray('STRAY-3'), direction: 'CRDT' as const, amount: 30, parts: [] };
  await takeIn(fixture, notify(stray('STRAY-1'), booking(lines[0]!.endToEndId, 7, 'STRAY-2'), back));
});
afterAll(() => fixture.stop());

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
    const counts = [euro.instructed, euro.settled, euro.rejected, euro.returned, euro.inTransit];
    expect(counts.map(({ recorded }) => recorded.payments)).toEqual([6, 2, 1, 1, 3]);
    // 1.00 and 0.07 that left, 0.30 that came in.
    expect(euro.suspense).toMatchObject({ recorded: { payments: 3, amount: euros(77) }, ledger: euros(77) });
    const { instructed, settled, rejected, inTransit } = euro;
    const left = instructed.ledger.amount - settled.ledger.amount - rejected.ledger.amount;
    expect(left).toBe(inTransit.ledger.amount);
    const csv = await fixture.clerk.exportPeriodReconciliation({
      params: here,
      query: { from: report.from, to: report.to },
    });
    expect(csv.split('\r\n')[0]).toBe('currency,figure,payments,recorded,ledger,agrees');
    expect(
      csv
        .trim()
        .split('\r\n')
        .slice(1)
        .every((line) => line.endsWith(',true')),
    ).toBe(true);
    expect((await fixture.anyone.getTrialBalance({ params: here, query: {} })).balanced).toBe(true);
  });
  it('sees a cent that somebody changed in the record', async () => {
    const attempts = fixture.connection.collection('attempts');
    const one = (await attempts.findOne({ state: 'settled' }))!;
    await attempts.updateOne({ _id: one._id }, { $inc: { amount: 1 } });
    expect((await reconciled(fixture, one['batchId'])).agrees).toBe(false);
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
