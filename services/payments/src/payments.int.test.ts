import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import {
  commit,
  euros,
  instruct,
  key,
  municipalityId,
  openFunds,
  paymentsFixture,
  propose,
  registered,
  signals,
  team,
  testAccount,
  vote,
} from './payments.fixture.ts';
import type { PaymentsFixture } from './payments.fixture.ts';
import { settle } from './settlement/settlement.fixture.ts';

let fixture: PaymentsFixture;
beforeAll(async () => {
  fixture = await paymentsFixture(inject('mongodbUrl'));
});
afterAll(() => fixture.stop());

const [pilotId, projectId] = ['pil-1', 'prj-1'];
const project = { municipalityId, projectId };
const pilot = { municipalityId, pilotId };
const balance = () =>
  fixture.clerk.getTrialBalance({ params: { municipalityId }, query: { pilotId, limit: 200 } });

describe('the money of a project, from permission to payment', () => {
  it('is allotted to three funds, the same when it is told again', async () => {
    const opened = await openFunds(fixture, pilotId);
    expect(opened).toEqual({ round: euros(90_000_000), bonus: euros(9_000_000), outcome: euros(1_000_000) });
    expect(await openFunds(fixture, pilotId)).toEqual(opened);
    await expect(openFunds(fixture, pilotId, 5)).rejects.toMatchObject({ code: 'funds-differ' });
    expect(await fixture.worker.getFunds({ params: { pilotId } })).toEqual(opened);
  });

  it('is committed from the round fund, its bonus pool reserved from the bonus fund', async () => {
    await commit(fixture, pilotId, projectId);
    await commit(fixture, pilotId, projectId);
    await expect(commit(fixture, pilotId, projectId, 10)).rejects.toMatchObject({
      code: 'commitment-differs',
    });
    const { funds } = await fixture.anyone.getPilotFunds({ params: pilot });
    expect(funds[0]).toMatchObject({ available: euros(89_000_000), setAside: euros(1_000_000) });
    expect(funds[1]).toMatchObject({ available: euros(8_900_000), setAside: euros(100_000) });
  });

  it('is spent within the commitment and returns to the round fund where it was not', async () => {
    const champion = await fixture.as('per-champion', 'resident');
    const spend = {
      amount: euros(400_000),
      purpose: 'Racks',
      milestoneId: 'mil-1',
      invoiceReference: 'INV 7',
    };
    const { spendingId } = await champion.recordSpending({
      params: project,
      body: spend,
      idempotencyKey: key(),
    });
    const params = { municipalityId, spendingId };
    const accepted = await fixture.clerk.acceptSpending({ params, idempotencyKey: key() });
    expect(accepted).toMatchObject({ state: 'accepted', amount: euros(400_000), contractor: false });
    await fixture.worker.releaseProject({ params: { projectId }, body: { what: 'commitment' } });
    await fixture.worker.releaseProject({ params: { projectId }, body: { what: 'commitment' } });
    const { funds } = await fixture.anyone.getPilotFunds({ params: pilot });
    expect(funds[0]).toMatchObject({
      available: euros(89_600_000),
      setAside: euros(0),
      used: euros(400_000),
    });
  });

  it('pays a bonus computed line by line, the same for the same vote', async () => {
    const body = { municipalityId, pilotId, ...vote };
    const decided = await fixture.worker.decideBonus({ params: { projectId }, body });
    expect(decided).toMatchObject({ pool: euros(100_000), payable: euros(60_000) });
    expect(await fixture.worker.decideBonus({ params: { projectId }, body })).toEqual(decided);
    const { current, superseded } = await fixture.anyone.getBonus({ params: project });
    expect(current).toMatchObject({ number: 1, score: '3/5', computation: decided.computation });
    expect(superseded).toEqual([]);
  });

  it('follows the charter where the vote came to no result', async () => {
    const [pilot, other] = ['pil-withheld', 'prj-withheld'];
    await openFunds(fixture, pilot);
    await commit(fixture, pilot, other);
    const withheld = { ...vote, counted: false, ballots: 0, shares: [] };
    const body = { municipalityId, pilotId: pilot, ...withheld };
    const decided = await fixture.worker.decideBonus({ params: { projectId: other }, body });
    expect(decided.payable).toEqual(euros(0));
    expect(decided.computation).toContain('quorum: the vote came to no result = not reached');
  });

  it('is split once into obligations that add up; a fixed bonus is not decided again', async () => {
    const body = { municipalityId, pilotId };
    const made = await fixture.worker.createObligations({ params: { projectId }, body });
    expect(made).toEqual({ obligations: 4, total: euros(60_000) });
    expect(await fixture.worker.createObligations({ params: { projectId }, body })).toEqual(made);
    const other = { ...body, ...vote, score: '1' };
    const late = fixture.worker.decideBonus({ params: { projectId }, body: other });
    await expect(late).rejects.toMatchObject({ code: 'bonus-fixed' });
    const { roles } = await fixture.anyone.getProjectPayouts({ params: project });
    expect(roles.map((one) => [one.payeeRole, one.amount.amount, one.states])).toEqual([
      ['champion', 18_000, [{ state: 'due', obligations: 1 }]],
      ['civil-servant', 24_000, [{ state: 'due', obligations: 1 }]],
      ['volunteer', 18_000, [{ state: 'due', obligations: 2 }]],
    ]);
  });

  it('waits for payees who have not said how to be paid; civil servants are paid through payroll', async () => {
    const { items } = await fixture.clerk.listObligations({
      params: { municipalityId },
      query: { projectId },
    });
    const ids = items.map((one) => one.obligationId);
    await expect(propose(fixture, ids)).rejects.toMatchObject({ code: 'payee-details-missing' });
    expect(await fixture.connection.collection('attempts').countDocuments()).toBe(0);
    for (const { personId } of team.members.slice(1)) {
      const person = await fixture.as(personId, 'resident');
      const body = testAccount();
      const shown = await person.putPayeeDetails({ params: { municipalityId }, body });
      expect(shown).toMatchObject({ method: 'bank', masked: 'FI•• •••• 0785' });
      await registered(fixture, personId);
    }
    const stored = JSON.stringify(await fixture.connection.collection('payees').find().toArray());
    expect(stored).not.toContain('12345600000');
  });

  it('is proposed, approved, released, instructed and settled; every step is told to finance systems', async () => {
    const { items } = await fixture.clerk.listObligations({
      params: { municipalityId },
      query: { projectId },
    });
    const batch = await propose(
      fixture,
      items.map((one) => one.obligationId),
    );
    expect(batch).toMatchObject({ state: 'proposed', total: euros(60_000), lines: 4 });
    const lines = await instruct(fixture, batch);
    const methods = lines.map(({ method, amount }) => `${method} ${amount.amount}`);
    expect(methods.toSorted()).toEqual(['bank 12000', 'bank 18000', 'bank 6000', 'payroll 24000']);
    expect(await settle(fixture, lines)).toMatchObject({ settled: 4, duplicates: 0, suspense: [] });
    expect(await signals(fixture, `batch/${batch.batchId}`)).toEqual(['reconciled']);
    expect(await signals(fixture, `project/${projectId}`)).toEqual(['obligations-closed']);
    const first = lines[0]!.obligationId;
    const events = await fixture.connection
      .collection('outbox')
      .find({ key: first })
      .sort({ laneSeq: 1 })
      .toArray();
    expect(events.map((one) => one['envelope'].type)).toEqual(
      ['due', 'approved', 'released', 'instructed', 'settled'].map((step) => `org.talkoot.payout.${step}.v1`),
    );
  });

  it('returns what is left of the reserve, and the books balance at the end', async () => {
    await fixture.worker.releaseProject({ params: { projectId }, body: { what: 'everything' } });
    const { funds } = await fixture.anyone.getPilotFunds({ params: pilot });
    expect(funds[1]).toMatchObject({ available: euros(8_940_000), setAside: euros(0), used: euros(60_000) });
    const books = await balance();
    expect(books.balanced).toBe(true);
    expect(books.totals).toEqual([
      expect.objectContaining({ currency: 'EUR', debit: books.totals[0]!.credit }),
    ]);
    const bank = books.items.find((one) => one.account === 'bank');
    expect(bank).toMatchObject({ debit: 0, credit: 60_000 });
  });

  it('shows payees only to themselves and to finance', async () => {
    const { items } = await fixture.clerk.listObligations({
      params: { municipalityId },
      query: { projectId },
    });
    const mine = items.find((one) => one.payeeId === 'per-champion')!;
    const params = { municipalityId, obligationId: mine.obligationId };
    const { computation } = await (await fixture.as('per-champion')).getObligation({ params });
    expect(computation.join('\n')).toContain(mine.obligationId);
    expect(computation.join('\n')).toContain('payable');
    const others = items.filter((one) => one !== mine).map((one) => one.obligationId);
    expect(others.filter((id) => computation.join('\n').includes(id))).toEqual([]);
    const stranger = await fixture.as('per-stranger', 'resident');
    await expect(stranger.getObligation({ params })).rejects.toMatchObject({ code: 'not-found' });
    const open = await fixture.anyone.listLedgerEntries({
      params: { municipalityId },
      query: { limit: 200 },
    });
    expect(JSON.stringify(open)).not.toMatch(/per-|obl-|att-/);
  });

  it('is exported as CSV and paged without loss', async () => {
    const all: string[] = [];
    let after: string | undefined;
    do {
      const query = { pilotId, limit: 7, ...(after ? { after } : {}) };
      const page = await fixture.anyone.listLedgerEntries({ params: { municipalityId }, query });
      all.push(...page.items.map((one) => one.sha256));
      after = page.next ?? undefined;
    } while (after);
    const csv = await fixture.anyone.exportLedger({ params: { municipalityId }, query: { pilotId } });
    const rows = csv.trim().split('\n');
    expect(rows).toHaveLength(all.length + 1);
    expect(new Set(all).size).toBe(all.length);
  });
});
