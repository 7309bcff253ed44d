import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import {
  commit,
  euros,
  instruct,
  key,
  member,
  municipalityId,
  openFunds,
  paymentsFixture,
  propose,
  team,
  testAccount,
} from '../payments.fixture.ts';
import type { PaymentsFixture } from '../payments.fixture.ts';
import { settle } from '../settlement/settlement.fixture.ts';

let fixture: PaymentsFixture;
beforeAll(async () => {
  fixture = await paymentsFixture(inject('mongodbUrl'));
  await openFunds(fixture, 'pil-1');
});
afterAll(() => fixture.stop());

type Client = PaymentsFixture['clerk'];
const spend = (client: Client, projectId: string, amount: number, more: object = {}) =>
  client.recordSpending({
    params: { municipalityId, projectId },
    body: { amount: euros(amount), purpose: 'Racks', ...more },
    idempotencyKey: key(),
  });
const accept = (client: Client, spendingId: string) =>
  client.acceptSpending({ params: { municipalityId, spendingId }, idempotencyKey: key() });
const refuse = (client: Client, spendingId: string) =>
  client.refuseSpending({
    params: { municipalityId, spendingId },
    body: { reason: 'No invoice' },
    idempotencyKey: key(),
  });
const moneyOf = (projectId: string) =>
  fixture.anyone.getProjectMoney({ params: { municipalityId, projectId } });
const round = async () => (await fixture.worker.getFunds({ params: { pilotId: 'pil-1' } })).round.amount;

