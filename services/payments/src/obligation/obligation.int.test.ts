import { idFrom } from '@talkoot/http-service';
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
  settle,
  signals,
  testAccount,
} from '../payments.fixture.ts';
import type { PaymentsFixture } from '../payments.fixture.ts';

let fixture: PaymentsFixture;
beforeAll(async () => {
  fixture = await paymentsFixture(inject('mongodbUrl'));
});
afterAll(() => fixture.stop());

const available = async (pilotId: string, fund: 'round' | 'bonus') =>
  (await fixture.worker.getFunds({ params: { pilotId } }))[fund].amount;

describe('an obligation', () => {
  it('has an id that does not follow from what everybody may read', async () => {
    const owed = await owedProject(fixture, 'pil-hidden', 'prj-hidden');
    const { current } = await fixture.anyone.getBonus({
      params: { municipalityId, projectId: 'prj-hidden' },
    });
    const pots = ['civil-servants', 'champions', 'volunteers'];
    const guesses = owed.flatMap(({ payeeId }) =>
      pots.map((pot) => idFrom(`${current.decisionId}/${payeeId}/${pot}`, 'obl')),
    );
    expect(owed.filter(({ obligationId }) => guesses.includes(obligationId))).toEqual([]);
  });

  it('may be declined by its payee alone; the share returns to the fund and enlarges no one else’s', async () => {
    const owed = await owedProject(fixture, 'pil-decline', 'prj-decline');
    const mine = owed.find((one) => one.payeeId === 'per-champion')!;
    const params = { municipalityId, obligationId: mine.obligationId };
    const before = await available('pil-decline', 'bonus');
    const decline = async (personId: string, idempotencyKey = key()) =>
      (await fixture.as(personId, 'resident')).declineObligation({ params, idempotencyKey });
    await expect(decline('per-volunteer-1')).rejects.toMatchObject({ code: 'not-found' });
    const declined = await decline('per-champion');
    expect(declined).toMatchObject({ state: 'cancelled', closedBecause: 'declined' });
    await expect(decline('per-champion')).rejects.toMatchObject({ code: 'obligation-not-open' });
    expect((await available('pil-decline', 'bonus')) - before).toBe(mine.amount.amount);
    const others = owed.filter((one) => one !== mine);
    await settle(
      fixture,
      await instruct(
        fixture,
        await propose(
          fixture,
          others.map((one) => one.obligationId),
        ),
      ),
    );
    expect(await signals(fixture, 'project/prj-decline')).toEqual(['obligations-closed']);
  });

  it('is not declined once it is being paid', async () => {
    const owed = await owedProject(fixture, 'pil-late', 'prj-late');
    const mine = owed.find((one) => one.payeeId === 'per-champion')!;
    await propose(fixture, [mine.obligationId]);
    const params = { municipalityId, obligationId: mine.obligationId };
    const late = (await fixture.as('per-champion')).declineObligation({ params, idempotencyKey: key() });
    await expect(late).rejects.toMatchObject({ code: 'obligation-not-open' });
  });

  it('is closed as unclaimed only where nobody said how to be paid; all closed ends the project’s payout', async () => {
    const [pilotId, projectId] = ['pil-unclaimed', 'prj-unclaimed'];
    const owed = await owedProject(fixture, pilotId, projectId);
    await fixture.connection.collection('payees').deleteOne({ personId: 'per-volunteer-1' });
    const close = (payeeId: string, as: 'unclaimed' | 'cancelled') => {
      const { obligationId } = owed.find((one) => one.payeeId === payeeId)!;
      const body = { as, reason: 'Moved away without an address' };
      return fixture.clerk.closeObligation({
        params: { municipalityId, obligationId },
        body,
        idempotencyKey: key(),
      });
    };
    await expect(close('per-champion', 'unclaimed')).rejects.toMatchObject({ code: 'obligation-claimed' });
    await expect(close('per-servant', 'unclaimed')).rejects.toMatchObject({ code: 'obligation-claimed' });
    expect(await close('per-volunteer-1', 'unclaimed')).toMatchObject({ state: 'unclaimed' });
    const rest = ['per-champion', 'per-servant', 'per-volunteer-2'];
    await Promise.all(rest.map((payeeId) => close(payeeId, 'cancelled')));
    expect(await signals(fixture, `project/${projectId}`)).toEqual(['obligations-closed']);
    await fixture.worker.releaseProject({ params: { projectId }, body: { what: 'everything' } });
    expect(await available(pilotId, 'bonus')).toBe(9_000_000);
  });

  it('does not arise where the bonus is nothing', async () => {
    const [pilotId, projectId] = ['pil-none', 'prj-none'];
    await openFunds(fixture, pilotId);
    await commit(fixture, pilotId, projectId);
    const body = { municipalityId, pilotId };
    const early = fixture.worker.createObligations({ params: { projectId }, body });
    await expect(early).rejects.toMatchObject({ code: 'bonus-undecided' });
    const vote = {
      pollId: 'pol-b-0',
      score: '-1/3',
      payable: true,
      counted: true,
      roll: 9,
      ballots: 9,
      shares: [],
    };
    await fixture.worker.decideBonus({ params: { projectId }, body: { ...body, ...vote } });
    const made = await fixture.worker.createObligations({ params: { projectId }, body });
    expect(made).toEqual({ obligations: 0, total: euros(0) });
  });

  it('is not there for a project without money, nor is a bonus', async () => {
    const body = { municipalityId, pilotId: 'pil-strange' };
    const params = { projectId: 'prj-strange' };
    const vote = {
      pollId: 'pol-b-0',
      score: '1/3',
      payable: true,
      counted: true,
      roll: 9,
      ballots: 9,
      shares: [],
    };
    const split = fixture.worker.createObligations({ params, body });
    await expect(split).rejects.toMatchObject({ code: 'not-found' });
    const decided = fixture.worker.decideBonus({ params, body: { ...body, ...vote } });
    await expect(decided).rejects.toMatchObject({ code: 'not-found' });
  });

  it('is listed for finance and for its payee, not for residents', async () => {
    const params = { municipalityId };
    const resident = await fixture.as('per-resident', 'resident');
    await expect(resident.listObligations({ params })).rejects.toMatchObject({ code: 'forbidden' });
    expect((await resident.listMyObligations({ params })).items).toEqual([]);
    const mine = (await (await fixture.as('per-champion')).listMyObligations({ params })).items;
    expect(new Set(mine.map((one) => one.payeeId))).toEqual(new Set(['per-champion']));
  });
});

