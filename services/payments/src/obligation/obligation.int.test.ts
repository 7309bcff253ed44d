import { idFrom } from '@talkoot/http-service';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { debtorAccount, paymentFile } from '../bank/bank.fixture.ts';
import {
  cancel,
  commit,
  euros,
  instruct,
  key,
  municipalityId,
  openFunds,
  owedProject,
  paymentsFixture,
  propose,
  signals,
  testAccount,
} from '../payments.fixture.ts';
import type { PaymentsFixture } from '../payments.fixture.ts';
import { settle } from '../settlement/settlement.fixture.ts';
import { tellOfObligations } from './obligation.telling.ts';

let fixture: PaymentsFixture;
beforeAll(async () => {
  fixture = await paymentsFixture(inject('mongodbUrl'));
});
afterAll(() => fixture.stop());

const available = async (pilotId: string, fund: 'round' | 'bonus') =>
  (await fixture.worker.getFunds({ params: { pilotId } }))[fund].amount;

const closeUnclaimed = (obligationId: string) =>
  fixture.clerk.closeUnclaimed({
    params: { municipalityId, obligationId },
    body: { reason: 'Moved away without an address' },
    idempotencyKey: key(),
  });

/** Does something so many days from now. */
async function later(days: number, work: () => Promise<void>): Promise<void> {
  fixture.later(days * 86_400_000);
  await work().finally(() => fixture.later(-days * 86_400_000));
}

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
    const idOf = (payeeId: string) => owed.find((one) => one.payeeId === payeeId)!.obligationId;
    await expect(closeUnclaimed(idOf('per-champion'))).rejects.toMatchObject({ code: 'obligation-claimed' });
    await expect(closeUnclaimed(idOf('per-servant'))).rejects.toMatchObject({ code: 'obligation-claimed' });
    await later(400, async () => {
      expect(await closeUnclaimed(idOf('per-volunteer-1'))).toMatchObject({ state: 'unclaimed' });
    });
    const rest = ['per-champion', 'per-servant', 'per-volunteer-2'];
    await Promise.all(rest.map((payeeId) => cancel(fixture, idOf(payeeId), 'Cannot be paid')));
    expect(await signals(fixture, `project/${projectId}`)).toEqual(['obligations-closed']);
    await fixture.worker.releaseProject({ params: { projectId }, body: { what: 'everything' } });
    expect(await available(pilotId, 'bonus')).toBe(9_000_000);
  });

  it('is not unclaimed before the time of the charter is over, counted anew when it is due again', async () => {
    const owed = await owedProject(fixture, 'pil-expiry', 'prj-expiry');
    const { obligationId } = owed.find((one) => one.payeeId === 'per-volunteer-1')!;
    const early = { code: 'not-unclaimed-yet' };
    const listed = async (dueBefore: Date) => {
      const query = { pilotId: 'pil-expiry', dueBefore: dueBefore.toISOString() };
      const { items } = await fixture.clerk.listObligations({ params: { municipalityId }, query });
      return items.some((one) => one.obligationId === obligationId);
    };
    const [before, sent] = [new Date(), await instruct(fixture, await propose(fixture, [obligationId]))];
    expect(await listed(new Date(Date.now() + 1000))).toBe(false);
    await later(200, async () => {
      const rejected = sent.map((line) => ({ ...line, status: 'rejected' as const }));
      await settle(fixture, rejected);
    });
    expect([await listed(before), await listed(new Date(Date.now() + 201 * 86_400_000))]).toEqual([
      false,
      true,
    ]);
    await fixture.connection.collection('payees').deleteOne({ personId: 'per-volunteer-1' });
    await expect(closeUnclaimed(obligationId)).rejects.toMatchObject(early);
    await later(500, () => expect(closeUnclaimed(obligationId)).rejects.toMatchObject(early));
    await later(600, async () => {
      expect(await closeUnclaimed(obligationId)).toMatchObject({ closedBecause: 'unclaimed' });
    });
  });

  it('is not closed as unclaimed while its payee says how to be paid', async () => {
    const owed = await owedProject(fixture, 'pil-race', 'prj-race');
    const { obligationId } = owed.find((one) => one.payeeId === 'per-volunteer-1')!;
    await fixture.connection.collection('payees').deleteOne({ personId: 'per-volunteer-1' });
    const payee = await fixture.as('per-volunteer-1', 'resident');
    const { obligations } = fixture.payments;
    const find = obligations.find.bind(obligations);
    // The clerk's transaction has begun to read when the payee's is committed.
    let isSaid = false;
    const reading = vi.spyOn(obligations, 'find').mockImplementation(async (...of) => {
      const found = await find(...of);
      if (isSaid || !of[2]) return found;
      isSaid = true;
      await payee.putPayeeDetails({ params: { municipalityId }, body: testAccount() });
      return found;
    });
    await expect(closeUnclaimed(obligationId)).rejects.toMatchObject({ code: 'obligation-claimed' });
    expect(isSaid).toBe(true);
    reading.mockRestore();
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
      assessment: { assessmentId: 'asm-0', sha256: 'a'.repeat(64), appeal: null },
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
      assessment: { assessmentId: 'asm-0', sha256: 'a'.repeat(64), appeal: null },
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

describe('cancelling an obligation', () => {
  const owedTo = async (name: string, payeeId: string) => {
    const owed = await owedProject(fixture, `pil-${name}`, `prj-${name}`);
    return owed.find((one) => one.payeeId === payeeId)!.obligationId;
  };
  const proposeBy = (by: PaymentsFixture['clerk'], obligationId: string, reason = 'The account is closed') =>
    by.proposeCancellation({
      params: { municipalityId, obligationId },
      body: { reason },
      idempotencyKey: key(),
    });
  const confirmBy = (by: PaymentsFixture['clerk'], obligationId: string, proposalSha256: string) =>
    by.confirmCancellation({
      params: { municipalityId, obligationId },
      body: { proposalSha256 },
      idempotencyKey: key(),
    });

  it('takes two people, neither of them its payee', async () => {
    const obligationId = await owedTo('cancel', 'per-champion');
    const both = await fixture.as('per-both', 'finance-clerk', 'payout-approver');
    const payee = await fixture.as('per-champion', 'finance-clerk', 'payout-approver');
    const none = 'a'.repeat(64);
    await expect(confirmBy(both, obligationId, none)).rejects.toMatchObject({ code: 'not-proposed' });
    await expect(proposeBy(payee, obligationId)).rejects.toMatchObject({ code: 'own-payment' });
    const proposed = await proposeBy(both, obligationId);
    expect(proposed).toMatchObject({ state: 'due', closedBecause: null, cancellation: { by: 'per-both' } });
    const { sha256 } = proposed.cancellation!;
    await expect(confirmBy(both, obligationId, sha256)).rejects.toMatchObject({ code: 'same-person-twice' });
    await expect(confirmBy(payee, obligationId, sha256)).rejects.toMatchObject({ code: 'own-payment' });
    await expect(confirmBy(fixture.clerk, obligationId, sha256)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(confirmBy(fixture.approver, obligationId, none)).rejects.toMatchObject({
      code: 'hash-mismatch',
    });
    const before = await available('pil-cancel', 'bonus');
    const cancelled = await confirmBy(fixture.approver, obligationId, sha256);
    expect(cancelled).toMatchObject({
      state: 'cancelled',
      closedBecause: 'cancelled',
      cancellation: { by: 'per-both', confirmedBy: 'per-approver', sha256 },
    });
    expect((await available('pil-cancel', 'bonus')) - before).toBe(cancelled.amount.amount);
    await expect(proposeBy(both, obligationId)).rejects.toMatchObject({ code: 'obligation-not-open' });
    await expect(confirmBy(fixture.approver, obligationId, sha256)).rejects.toMatchObject({
      code: 'obligation-not-open',
    });
  });

  it('is answered under its key as it was first, whatever has become of the obligation since', async () => {
    const obligationId = await owedTo('cancel-again', 'per-champion');
    const asked = {
      params: { municipalityId, obligationId },
      body: { reason: 'The account is closed' },
      idempotencyKey: key(),
    };
    const proposed = await fixture.clerk.proposeCancellation(asked);
    await confirmBy(fixture.approver, obligationId, proposed.cancellation!.sha256);
    expect(await fixture.clerk.proposeCancellation(asked)).toEqual(proposed);
  });

  it('is seen by its payee, with the reason in words, from when it is proposed', async () => {
    const obligationId = await owedTo('cancel-seen', 'per-champion');
    const payee = await fixture.as('per-champion', 'resident');
    const params = { municipalityId, obligationId };
    expect((await payee.getObligation({ params })).because).toBe(null);
    const { cancellation } = await proposeBy(fixture.clerk, obligationId);
    const seen = await payee.getObligation({ params });
    expect(seen).toMatchObject({ because: 'The account is closed', obligation: { cancellation } });
    await confirmBy(fixture.approver, obligationId, cancellation!.sha256);
    const { obligation, because } = await payee.getObligation({ params });
    expect(because).toBe('The account is closed');
    expect(obligation).toMatchObject({ state: 'cancelled', reason: cancellation!.reason });
  });

  it('tells its payee and the approvers of the proposal, and the payee of the end, by id alone', async () => {
    const obligationId = await owedTo('cancel-told', 'per-champion');
    const noticesOf = () =>
      fixture.notices
        .filter(({ subject }) => subject.id === obligationId)
        .map(({ to, wait }) => ({ to, wait }));
    const { cancellation } = await proposeBy(fixture.clerk, obligationId);
    const proposal = [
      { to: { personId: 'per-champion' }, wait: 'cancellation-proposed' },
      { to: { role: 'payout-approver' }, wait: 'cancellation-proposed' },
    ];
    expect(noticesOf()).toEqual(proposal);
    await confirmBy(fixture.approver, obligationId, cancellation!.sha256);
    expect(noticesOf()).toEqual([...proposal, { to: { personId: 'per-champion' }, wait: 'closed-unpaid' }]);
    const said = JSON.stringify(fixture.notices.filter(({ subject }) => subject.id === obligationId));
    expect(said).not.toMatch(/account|EUR|amount/);
  });

  it('is proposed though identity takes no notice, which is given as soon as it does, once', async () => {
    const obligationId = await owedTo('cancel-silent', 'per-champion');
    const noticesOf = () => fixture.notices.filter(({ subject }) => subject.id === obligationId);
    fixture.silence(true);
    await proposeBy(fixture.clerk, obligationId);
    await expect(tellOfObligations(fixture.payments)).rejects.toThrow();
    const { cancellation } = await proposeBy(fixture.clerk, obligationId, 'Another reason');
    fixture.silence(false);
    expect(noticesOf()).toEqual([]);
    await tellOfObligations(fixture.payments);
    await tellOfObligations(fixture.payments);
    expect(noticesOf().map(({ noticeId }) => noticeId)).toEqual([
      `${obligationId}-cancellation-${cancellation!.sha256.slice(0, 16)}`,
      `${obligationId}-cancellation-${cancellation!.sha256.slice(0, 16)}-approver`,
    ]);
  });

  it('is proposed anew after a payment was tried', async () => {
    const obligationId = await owedTo('cancel-stale', 'per-champion');
    const { cancellation } = await proposeBy(fixture.clerk, obligationId);
    const lines = await instruct(fixture, await propose(fixture, [obligationId]));
    const confirm = () => confirmBy(fixture.approver, obligationId, cancellation!.sha256);
    await expect(confirm()).rejects.toMatchObject({ code: 'obligation-not-open' });
    await settle(
      fixture,
      lines.map((line) => ({ ...line, status: 'rejected' as const })),
    );
    await expect(confirm()).rejects.toMatchObject({ code: 'hash-mismatch' });
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
    await debtorAccount(fixture);
    const { xml } = await paymentFile(fixture, batch.batchId);
    expect(xml).toContain('FI2112345600000785');
    expect(xml).not.toContain('DE89');
  });
});
