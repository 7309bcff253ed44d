import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import {
  euros,
  instruct,
  key,
  municipalityId,
  owedProject,
  paymentsFixture,
  propose,
  signedAssessments,
} from '../payments.fixture.ts';
import type { PaymentsFixture } from '../payments.fixture.ts';
import { contractTerms } from '../outcome/outcome.fixture.ts';
import { settle } from '../settlement/settlement.fixture.ts';

let fixture: PaymentsFixture;
let owed: Awaited<ReturnType<typeof owedProject>>;
const [pilotId, projectId] = ['pil-why', 'prj-why'];
const params = { municipalityId };

beforeAll(async () => {
  fixture = await paymentsFixture(inject('mongodbUrl'));
  owed = await owedProject(fixture, pilotId, projectId);
});
afterAll(() => fixture.stop());

const of = (payeeId: string) => owed.find((one) => one.payeeId === payeeId)!.obligationId;
const linesIn = (explanation: { parts: { title: string; lines: string[] }[] }) =>
  explanation.parts.flatMap(({ title, lines }) => [title, ...lines]);

describe('why a payment is what it is', () => {
  it('goes from charter, lock, poll and split over each attempt to entries and bank reference', async () => {
    const obligationId = of('per-champion');
    const batch = await propose(fixture, [obligationId]);
    const lines = await instruct(fixture, batch);
    await settle(fixture, [{ ...lines[0]!, status: 'rejected', bankReference: 'REJ-1' }]);
    const again = await propose(fixture, [obligationId]);
    const second = await instruct(fixture, again);
    await settle(fixture, [{ ...second[0]!, bankReference: 'BANK-77' }]);
    const answer = await fixture.clerk.explainObligation({ params: { ...params, obligationId } });
    expect(answer).toMatchObject({ kind: 'obligation', id: obligationId, amount: euros(18_000) });
    expect(answer.parts.map(({ title }) => title)).toEqual([
      'Bonus pool, from the bonus fund; employer contributions are part of it',
      'Score, vote and what they come to',
      'Share by the signed agreement and confirmed hours',
      'Attempt 1: rejected',
      'Attempt 2: settled',
      'The way of the money in the ledger',
    ]);
    const said = linesIn(answer);
    expect(said).toContain('f(S): min(1, 1 × 0.6) = 0.6');
    expect(said).toContain('share: lower median of the shares chosen = 100%');
    expect(said).toContain('payable: ⌊1000.00 EUR × 0.6 × 100%⌋ = 600.00 EUR');
    expect(said).toContain(`champions, ${obligationId}: 600.00 EUR × 0.3 = 180.00 EUR`);
    expect(said).toEqual(
      expect.arrayContaining([
        'proposed by per-clerk',
        'approved by per-approver',
        'released by per-releaser',
      ]),
    );
    expect(said.some((line) => line.endsWith(' the bank said rejected, reference REJ-1'))).toBe(true);
    expect(said.some((line) => line.endsWith(' the bank said settled, reference BANK-77'))).toBe(true);
    expect(
      said.filter((line) => /credit payable 180.00 EUR, this one alone \(bonus-awarded/.test(line)),
    ).toHaveLength(1);
    const sources = answer.parts.flatMap((part) => part.sources);
    expect(sources).toContainEqual({ kind: 'charter', id: pilotId, sha256: 'c'.repeat(64) });
    expect(sources).toContainEqual({ kind: 'criteria-lock', id: projectId, sha256: 'd'.repeat(64) });
    expect(sources).toContainEqual({ kind: 'batch', id: again.batchId, sha256: again.sha256 });
  });

  it('is told to the payee without other payees, finance people or account numbers', async () => {
    const obligationId = of('per-champion');
    const champion = await fixture.as('per-champion', 'resident');
    const mine = JSON.stringify(await champion.explainObligation({ params: { ...params, obligationId } }));
    expect(mine).toContain('BANK-77');
    expect(mine).not.toMatch(/per-|FI21|0007/);
    for (const { obligationId: other } of owed.filter((one) => one.obligationId !== obligationId)) {
      expect(mine).not.toContain(other);
    }
    const forFinance = JSON.stringify(
      await fixture.clerk.explainObligation({ params: { ...params, obligationId } }),
    );
    expect(forFinance).not.toMatch(/FI21|0007|FI••/);
  });

  it('tells of a wage what payroll withheld: the person, payroll and auditors, not whoever approves', async () => {
    const obligationId = of('per-servant');
    const [line] = await instruct(fixture, await propose(fixture, [obligationId]));
    await settle(fixture, [{ ...line!, bankReference: 'RUN-5' }]);
    const asked = { params: { ...params, obligationId } };
    const servant = await fixture.as('per-servant', 'civil-servant');
    const auditor = await fixture.as('per-auditor', 'auditor');
    for (const reader of [servant, auditor, fixture.clerk]) {
      const said = linesIn(await reader.explainObligation(asked)).join('\n');
      expect(said).toMatch(/payroll run RUN-5: gross ([\d.]+ EUR) − withheld 0\.00 EUR = net \1;/);
    }
    expect(linesIn(await fixture.approver.explainObligation(asked)).join('\n')).not.toContain('withheld');
  });

  it('is nobody else’s business', async () => {
    const where = { params: { ...params, obligationId: of('per-champion') } };
    const stranger = await fixture.as('per-volunteer-1', 'resident');
    await expect(stranger.explainObligation(where)).rejects.toMatchObject({ code: 'not-found' });
    await expect(fixture.anyone.explainObligation(where)).rejects.toMatchObject({ code: 'unauthenticated' });
    const elsewhere = await fixture.asElsewhere('per-clerk', 'finance-clerk');
    await expect(elsewhere.explainObligation(where)).rejects.toMatchObject({ code: 'not-found' });
    const reaching = { params: { ...where.params, municipalityId: 'other' } };
    await expect(elsewhere.explainObligation(reaching)).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('why a bonus, a batch, a spending is what it is', () => {
  it('tells everybody of a bonus by role, and names no payee', async () => {
    const { current } = await fixture.anyone.getBonus({ params: { ...params, projectId } });
    const answer = await fixture.anyone.explainBonus({
      params: { ...params, bonusId: current.decisionId },
    });
    expect(answer).toMatchObject({ amount: euros(60_000), result: '600.00 EUR (paid)' });
    expect(linesIn(answer)).toContain('volunteer: 2 with 180.00 EUR together (2 due)');
    expect(JSON.stringify(answer)).not.toMatch(/per-|obl-/);
    const unknown = fixture.anyone.explainBonus({ params: { ...params, bonusId: 'bon-none' } });
    await expect(unknown).rejects.toMatchObject({ code: 'not-found' });
  });

  it('tells finance of a batch, and nobody else', async () => {
    const batch = await propose(fixture, [of('per-volunteer-1'), of('per-volunteer-2')]);
    const where = { params: { ...params, batchId: batch.batchId } };
    const answer = await fixture.clerk.explainBatch(where);
    expect(answer).toMatchObject({ amount: batch.total, result: '180.00 EUR in 2 payments, proposed' });
    expect(linesIn(answer)).toEqual(
      expect.arrayContaining(['proposed by per-clerk', 'approved by nobody yet']),
    );
    const resident = await fixture.as('per-volunteer-1', 'resident');
    await expect(resident.explainBatch(where)).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('tells everybody of a spending, without its contractor', async () => {
    const champion = await fixture.as('per-champion', 'resident');
    const { spendingId } = await champion.recordSpending({
      params: { ...params, projectId },
      body: {
        amount: euros(5_000),
        purpose: 'Racks',
        contractorId: 'per-builder',
        procurementReference: 'H-7',
      },
      idempotencyKey: key(),
    });
    await fixture.clerk.acceptSpending({ params: { ...params, spendingId }, idempotencyKey: key() });
    const answer = await fixture.anyone.explainSpending({ params: { ...params, spendingId } });
    expect(answer).toMatchObject({ amount: euros(5_000), result: '50.00 EUR, accepted' });
    const said = linesIn(answer);
    expect(said).toContain('procurement: H-7');
    expect(said.filter((line) => line.includes('(spending-accepted/'))).toHaveLength(4);
    expect(JSON.stringify(answer)).not.toContain('per-builder');
  });
});

describe('why an outcome contract pays what it pays', () => {
  it('goes from the terms as signed over the assessment to every line, and names no payee', async () => {
    const payees = [
      { party: 'fund', payeeId: 'per-fund', role: 'investor' as const },
      { party: 'provider', payeeId: 'per-provider', role: 'contractor' as const },
    ];
    const proposed = await fixture.clerk.proposeOutcomeContract({
      params: { ...params, pilotId },
      body: { projectId, terms: contractTerms(), payer: 'municipality', payees },
      idempotencyKey: key(),
    });
    const where = { ...params, contractId: proposed.contractId };
    const { sha256 } = proposed;
    await fixture.authority.signOutcomeContract({ params: where, body: { sha256 }, idempotencyKey: key() });
    const evidence = { projectId, assessmentId: 'asm-why', sha256: 'a'.repeat(64) };
    signedAssessments.set(projectId, { ...evidence, final: true });
    const assessor = await fixture.as('per-assessor', 'assessor');
    const { decisionId } = await assessor.decideOutcomeContract({
      params: where,
      body: { evidence, inputs: { fewer: '12', jobs: '2' } },
      idempotencyKey: key(),
    });
    const answer = await fixture.anyone.explainOutcome({ params: { ...params, decisionId } });
    expect(answer.parts.map(({ title }) => title)).toEqual([
      'Outcome contract: Healthy school food',
      'Results as the assessor stated them, referring to assessment asm-why',
      'What the municipality owes, and is owed',
    ]);
    const sources = answer.parts.flatMap((part) => part.sources);
    expect(sources).toContainEqual({ kind: 'outcome-contract', id: proposed.contractId, sha256 });
    expect(sources).toContainEqual({ kind: 'assessment', id: 'asm-why', sha256: 'a'.repeat(64) });
    expect(linesIn(answer)).toEqual(
      expect.arrayContaining(['owes fund: 3000.00 EUR', 'owes provider: 400.00 EUR']),
    );
    expect(JSON.stringify(answer)).not.toMatch(/per-/);

    const { items } = await fixture.clerk.listObligations({ params, query: { projectId, limit: 200 } });
    const { obligationId } = items.find((one) => one.payeeId === 'per-fund')!;
    const investor = await fixture.as('per-fund', 'investor');
    const mine = await investor.explainObligation({ params: { ...params, obligationId } });
    expect(mine).toMatchObject({ amount: euros(300_000) });
    expect(linesIn(mine)).toContain('owes fund: 3000.00 EUR');
    expect(mine.parts.at(-1)!.title).toBe('The way of the money in the ledger');
    expect(JSON.stringify(mine)).not.toMatch(/per-/);
  });

  it('keeps whoever it pays from voting, measuring and assessing', async () => {
    const { personIds } = await fixture.worker.listInterested({ params: { projectId } });
    expect(personIds).toEqual(expect.arrayContaining(['per-fund', 'per-provider']));
    await owedProject(fixture, 'pil-apart', 'prj-apart');
    expect(await fixture.worker.listInterested({ params: { projectId: 'prj-apart' } })).toEqual({
      personIds: [],
    });
  });
});
