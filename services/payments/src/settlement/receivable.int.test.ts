import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { booking, debtorAccount, here, notify, suspenseOf, takeIn } from '../bank/bank.fixture.ts';
import { contractTerms } from '../outcome/outcome.fixture.ts';
import { commit, euros, key, openFunds, paymentsFixture, signedAssessments } from '../payments.fixture.ts';
import type { PaymentsFixture } from '../payments.fixture.ts';

let fixture: PaymentsFixture;
beforeAll(async () => {
  fixture = await paymentsFixture(inject('mongodbUrl'));
  await debtorAccount(fixture);
});
afterAll(() => fixture.stop());

const payees = [
  { party: 'fund', payeeId: 'per-fund', role: 'investor' as const },
  { party: 'provider', payeeId: 'per-provider', role: 'contractor' as const },
];

/** A contract whose fund owes 1,000.00 euros for each of its projects, as fewer sick days became more. */
async function owing(name: string, projects = 1, own = true) {
  const pilotId = `pil-${name}`;
  await openFunds(fixture, pilotId);
  const projectIds = Array.from({ length: projects }, (_, at) => `prj-${name}-${at}`);
  for (const projectId of projectIds) await commit(fixture, pilotId, projectId);
  const proposed = await fixture.clerk.proposeOutcomeContract({
    params: { ...here, pilotId },
    body: {
      ...(own ? { projectId: projectIds[0]! } : {}),
      ...{ terms: contractTerms(), payer: 'municipality', payees },
    },
    idempotencyKey: key(),
  });
  const params = { ...here, contractId: proposed.contractId };
  const { sha256 } = proposed;
  await fixture.authority.signOutcomeContract({ params, body: { sha256 }, idempotencyKey: key() });
  const assessor = await fixture.as('per-assessor', 'assessor');
  for (const projectId of projectIds) {
    const evidence = { projectId, assessmentId: `asm-${projectId}`, sha256: 'a'.repeat(64) };
    signedAssessments.set(projectId, { ...evidence, final: true });
    const body = { evidence, inputs: { fewer: '-5', jobs: '0' } };
    await assessor.decideOutcomeContract({ params, body, idempotencyKey: key() });
  }
  return { contractId: proposed.contractId, pilotId };
}
const contractOf = async (contractId: string) =>
  (await fixture.anyone.getOutcomeContract({ params: { ...here, contractId } })).contract;

/** Money that came in, without a return. */
async function cameIn(reference: string, amount: number) {
  await takeIn(fixture, notify({ ...booking('', amount, reference), direction: 'CRDT', parts: [] }));
  return (await suspenseOf(fixture, reference)).suspenseId;
}
const propose = (suspenseId: string, contractId: string, amount?: object, by = fixture.clerk) =>
  by.proposeResolution({
    params: { ...here, suspenseId },
    body: {
      resolution: { as: 'receivable', contractId, ...(amount ? { amount: amount as never } : {}) },
      reason: 'The fund wrote that it pays back',
    },
    idempotencyKey: key(),
  });
const confirm = (item: { suspenseId: string; proposal: { sha256: string } | null }, by = fixture.approver) =>
  by.confirmResolution({
    params: { ...here, suspenseId: item.suspenseId },
    body: { proposalSha256: item.proposal!.sha256 },
    idempotencyKey: key(),
  });
const unfit = { code: 'resolution-unfit' };

async function holds(account: string, query: { pilotId?: string } = {}): Promise<number> {
  const { items, balanced } = await fixture.clerk.getTrialBalance({
    params: here,
    query: { limit: 200, ...query },
  });
  expect(balanced).toBe(true);
  const own = items.filter((one) => one.account === account && (query.pilotId || one.pilotId === null));
  return own.reduce((sum, { debit, credit }) => sum + debit - credit, 0);
}

