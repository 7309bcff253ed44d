import { inTransaction } from '@talkoot/http-service';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { commit, euros, municipalityId, openFunds, paymentsFixture } from '../payments.fixture.ts';
import type { PaymentsFixture } from '../payments.fixture.ts';
import { commitmentRaised, fundsOpened } from './postings.ts';

let fixture: PaymentsFixture;
beforeAll(async () => {
  fixture = await paymentsFixture(inject('mongodbUrl'));
});
afterAll(() => fixture.stop());

const book = (pilotId: string) => ({ municipalityId, pilotId, fiscalYear: 2027, currency: 'EUR' });
const post = (transaction: ReturnType<typeof fundsOpened>) =>
  inTransaction(fixture.connection, (session) =>
    fixture.payments.ledger.post(session, transaction, new Date()),
  );
const entries = () => fixture.connection.collection('ledgerentries').countDocuments();
const codesOf = (done: PromiseSettledResult<unknown>[]) =>
  done.flatMap((one) => (one.status === 'rejected' ? [one.reason.code ?? one.reason] : []));

describe('the ledger', () => {
  it('lets no fund be overdrawn by 100 writers at once', async () => {
    // The round fund holds exactly forty commitments of 10,000.
    await openFunds(fixture, 'pil-rush', 445_000);
    const writers = Array.from({ length: 100 }, (_, n) =>
      commit(fixture, 'pil-rush', `prj-rush-${n}`, 10_000),
    );
    const done = await Promise.allSettled(writers);
    expect(codesOf(done)).toEqual(Array(60).fill('fund-overdrawn'));
    const params = { municipalityId, pilotId: 'pil-rush' };
    const [round] = (await fixture.anyone.getPilotFunds({ params })).funds;
    expect(round).toMatchObject({ available: euros(500), setAside: euros(400_000) });
    const query = { pilotId: 'pil-rush' };
    expect((await fixture.anyone.getTrialBalance({ params: { municipalityId }, query })).balanced).toBe(true);
  });

  it('lets no fund be overdrawn by 100 writers who do not wait for one another', async () => {
    await openFunds(fixture, 'pil-rivals', 445_000);
    const raise = (n: number) => commitmentRaised(book('pil-rivals'), `prj-rival-${n}`, 10_000, `rival-${n}`);
    const done = await Promise.allSettled(Array.from({ length: 100 }, (_, n) => post(raise(n))));
    expect(codesOf(done)).toEqual(Array(60).fill('fund-overdrawn'));
    const { round } = await fixture.worker.getFunds({ params: { pilotId: 'pil-rivals' } });
    expect(round).toEqual(euros(500));
  });

  it('posts a transaction once under its id, also for rivals', async () => {
    const opened = fundsOpened(book('pil-once'), { round: 100, bonus: 10, outcome: 1 });
    const before = await entries();
    const posted = await Promise.all(Array.from({ length: 10 }, () => post(opened)));
    expect(posted.filter(Boolean)).toHaveLength(1);
    expect(await entries()).toBe(before + 4);
  });

  it('refuses another transaction under a known id, and changes nothing', async () => {
    const before = await entries();
    const other = fundsOpened(book('pil-once'), { round: 200, bonus: 10, outcome: 1 });
    await expect(post(other)).rejects.toMatchObject({ code: 'transaction-differs' });
    const over = commitmentRaised(book('pil-once'), 'prj-x', 101, 'raise-1');
    await expect(post(over)).rejects.toMatchObject({ code: 'fund-overdrawn' });
    expect(await entries()).toBe(before);
  });

  it('keeps balances that are the sums of its entries', async () => {
    const sums = await fixture.connection
      .collection('ledgerentries')
      .aggregate([
        {
          $group: {
            _id: { account: '$account', side: '$side', pilot: '$pilotId' },
            sum: { $sum: '$amount' },
          },
        },
      ])
      .toArray();
    const balances = await fixture.connection.collection('ledgerbalances').find().toArray();
    for (const { _id, sum } of sums) {
      const same = balances.filter((one) => one['account'] === _id.account && one['pilotId'] === _id.pilot);
      expect(same.reduce((total, one) => total + one[_id.side], 0)).toBe(sum);
    }
  });
});