describe('payment details', () => {
  const params = { municipalityId };
  it('are refused with a wrong IBAN and from people of another municipality', async () => {
    const body = testAccount('FI2112345600000786');
    const resident = await fixture.as('per-details', 'resident');
    await expect(resident.putPayeeDetails({ params, body })).rejects.toMatchObject({ code: 'iban-invalid' });
    const stranger = await fixture.asElsewhere('per-details', 'resident');
    const payroll = { params, body: { method: 'payroll' } as const };
    await expect(stranger.putPayeeDetails(payroll)).rejects.toMatchObject({ code: 'not-payable-here' });
    await expect(resident.getPayeeDetails({ params })).rejects.toMatchObject({ code: 'not-found' });
  });
  it('that change leave a payment that is under way alone', async () => {
    const owed = await owedProject(fixture, 'pil-change', 'prj-change');
    const mine = owed.find((one) => one.payeeId === 'per-champion')!;
    const batch = await propose(fixture, [mine.obligationId]);
    const champion = await fixture.as('per-champion', 'resident');
    const body = testAccount('DE89 3704 0044 0532 0130 00');
    await champion.putPayeeDetails({ params, body });
    await instruct(fixture, batch);
    const csv = await fixture.clerk.exportPaymentInstructions({
      params: { ...params, batchId: batch.batchId },
    });
    expect(csv).toContain('FI2112345600000785');
    expect(csv).not.toContain('DE89');
  });
});