describe('what an outcome contract is owed', () => {
  it('is paid by what came in, in parts, when two people say so; the ledger posts it to the contract', async () => {
    const { contractId, pilotId } = await owing('parts');
    expect(await holds('receivable', { pilotId })).toBe(100_000);
    const first = await propose(await cameIn('PART-1', 30_000), contractId);
    expect(await holds('receivable', { pilotId })).toBe(100_000);
    expect(await confirm(first)).toMatchObject({ state: 'resolved', confirmedBy: 'per-approver' });
    expect(await contractOf(contractId)).toMatchObject({
      receivable: euros(100_000),
      received: euros(30_000),
    });
    await confirm(await propose(await cameIn('PART-2', 70_000), contractId));
    expect(await holds('receivable', { pilotId })).toBe(0);
    expect(await holds('bank', { pilotId })).toBe(100_000);
    expect(await holds('suspense')).toBe(0);
    expect((await contractOf(contractId)).received).toEqual(euros(100_000));
  });

  it('is never more than that: what came in above stays in suspense as an item of its own', async () => {
    const { contractId, pilotId } = await owing('above');
    const suspenseId = await cameIn('ABOVE', 120_000);
    await expect(propose(suspenseId, contractId)).rejects.toMatchObject(unfit);
    await expect(propose(suspenseId, contractId, euros(100_001))).rejects.toMatchObject(unfit);
    await confirm(await propose(suspenseId, contractId, euros(100_000)));
    expect(await holds('receivable', { pilotId })).toBe(0);
    expect(await holds('suspense')).toBe(-20_000);
    const { items } = await fixture.clerk.listSuspense({ params: here, query: { state: 'unresolved' } });
    expect(items).toMatchObject([
      { code: 'left-over', way: 'in', amount: euros(20_000), reference: 'ABOVE', state: 'open' },
    ]);
    await expect(propose(items[0]!.suspenseId, contractId, euros(1))).rejects.toMatchObject(unfit);
    const now = fixture.payments.now();
    const { agrees } = await fixture.clerk.getPeriodReconciliation({
      params: here,
      query: {
        from: new Date(now.getTime() - 86_400_000).toISOString(),
        to: new Date(now.getTime() + 1_000).toISOString(),
      },
    });
    expect(agrees).toBe(true);
    const left = await fixture.clerk.proposeResolution({
      params: { ...here, suspenseId: items[0]!.suspenseId },
      body: { resolution: { as: 'not-ours' }, reason: 'Sent back' },
      idempotencyKey: key(),
    });
    await confirm(left);
    expect(await holds('suspense')).toBe(0);
  });

  it('is taken once, whoever confirms at the same time', async () => {
    const { contractId, pilotId } = await owing('rivals');
    const items = [
      await propose(await cameIn('RIVAL-1', 80_000), contractId),
      await propose(await cameIn('RIVAL-2', 80_000), contractId),
    ];
    const done = await Promise.allSettled(items.map((one) => confirm(one)));
    expect(done.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(done.find((one) => one.status === 'rejected')!.reason).toMatchObject(unfit);
    expect(await holds('receivable', { pilotId })).toBe(20_000);
    const loser = items[done.findIndex(({ status }) => status === 'rejected')]!;
    const none = await fixture.clerk.proposeResolution({
      params: { ...here, suspenseId: loser.suspenseId },
      body: { resolution: { as: 'not-ours' }, reason: 'Sent back' },
      idempotencyKey: key(),
    });
    await confirm(none);
  });

  it('is of the contract, also where it is on a whole pilot and several projects were assessed', async () => {
    const { contractId, pilotId } = await owing('wide', 2, false);
    await confirm(await propose(await cameIn('WIDE', 200_000), contractId));
    expect(await holds('receivable', { pilotId })).toBe(0);
  });

  it('is decided by nobody alone, nor by anybody whom the contract pays', async () => {
    const { contractId } = await owing('alone');
    const suspenseId = await cameIn('ALONE', 1_000);
    const investor = await fixture.as('per-fund', 'finance-clerk', 'payout-approver');
    const own = propose(suspenseId, contractId, undefined, investor);
    await expect(own).rejects.toMatchObject({ code: 'own-payment' });
    const both = await fixture.as('per-both', 'finance-clerk', 'payout-approver');
    const item = await propose(suspenseId, contractId, undefined, both);
    await expect(confirm(item, both)).rejects.toMatchObject({ code: 'same-person-twice' });
    await expect(confirm(item, investor)).rejects.toMatchObject({ code: 'own-payment' });
    await confirm(item);
  });

  it('is none of money that left, of another municipality’s contract, or in another currency', async () => {
    const { contractId } = await owing('odd');
    await takeIn(fixture, notify({ ...booking('', 500, 'LEFT'), parts: [] }));
    const left = (await suspenseOf(fixture, 'LEFT')).suspenseId;
    await expect(propose(left, contractId)).rejects.toMatchObject(unfit);
    const kronor = { ...booking('', 500, 'KRONOR'), currency: 'SEK', direction: 'CRDT' as const, parts: [] };
    await takeIn(fixture, notify(kronor));
    const foreign = (await suspenseOf(fixture, 'KRONOR')).suspenseId;
    await expect(propose(foreign, contractId)).rejects.toMatchObject(unfit);
    await expect(propose(await cameIn('NOBODY', 500), 'oct-none')).rejects.toMatchObject(unfit);
  });
});