describe('spending', () => {
  it('never exceeds the commitment, whoever records it at the same time', async () => {
    await commit(fixture, 'pil-1', 'prj-rush', 1_000);
    const champion = await fixture.as('per-champion');
    const done = await Promise.allSettled(Array.from({ length: 30 }, () => spend(champion, 'prj-rush', 90)));
    const refused = done.filter((one) => one.status === 'rejected');
    expect(refused.map((one) => one.reason.code)).toEqual(Array(19).fill('above-commitment'));
    expect(await moneyOf('prj-rush')).toMatchObject({ claimed: euros(990), accepted: euros(0) });
    await spend(champion, 'prj-rush', 10);
    await expect(spend(champion, 'prj-rush', 1)).rejects.toMatchObject({ code: 'above-commitment' });
  });

  it('is recorded by civil servants and champions of the team and by finance clerks, by nobody else', async () => {
    await commit(fixture, 'pil-1', 'prj-who');
    await spend(await fixture.as('per-servant'), 'prj-who', 1);
    await spend(fixture.clerk, 'prj-who', 1);
    const volunteer = await fixture.as('per-volunteer-1', 'resident');
    await expect(spend(volunteer, 'prj-who', 1)).rejects.toMatchObject({ code: 'not-on-team' });
    await expect(spend(fixture.anyone, 'prj-who', 1)).rejects.toMatchObject({ code: 'unauthenticated' });
    const elsewhere = await fixture.asElsewhere('per-outsider', 'finance-clerk');
    await expect(spend(elsewhere, 'prj-who', 1)).rejects.toMatchObject({ code: 'not-on-team' });
    await expect(spend(fixture.clerk, 'prj-unknown', 1)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('is not recorded by who left the team, though they share in its bonus', async () => {
    await commit(fixture, 'pil-1', 'prj-left');
    const members = [
      member('per-left-servant', 'civil-servants', { worksAs: null }),
      member('per-left-champion', 'champions', { worksAs: null }),
      member('per-successor', 'volunteers', { worksAs: 'champions' }),
    ];
    fixture.teams.set('prj-left', { ...team, members });
    for (const id of ['per-left-servant', 'per-left-champion'])
      await expect(spend(await fixture.as(id), 'prj-left', 1)).rejects.toMatchObject({ code: 'not-on-team' });
    await spend(await fixture.as('per-successor'), 'prj-left', 1);
  });

  it.each([
    [euros(0), 'amount-invalid'],
    [euros(-5), 'amount-invalid'],
    [{ amount: 5, currency: 'SEK' }, 'amount-invalid'],
  ])('of %j is refused', async (amount, code) => {
    await commit(fixture, 'pil-1', 'prj-amount');
    const wrong = spend(fixture.clerk, 'prj-amount', 1, { amount });
    await expect(wrong).rejects.toMatchObject({ code });
    expect((await moneyOf('prj-amount')).claimed).toEqual(euros(0));
  });

  it('is accepted by another person, once', async () => {
    await commit(fixture, 'pil-1', 'prj-accept');
    const { spendingId } = await spend(fixture.clerk, 'prj-accept', 700);
    await expect(accept(fixture.clerk, spendingId)).rejects.toMatchObject({ code: 'same-person-twice' });
    const second = await fixture.as('per-clerk-2', 'finance-clerk');
    await expect(accept(second, 'spe-unknown')).rejects.toMatchObject({ code: 'not-found' });
    const both = await Promise.allSettled([accept(second, spendingId), refuse(second, spendingId)]);
    expect(both.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    await expect(accept(second, spendingId)).rejects.toMatchObject({ code: 'already-decided' });
    const champion = await fixture.as('per-champion', 'resident');
    await expect(accept(champion, spendingId)).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('is not accepted by whom it pays', async () => {
    await commit(fixture, 'pil-1', 'prj-own');
    const contractor = { contractorId: 'per-clerk', procurementReference: 'P-1' };
    const champion = await fixture.as('per-champion');
    const { spendingId } = await spend(champion, 'prj-own', 700, contractor);
    await expect(accept(fixture.clerk, spendingId)).rejects.toMatchObject({ code: 'own-payment' });
    expect(await accept(await fixture.as('per-clerk-2', 'finance-clerk'), spendingId)).toMatchObject({
      state: 'accepted',
    });
  });

  it('is not recorded for, nor accepted of, somebody who measured or assessed the project', async () => {
    await commit(fixture, 'pil-1', 'prj-measured', 1_000);
    const champion = await fixture.as('per-champion');
    const on = (contractorId: string) =>
      spend(champion, 'prj-measured', 100, { contractorId, procurementReference: 'P-1' });
    fixture.measurers.set('prj-measured', ['per-early']);
    await expect(on('per-early')).rejects.toMatchObject({ code: 'has-measured' });
    const { spendingId } = await on('per-late');
    fixture.measurers.set('prj-measured', ['per-early', 'per-late']);
    await expect(accept(fixture.clerk, spendingId)).rejects.toMatchObject({ code: 'has-measured' });
    expect(await moneyOf('prj-measured')).toMatchObject({ claimed: euros(100), accepted: euros(0) });
    await refuse(fixture.clerk, spendingId);
    await spend(champion, 'prj-measured', 100);
  });

  it('makes its contractor interested while it is open or accepted, and bars nobody once it was refused', async () => {
    await commit(fixture, 'pil-1', 'prj-bar', 1_000);
    const champion = await fixture.as('per-champion');
    const on = (contractorId: string) =>
      spend(champion, 'prj-bar', 1, { contractorId, procurementReference: 'P-1' });
    const interested = async () =>
      (await fixture.worker.listInterested({ params: { projectId: 'prj-bar' } })).personIds;
    const unwanted = await on('per-unwanted');
    const wanted = await on('per-wanted');
    expect(await interested()).toEqual(['per-unwanted', 'per-wanted']);
    await refuse(fixture.clerk, unwanted.spendingId);
    await accept(fixture.clerk, wanted.spendingId);
    expect(await interested()).toEqual(['per-wanted']);
  });

  it('that is refused after the commitment closed returns to the round fund', async () => {
    await commit(fixture, 'pil-1', 'prj-close', 1_000);
    const champion = await fixture.as('per-champion');
    const { spendingId } = await spend(champion, 'prj-close', 300);
    const before = await round();
    await fixture.worker.releaseProject({ params: { projectId: 'prj-close' }, body: { what: 'commitment' } });
    expect((await round()) - before).toBe(700);
    await expect(spend(champion, 'prj-close', 1)).rejects.toMatchObject({ code: 'commitment-closed' });
    await refuse(fixture.clerk, spendingId);
    expect((await round()) - before).toBe(1_000);
    const { balanced } = await fixture.anyone.getTrialBalance({ params: { municipalityId } });
    expect(balanced).toBe(true);
  });

  it('on a contractor needs a procurement reference and is paid through a batch', async () => {
    await commit(fixture, 'pil-1', 'prj-contract');
    const champion = await fixture.as('per-champion');
    const more = { contractorId: 'per-contractor' };
    const bare = spend(champion, 'prj-contract', 500, more);
    await expect(bare).rejects.toMatchObject({ code: 'procurement-reference-missing' });
    const full = { ...more, procurementReference: 'HILMA 2027-14' };
    await accept(fixture.clerk, (await spend(champion, 'prj-contract', 500, full)).spendingId);
    const query = { projectId: 'prj-contract' };
    const { items } = await fixture.clerk.listObligations({ params: { municipalityId }, query });
    expect(items).toMatchObject([{ payeeRole: 'contractor', amount: euros(500), state: 'due' }]);
    const contractor = await fixture.as('per-contractor', 'contractor');
    const body = testAccount();
    await contractor.putPayeeDetails({ params: { municipalityId }, body });
    const lines = await instruct(fixture, await propose(fixture, [items[0]!.obligationId]));
    expect(await settle(fixture, lines)).toMatchObject({ settled: 1 });
  });
});

describe('a commitment', () => {
  const raise = (client: Client, projectId: string, amount: number) =>
    client.raiseCommitment({
      params: { municipalityId, projectId },
      body: { amount: euros(amount), reason: 'Ground water' },
      idempotencyKey: key(),
    });

  it('is raised by the budget authority alone, within the round fund and while it is open', async () => {
    await commit(fixture, 'pil-1', 'prj-raise', 1_000);
    const raised = await raise(fixture.authority, 'prj-raise', 50);
    expect(raised).toMatchObject({ committed: euros(1_050), raises: [{ amount: euros(50) }] });
    await expect(raise(fixture.clerk, 'prj-raise', 50)).rejects.toMatchObject({ code: 'forbidden' });
    const much = raise(fixture.authority, 'prj-raise', 100_000_000);
    await expect(much).rejects.toMatchObject({ code: 'fund-overdrawn' });
    await expect(raise(fixture.authority, 'prj-raise', 0)).rejects.toMatchObject({ code: 'amount-invalid' });
    await fixture.worker.releaseProject({ params: { projectId: 'prj-raise' }, body: { what: 'commitment' } });
    const late = raise(fixture.authority, 'prj-raise', 1);
    await expect(late).rejects.toMatchObject({ code: 'commitment-closed' });
    expect((await moneyOf('prj-raise')).committed).toEqual(euros(1_050));
  });

  it('needs funds, and a project of this municipality to be seen', async () => {
    await expect(commit(fixture, 'pil-none', 'prj-none')).rejects.toMatchObject({ code: 'funds-missing' });
    const other = { municipalityId: 'other', projectId: 'prj-raise' };
    await expect(fixture.anyone.getProjectMoney({ params: other })).rejects.toMatchObject({
      code: 'not-found',
    });
    const funds = { municipalityId: 'other', pilotId: 'pil-1' };
    await expect(fixture.anyone.getPilotFunds({ params: funds })).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});
