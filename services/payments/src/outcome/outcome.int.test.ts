import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import {
  cancel,
  commit,
  euros,
  instruct,
  key,
  municipalityId,
  openFunds,
  paymentsFixture,
  propose as proposeBatch,
  signedAssessments,
  testAccount,
  vote,
} from '../payments.fixture.ts';
import type { PaymentsFixture } from '../payments.fixture.ts';
import { inTransaction } from '@talkoot/http-service';
import { decideContract } from './outcome.deciding.ts';
import { contractTerms } from './outcome.fixture.ts';
import { settle } from '../settlement/settlement.fixture.ts';

let fixture: PaymentsFixture;
let assessor: PaymentsFixture['clerk'];
beforeAll(async () => {
  fixture = await paymentsFixture(inject('mongodbUrl'));
  assessor = await fixture.as('per-assessor', 'assessor');
});
afterAll(() => fixture.stop());

const payees = [
  { party: 'fund', payeeId: 'per-fund', role: 'investor' as const },
  { party: 'provider', payeeId: 'per-provider', role: 'contractor' as const },
];

/** A pilot with 10,000.00 euros in its outcome fund, and a funded project. */
async function pilot(name: string) {
  const [pilotId, projectId] = [`pil-${name}`, `prj-${name}`];
  await openFunds(fixture, pilotId);
  await commit(fixture, pilotId, projectId);
  return { pilotId, projectId };
}

const propose = (
  { pilotId, projectId }: { pilotId: string; projectId?: string },
  more: object = {},
  client = fixture.clerk,
) =>
  client.proposeOutcomeContract({
    params: { municipalityId, pilotId },
    body: {
      ...(projectId ? { projectId } : {}),
      terms: contractTerms(),
      payer: 'municipality',
      payees,
      ...more,
    },
    idempotencyKey: key(),
  });

const sign = (
  contract: { contractId: string; sha256: string },
  client = fixture.authority,
  idempotencyKey = key(),
) =>
  client.signOutcomeContract({
    params: { municipalityId, contractId: contract.contractId },
    body: { sha256: contract.sha256 },
    idempotencyKey,
  });

async function signed(name: string, more: object = {}) {
  const of = await pilot(name);
  return { ...of, ...(await sign(await propose(of, more))) };
}

/** A contract on a pilot as a whole, with so many projects. */
async function signedWide(name: string, projects: number, more: object = {}) {
  const { pilotId, projectId } = await pilot(name);
  const others = Array.from({ length: projects - 1 }, (_, at) => `${projectId}-${at + 2}`);
  for (const other of others) await commit(fixture, pilotId, other);
  return { ...(await sign(await propose({ pilotId }, more))), projectIds: [projectId, ...others] };
}

/** Signs another assessment of the project and names it. */
function assessed(projectId: string, final = true) {
  const signedNow = { assessmentId: `asm-${key().slice(0, 8)}`, sha256: 'a'.repeat(64) };
  signedAssessments.set(projectId, { ...signedNow, final });
  return { projectId, ...signedNow };
}

interface Contract {
  readonly contractId: string;
  readonly projectId: string | null;
}
const decide = (
  { contractId, projectId }: Contract,
  inputs: Record<string, string | null>,
  { evidence = assessed(projectId!), client = assessor, idempotencyKey = key() } = {},
) =>
  client.decideOutcomeContract({
    params: { municipalityId, contractId },
    body: { evidence, inputs },
    idempotencyKey,
  });

const end = (contractId: string, client = fixture.authority) =>
  client.endOutcomeContract({
    params: { municipalityId, contractId },
    body: { reason: 'Its time is over' },
    idempotencyKey: key(),
  });

const outcomeFund = async (pilotId: string) => {
  const { funds } = await fixture.anyone.getPilotFunds({ params: { municipalityId, pilotId } });
  const { available, setAside, used } = funds.find((one) => one.fund === 'outcome')!;
  return [available.amount, setAside.amount, used.amount];
};
const owed = async (projectId: string) =>
  (await fixture.clerk.listObligations({ params: { municipalityId }, query: { projectId } })).items;
/** What a contract says of its money, in cents; the same in the list and alone. */
async function moneyOf(contractId: string) {
  const { contract } = await fixture.anyone.getOutcomeContract({ params: { municipalityId, contractId } });
  const { items } = await fixture.anyone.listOutcomeContracts({
    params: { municipalityId },
    query: { pilotId: contract.pilotId, limit: 200 },
  });
  expect(items.find((one) => one.contractId === contractId)).toEqual(contract);
  const { maximum, reserved, awarded, paid, open, receivable, received, returned } = contract;
  const amounts = { maximum, reserved, awarded, paid, open, receivable, received, returned };
  return Object.fromEntries(Object.entries(amounts).map(([name, { amount }]) => [name, amount]));
}
const refusal = (code: string) => expect.objectContaining({ code });

describe('whom an outcome contract names', () => {
  const interested = async (projectId: string) =>
    (await fixture.worker.listInterested({ params: { projectId } })).personIds;

  it('are interested while it is proposed and once it was signed, but not where it ended unsigned', async () => {
    const of = await pilot('named');
    const contract = await propose(of);
    expect(await interested(of.projectId)).toEqual(['per-fund', 'per-provider']);
    await end(contract.contractId);
    expect(await interested(of.projectId)).toEqual([]);
    await fixture.clerk.recordSpending({
      params: { municipalityId, projectId: of.projectId },
      body: { amount: euros(1), purpose: 'Advice', contractorId: 'per-fund', procurementReference: 'P-1' },
      idempotencyKey: key(),
    });
    const signedOne = await signed('named-signed');
    await end(signedOne.contractId);
    expect(await interested(signedOne.projectId!)).toEqual(['per-fund', 'per-provider']);
  });
});

describe('an outcome contract', () => {
  const measured = refusal('has-measured');
  const paying = (payeeId: string) => ({ payees: [payees[0]!, { ...payees[1]!, payeeId }] });

  it('pays nobody who measured or assessed its project, also not since it was proposed', async () => {
    const of = await pilot('measured');
    fixture.measurers.set(of.projectId, ['per-early']);
    await expect(propose(of, paying('per-early'))).rejects.toEqual(measured);
    const contract = await propose(of, paying('per-late'));
    fixture.measurers.set(of.projectId, ['per-late']);
    await expect(sign(contract)).rejects.toEqual(measured);
    expect(await outcomeFund(of.pilotId)).toEqual([1_000_000, 0, 0]);
    fixture.measurers.set(of.projectId, []);
    await sign(contract);
  });

  it('on a whole pilot pays nobody who measured or assessed any project of it', async () => {
    const { pilotId } = await pilot('measured-wide');
    fixture.measurers.set(pilotId, ['per-early']);
    await expect(propose({ pilotId }, paying('per-early'))).rejects.toEqual(measured);
    await propose({ pilotId }, paying('per-late'));
  });

  it('pays nobody who stated the results of another one', async () => {
    const contract = await signed('stated');
    const { pilotId, projectId } = contract;
    await decide(contract, { fewer: '12', jobs: '0' });
    await expect(propose({ pilotId, projectId: projectId! }, paying('per-assessor'))).rejects.toEqual(
      measured,
    );
    await expect(propose({ pilotId }, paying('per-assessor'))).rejects.toEqual(measured);
    await propose(await pilot('stated-elsewhere'), paying('per-assessor'));
  });

  it('is not decided by somebody who is paid for the project as a contractor', async () => {
    const contract = await signed('decider');
    await fixture.clerk.recordSpending({
      params: { municipalityId, projectId: contract.projectId! },
      body: {
        amount: euros(100),
        purpose: 'Racks',
        contractorId: 'per-builder',
        procurementReference: 'P-1',
      },
      idempotencyKey: key(),
    });
    const client = await fixture.as('per-builder', 'assessor');
    await expect(decide(contract, { fewer: '12', jobs: '0' }, { client })).rejects.toEqual(
      refusal('interested-party'),
    );
  });
});

describe('signing an outcome contract', () => {
  it('takes two different people, of whom none is paid, and exactly what was proposed', async () => {
    const of = await pilot('two');
    const contract = await propose(of, {}, await fixture.as('per-authority', 'budget-authority'));
    await expect(sign(contract)).rejects.toEqual(refusal('same-person-twice'));
    const other = await fixture.as('per-authority-2', 'budget-authority');
    await expect(sign({ ...contract, sha256: 'f'.repeat(64) }, other)).rejects.toEqual(
      refusal('hash-mismatch'),
    );
    await expect(sign(contract, await fixture.as('per-fund', 'budget-authority'))).rejects.toEqual(
      refusal('own-payment'),
    );
    await expect(propose(of, {}, await fixture.as('per-fund', 'sponsor'))).rejects.toEqual(
      refusal('own-payment'),
    );
    await expect(sign(contract, fixture.clerk)).rejects.toEqual(refusal('forbidden'));
    expect(await outcomeFund(of.pilotId)).toEqual([1_000_000, 0, 0]);
    expect(await sign(contract, other)).toMatchObject({ state: 'signed', signedBy: 'per-authority-2' });
    await expect(sign(contract, other)).rejects.toEqual(refusal('already-decided'));
    const directly = fixture.connection
      .collection('outcomecontracts')
      .updateOne({ _id: contract.contractId as never }, { $set: { proposedBy: 'per-authority-2' } });
    await expect(directly).rejects.toThrow(/validation/);
  });

  it('reserves its maximum in the outcome fund, once, and no more than there is', async () => {
    const of = await pilot('reserve');
    const first = await propose(of);
    const idempotencyKey = key();
    const answers = [
      await sign(first, fixture.authority, idempotencyKey),
      await sign(first, fixture.authority, idempotencyKey),
    ];
    expect(answers[0]).toEqual(answers[1]);
    expect(await outcomeFund(of.pilotId)).toEqual([500_000, 500_000, 0]);
    const rivals = await Promise.all([propose(of), propose({ pilotId: of.pilotId })]);
    const done = await Promise.allSettled(rivals.map((one) => sign(one)));
    expect(done.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(done.find((one) => one.status === 'rejected')!.reason).toEqual(refusal('fund-overdrawn'));
    expect(await outcomeFund(of.pilotId)).toEqual([0, 1_000_000, 0]);
  });

  it('refuses terms that cannot be decided, without a cap, with other parties, or of another pilot', async () => {
    const of = await pilot('refused');
    const terms = contractTerms();
    const circular = { ...terms, payments: [{ ...terms.payments[0]!, measure: 'nothing' }] };
    await expect(propose(of, { terms: circular })).rejects.toEqual(refusal('terms-refused'));
    const { amountCap: _none, ...uncapped } = terms;
    await expect(propose(of, { terms: uncapped })).rejects.toEqual(refusal('outcome-cap-missing'));
    await expect(propose(of, { payees: payees.slice(1) })).rejects.toEqual(refusal('parties-differ'));
    await expect(propose(of, { terms: { ...terms, amountCapp: '1' } })).rejects.toEqual(
      refusal('invalid-request'),
    );
    const elsewhere = await pilot('elsewhere');
    await expect(propose({ ...of, projectId: elsewhere.projectId })).rejects.toEqual(refusal('not-found'));
    await expect(propose({ pilotId: 'pil-none' })).rejects.toEqual(refusal('funds-missing'));
  });
});

describe('deciding an outcome contract', () => {
  it('makes one obligation for each payee out of the reserve, paid like any other', async () => {
    const contract = await signed('pay');
    const decision = await decide(contract, { fewer: '12', jobs: '3' });
    expect(decision).toMatchObject({
      number: 1,
      amount: '3900.00',
      reason: 'paid',
      payable: [
        { party: 'fund', amount: euros(300_000) },
        { party: 'provider', amount: euros(60_000) },
      ],
      receivable: [],
    });
    const made = await owed(contract.projectId!);
    const owing = made.map(({ payeeRole, payeeId, amount }) => `${payeeRole} ${payeeId} ${amount.amount}`);
    expect(new Set(owing)).toEqual(new Set(['investor per-fund 300000', 'contractor per-provider 60000']));
    expect(await outcomeFund(contract.pilotId)).toEqual([500_000, 140_000, 360_000]);
    const before = await moneyOf(contract.contractId);
    expect(before).toMatchObject({ awarded: 360_000, open: 140_000, paid: 0 });
    for (const { payeeId, payeeRole } of made) {
      const payee = await fixture.as(payeeId, payeeRole === 'investor' ? 'investor' : 'contractor');
      await payee.putPayeeDetails({ params: { municipalityId }, body: testAccount() });
    }
    await settle(
      fixture,
      await instruct(
        fixture,
        await proposeBatch(
          fixture,
          made.map((one) => one.obligationId),
        ),
      ),
    );
    expect((await owed(contract.projectId!)).map(({ state }) => state)).toEqual(['settled', 'settled']);
    expect(await moneyOf(contract.contractId)).toEqual({ ...before, paid: 360_000 });
  });

  it('counts what was paid before, and never comes to more than the cap', async () => {
    const { projectIds, ...contract } = await signedWide('cap', 3);
    const decideOn = (at: number, jobs: string) =>
      decide(contract, { fewer: '12', jobs }, { evidence: assessed(projectIds[at]!) });
    await decideOn(0, '3');
    const second = await decideOn(1, '10');
    expect(second).toMatchObject({ number: 2, amount: '1100.00', reason: 'amount-capped' });
    const third = await decideOn(2, '3');
    expect(third).toMatchObject({ number: 3, amount: '0.00', reason: 'amount-capped', payable: [] });
    const [available, setAside, used] = await outcomeFund(contract.pilotId);
    expect([available, setAside! + used!]).toEqual([500_000, 500_000]);
  });

  it('pays a payee out of the reserve though another owes: where one may owe, each line has its most', async () => {
    const { payments, ...terms } = contractTerms();
    const [health, jobs] = payments;
    const of = await pilot('mixed');
    const { cap: _none, ...uncapped } = jobs!;
    await expect(propose(of, { terms: { ...terms, payments: [health, uncapped] } })).rejects.toEqual(
      refusal('line-cap-missing'),
    );
    const more = { ...jobs!, cap: { amount: '5400', over: 'contract' } };
    const contract = await sign(await propose(of, { terms: { ...terms, payments: [health, more] } }));
    expect(contract.maximum).toEqual(euros(840_000));
    expect(await outcomeFund(of.pilotId)).toEqual([160_000, 840_000, 0]);
    const mixed = await decide(contract, { fewer: '-5', jobs: '27' });
    expect(mixed).toMatchObject({ amount: '4400.00', payable: [{ amount: euros(540_000) }] });
    expect(await outcomeFund(of.pilotId)).toEqual([160_000, 300_000, 540_000]);
  });

  it('never pays above what two people signed, though a payee owed before', async () => {
    const { payments, ...terms } = contractTerms({ amountCap: { amount: '3000', over: 'contract' } });
    const { cap: _none, ...health } = payments[0]!;
    const alone = { terms: { ...terms, payments: [health] }, payees: payees.slice(0, 1) };
    const { projectIds, ...contract } = await signedWide('above', 3, alone);
    const [owing, paid, above] = projectIds;
    const decideOn = (projectId: string, fewer: string) =>
      decide(contract, { fewer, jobs: '0' }, { evidence: assessed(projectId) });
    expect(await decideOn(owing!, '-5')).toMatchObject({ amount: '-1000.00' });
    expect(await decideOn(paid!, '12')).toMatchObject({ amount: '3000.00' });
    await expect(decideOn(above!, '12')).rejects.toEqual(refusal('above-signed-maximum'));
    expect(await outcomeFund(contract.pilotId)).toEqual([700_000, 0, 300_000]);
    expect(await owed(above!)).toEqual([]);
  });

  it('repeats its answer under the same key, and is made once on a project, whatever is assessed later', async () => {
    const contract = await signed('again');
    const evidence = assessed(contract.projectId!);
    const idempotencyKey = key();
    const inputs = { fewer: '12', jobs: '0' };
    const first = await decide(contract, inputs, { evidence, idempotencyKey });
    expect(await decide(contract, inputs, { evidence, idempotencyKey })).toEqual(first);
    await expect(decide(contract, inputs, { evidence })).rejects.toEqual(refusal('project-decided'));
    await expect(decide(contract, inputs)).rejects.toEqual(refusal('project-decided'));
    expect(await owed(contract.projectId!)).toHaveLength(1);
    const decisions = fixture.connection.collection('outcomedecisions');
    const directly = decisions.insertOne({
      contractId: contract.contractId,
      number: 2,
      evidence: assessed(contract.projectId!),
    });
    await expect(directly).rejects.toThrow(/duplicate key/);
    const contested = await signed('rivals');
    const rivals = assessed(contested.projectId!);
    const done = await Promise.allSettled(
      [1, 2, 3].map(() => decide(contested, inputs, { evidence: rivals })),
    );
    expect(done.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('counts the participants of a rate card, and tells each row of them to whoever asks why', async () => {
    const card = {
      ...{ kind: 'rateCard', id: 'card', title: 'Outcomes', payer: 'municipality', payee: 'fund' },
      rates: [{ outcome: 'job', tariff: '200' }],
      participantCap: '300',
    };
    const terms = { ...contractTerms(), payments: [card] };
    const contract = await signed('card', { terms, payees: payees.slice(0, 1) });
    const { contractId } = contract;
    const decided = (rows: object[]) =>
      assessor.decideOutcomeContract({
        params: { municipalityId, contractId },
        body: {
          evidence: assessed(contract.projectId!),
          inputs: { fewer: null, jobs: null },
          participants: { card: rows as never },
        },
        idempotencyKey: key(),
      });
    const row = (count: string, job: string) => ({ count, outcomes: { job } });
    await expect(decided([row('0.5', '1')])).rejects.toEqual(refusal('results-refused'));
    const { decisionId, amount } = await decided([row('4', '1'), row('3', '2')]);
    expect(amount).toBe('1700.00');
    const why = await fixture.anyone.explainOutcomeDecision({
      params: { municipalityId, contractId, decisionId },
    });
    expect(why.results.participants).toEqual({ card: [row('4', '1'), row('3', '2')] });
    expect(why.computation).toContain(
      'card, 3 participants alike: job 2 × 200 = 400 each, capped at 300; 3 × 300 = 900',
    );
  });

  it('books less than nothing as a receivable', async () => {
    const contract = await signed('owes');
    const decision = await decide(contract, { fewer: '-5', jobs: '0' });
    expect(decision).toMatchObject({
      amount: '-1000.00',
      reason: 'receivable',
      payable: [],
      receivable: [{ party: 'fund', amount: euros(100_000) }],
    });
    const { balanced, items } = await fixture.anyone.getTrialBalance({
      params: { municipalityId },
      query: { pilotId: contract.pilotId, limit: 200 },
    });
    expect(balanced).toBe(true);
    expect(items.find(({ account }) => account === 'receivable')).toMatchObject({
      debit: 100_000,
      credit: 0,
    });
    expect(await owed(contract.projectId!)).toEqual([]);
  });

  it('is for an assessor who gains nothing', async () => {
    const contract = await signed('who');
    const inputs = { fewer: '12', jobs: '0' };
    const by = async (id: string, ...roles: ('assessor' | 'investor')[]) =>
      decide(contract, inputs, { client: await fixture.as(id, ...roles) });
    for (const id of ['per-fund', 'per-clerk', 'per-authority', 'per-champion'])
      await expect(by(id, 'assessor')).rejects.toEqual(refusal('interested-party'));
    await expect(by('per-other', 'assessor', 'investor')).rejects.toEqual(refusal('interested-party'));
    await expect(by('per-other', 'investor')).rejects.toEqual(refusal('forbidden'));
    const stranger = await fixture.asElsewhere('per-stranger', 'assessor');
    await expect(decide(contract, inputs, { client: stranger })).rejects.toEqual(refusal('forbidden'));
  });

  it('rests on the assessment that is signed, of its project', async () => {
    const contract = await signed('evidence');
    const evidence = assessed(contract.projectId!);
    const inputs = { fewer: '12', jobs: '0' };
    const with_ = (change: object) => decide(contract, inputs, { evidence: { ...evidence, ...change } });
    await expect(with_({ assessmentId: 'asm-other' })).rejects.toEqual(refusal('assessment-differs'));
    await expect(with_({ sha256: 'b'.repeat(64) })).rejects.toEqual(refusal('assessment-differs'));
    const other = await pilot('other-evidence');
    await expect(decide(contract, inputs, { evidence: assessed(other.projectId) })).rejects.toEqual(
      refusal('assessment-differs'),
    );
    signedAssessments.delete(contract.projectId!);
    await expect(with_({})).rejects.toEqual(refusal('assessment-differs'));
  });

  it('waits until nobody can object to the assessment any more', async () => {
    const contract = await signed('objection');
    const inputs = { fewer: '12', jobs: '0' };
    const open = assessed(contract.projectId!, false);
    await expect(decide(contract, inputs, { evidence: open })).rejects.toEqual(refusal('assessment-open'));
    expect(await owed(contract.projectId!)).toEqual([]);
    await decide(contract, inputs, { evidence: assessed(contract.projectId!) });
    expect(await owed(contract.projectId!)).toHaveLength(1);
  });

  it('refuses results that do not fit, changed terms and contracts that are not in force', async () => {
    const contract = await signed('unfit');
    await expect(decide(contract, { fewer: '12' })).rejects.toMatchObject({
      code: 'results-refused',
      problem: { detail: expect.stringContaining('input-missing') },
    });
    await expect(decide(contract, { fewer: '12', jobs: '-1' })).rejects.toEqual(refusal('results-refused'));
    const open = await propose(await pilot('open'));
    await expect(decide(open, { fewer: '12', jobs: '1' })).rejects.toEqual(refusal('contract-not-signed'));
    await fixture.connection
      .collection('outcomecontracts')
      .updateOne({ _id: contract.contractId as never }, { $set: { 'terms.payments.1.tariff': '999' } });
    await expect(decide(contract, { fewer: '12', jobs: '1' })).rejects.toEqual(refusal('terms-changed'));
    expect(await owed(contract.projectId!)).toEqual([]);
  });

  it('is not changed by the citizens’ bonus vote', async () => {
    const amounts = [];
    for (const [name, percent] of [
      ['vote-none', 0],
      ['vote-all', 100],
    ] as const) {
      const contract = await signed(name);
      const { pilotId, projectId } = contract;
      const shares = [{ percent, ballots: 20 }];
      const body = { municipalityId, pilotId, ...vote, shares };
      await fixture.worker.decideBonus({ params: { projectId: projectId! }, body });
      amounts.push((await decide(contract, { fewer: '12', jobs: '1' })).amount);
    }
    expect(amounts).toEqual(['3300.00', '3300.00']);
  });

  it('of a pilot as a whole rests on the assessment of one of its projects', async () => {
    const of = await pilot('whole');
    const contract = await sign(await propose({ pilotId: of.pilotId }));
    expect(contract.projectId).toBe(null);
    await decide(contract, { fewer: '12', jobs: '0' }, { evidence: assessed(of.projectId) });
    const [obligation] = await owed(of.projectId);
    await cancel(fixture, obligation!.obligationId, 'The fund renounces it');
    expect(await outcomeFund(of.pilotId)).toEqual([800_000, 200_000, 0]);
  });
});

describe('the money of an outcome contract', () => {
  it('is told from proposal to end: what is reserved, awarded, paid, open, owed and returned', async () => {
    const of = await pilot('money');
    const nothing = { reserved: 0, awarded: 0, paid: 0, open: 0, receivable: 0, received: 0, returned: 0 };
    const proposed = await propose(of);
    expect(await moneyOf(proposed.contractId)).toEqual({ maximum: 500_000, ...nothing });
    const contract = await sign(proposed);
    expect(await moneyOf(contract.contractId)).toMatchObject({ reserved: 500_000, open: 500_000 });
    await decide(contract, { fewer: '-5', jobs: '1' });
    const owing = { reserved: 500_000, awarded: 20_000, open: 480_000, receivable: 100_000, returned: 0 };
    expect(await moneyOf(contract.contractId)).toMatchObject(owing);
    await end(contract.contractId);
    expect(await moneyOf(contract.contractId)).toMatchObject({ ...owing, open: 0, returned: 480_000 });
  });
});

describe('a result', () => {
  const { payments: lines } = contractTerms();
  const [health, jobs] = lines as [(typeof lines)[number], (typeof lines)[number]];
  const alone = (line: typeof health, party: string) => ({
    terms: contractTerms({ payments: [line] }),
    payees: payees.filter((payee) => payee.party === party),
  });

  it('is paid once over all contracts: ending one and signing another pays nothing again', async () => {
    const of = await pilot('twice');
    const first = await sign(await propose(of));
    const waiting = await sign(await propose({ pilotId: of.pilotId }));
    await decide(first, { fewer: '12', jobs: '1' });
    await end(first.contractId);
    await expect(propose(of)).rejects.toEqual(refusal('result-paid'));
    const inputs = { fewer: '12', jobs: '1' };
    const evidence = assessed(first.projectId!);
    await expect(decide(waiting, inputs, { evidence })).rejects.toEqual(refusal('result-paid'));
    await end(waiting.contractId);
    const same = await sign(await propose(of, { besides: [first.contractId] }));
    await expect(decide(same, inputs)).rejects.toEqual(refusal('result-paid'));
    expect(await owed(first.projectId!)).toHaveLength(2);
    expect(await moneyOf(same.contractId)).toMatchObject({ awarded: 0, open: 500_000 });
  });

  it('of another kind, or one that was open, is paid by a contract that is signed beside the first', async () => {
    const of = await pilot('beside');
    const first = await sign(await propose(of, alone(health, 'fund')));
    const stranger = await sign(await propose(of, alone(jobs, 'provider')));
    await decide(first, { fewer: '12', jobs: '3' });
    await expect(decide(stranger, { fewer: '12', jobs: '3' })).rejects.toEqual(refusal('result-paid'));
    await end(stranger.contractId);
    const beside = { ...alone(jobs, 'provider'), besides: [first.contractId] };
    const second = await sign(await propose(of, beside));
    expect(second.besides).toEqual([first.contractId]);
    expect(await decide(second, { fewer: '12', jobs: '3' })).toMatchObject({ amount: '600.00' });

    const waiting = await pilot('open');
    const open = await sign(await propose(waiting));
    await decide(open, { fewer: null, jobs: '1' });
    const later = await sign(
      await propose(waiting, { ...alone(health, 'fund'), besides: [open.contractId] }),
    );
    expect(await decide(later, { fewer: '12', jobs: '1' })).toMatchObject({ amount: '3000.00' });
  });

  it('is beside none that the pilot does not have', async () => {
    const [of, elsewhere] = [await pilot('known'), await signed('unknown')];
    for (const other of ['oct-none', elsewhere.contractId])
      await expect(propose(of, { besides: [other] })).rejects.toEqual(refusal('not-found'));
  });

  it('is paid once though two contracts are decided at the same time, in processes that do not wait for each other', async () => {
    const rivalry = async (name: string) => {
      const of = await pilot(name);
      const contracts = [await sign(await propose(of)), await sign(await propose(of))];
      const evidence = assessed(of.projectId);
      const done = await Promise.allSettled(
        contracts.map(({ contractId }) =>
          inTransaction(fixture.connection, (session) =>
            decideContract(
              fixture.payments,
              session,
              { municipalityId, contractId },
              { decisionId: key(), evidence, assessor: 'per-assessor', inputs: { fewer: '12', jobs: '0' } },
            ),
          ),
        ),
      );
      expect(done.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(done.find((one) => one.status === 'rejected')!.reason).toEqual(refusal('result-paid'));
      expect(await owed(of.projectId)).toHaveLength(1);
    };
    for (const round of [1, 2, 3, 4, 5]) await rivalry(`rivals-${round}`);
  });
});

describe('the end of an outcome contract', () => {
  it('returns what is left of the reserve to the outcome fund, and nothing is decided after it', async () => {
    const contract = await signed('end');
    await decide(contract, { fewer: '12', jobs: '0' });
    await expect(end(contract.contractId, await fixture.as('per-fund', 'budget-authority'))).rejects.toEqual(
      refusal('own-payment'),
    );
    expect(await end(contract.contractId)).toMatchObject({ state: 'ended', returned: euros(200_000) });
    expect(await outcomeFund(contract.pilotId)).toEqual([700_000, 0, 300_000]);
    await expect(end(contract.contractId)).rejects.toEqual(refusal('already-decided'));
    await expect(decide(contract, { fewer: '12', jobs: '0' })).rejects.toEqual(
      refusal('contract-not-signed'),
    );
  });

  it('of one that was only proposed moves no money', async () => {
    const of = await pilot('never');
    expect(await end((await propose(of)).contractId)).toMatchObject({ state: 'ended', returned: euros(0) });
    expect(await outcomeFund(of.pilotId)).toEqual([1_000_000, 0, 0]);
  });
});

describe('an investor', () => {
  it('learns from one answer why this amount: terms, evidence and computation', async () => {
    const contract = await signed('why');
    const evidence = assessed(contract.projectId!);
    const { decisionId } = await decide(contract, { fewer: '12', jobs: '1' }, { evidence });
    const investor = await fixture.as('per-fund', 'investor');
    const params = { municipalityId, contractId: contract.contractId, decisionId };
    const why = await investor.explainOutcomeDecision({ params });
    expect(why).toMatchObject({
      contract: { sha256: contract.sha256, signedBy: 'per-authority' },
      terms: contractTerms(),
      results: { inputs: { fewer: '12', jobs: '1' } },
      decision: { evidence, termsSha256: contract.sha256, assessor: 'per-assessor' },
    });
    expect(why.computation).toContain('health (Fewer sick days): tier from 10 (reduction is 12) = 3000');
    expect(JSON.stringify(why)).not.toContain('per-fund');
    const mine = (await investor.listMyObligations({ params: { municipalityId }, query: {} })).items;
    const { obligationId } = mine.find((one) => one.decisionId === decisionId)!;
    const asked = await investor.getObligation({ params: { municipalityId, obligationId } });
    expect(asked.computation).toEqual(why.computation);
  });

  it('is owed nothing by any other way: not by procurement, not by a bonus, not by a program', async () => {
    const contract = await signed('only');
    const spent = fixture.clerk.recordSpending({
      params: { municipalityId, projectId: contract.projectId! },
      body: { amount: euros(100), purpose: 'Advice', contractorId: 'per-fund', procurementReference: 'P-1' },
      idempotencyKey: key(),
    });
    await expect(spent).rejects.toEqual(refusal('paid-by-outcome-only'));
    const obligations = fixture.connection.collection('obligations');
    const written = (payeeRole: string, origin: string) =>
      obligations.insertOne({ payeeRole, origin, decisionId: key(), payeeId: 'per-x', tranche: 'x' });
    for (const [role, origin] of [
      ['investor', 'bonus'],
      ['investor', 'round'],
      ['contractor', 'bonus'],
      ['volunteer', 'outcome'],
    ] as const)
      await expect(written(role, origin)).rejects.toThrow(/validation/);
  });
});

describe('spending on a contractor who became an investor', () => {
  it('is not accepted any more; refused, it gives back what it claimed', async () => {
    const of = await pilot('became');
    const { spendingId } = await fixture.clerk.recordSpending({
      params: { municipalityId, projectId: of.projectId },
      body: { amount: euros(100), purpose: 'Advice', contractorId: 'per-fund', procurementReference: 'P-2' },
      idempotencyKey: key(),
    });
    await propose(of);
    const second = await fixture.as('per-clerk-2', 'finance-clerk');
    const params = { municipalityId, spendingId };
    await expect(second.acceptSpending({ params, idempotencyKey: key() })).rejects.toEqual(
      refusal('paid-by-outcome-only'),
    );
    expect(await owed(of.projectId)).toEqual([]);
    const body = { reason: 'An investor is paid by the contract' };
    await second.refuseSpending({ params, body, idempotencyKey: key() });
    const money = await fixture.anyone.getProjectMoney({
      params: { municipalityId, projectId: of.projectId },
    });
    expect(money).toMatchObject({ claimed: euros(0), accepted: euros(0) });
  });
});

describe('finance systems', () => {
  it('learn of the reserve, each decision and what returns', async () => {
    const contract = await signed('events');
    await decide(contract, { fewer: '12', jobs: '0' });
    await end(contract.contractId);
    const rows = await fixture.connection
      .collection('outbox')
      .find({ 'envelope.subject': contract.pilotId, 'envelope.type': /outcome/ })
      .sort({ 'envelope.aggregateversion': 1 })
      .toArray();
    expect(
      rows.map(({ envelope }) => [envelope.type, (envelope.data.amount ?? envelope.data.payable).amount]),
    ).toEqual([
      ['org.talkoot.fund.outcome-reserved.v1', 500_000],
      ['org.talkoot.fund.outcome-decided.v1', 300_000],
      ['org.talkoot.fund.outcome-released.v1', 200_000],
    ]);
  });
});

describe('outcome contracts', () => {
  it('are listed page by page, by pilot and project, with their decisions, and stay within their municipality', async () => {
    const of = await pilot('list');
    const made = await Promise.all([propose(of), propose(of), propose({ pilotId: of.pilotId })]);
    const params = { municipalityId };
    const page = await fixture.anyone.listOutcomeContracts({
      params,
      query: { pilotId: of.pilotId, limit: 2 },
    });
    const rest = await fixture.anyone.listOutcomeContracts({
      params,
      query: { pilotId: of.pilotId, limit: 2, after: page.next! },
    });
    const ids = [...page.items, ...rest.items].map(({ contractId }) => contractId);
    expect(ids).toEqual(made.map(({ contractId }) => contractId).toSorted());
    const ofProject = await fixture.anyone.listOutcomeContracts({
      params,
      query: { projectId: of.projectId },
    });
    expect(ofProject.items).toHaveLength(2);
    const contract = await sign(made[2]!);
    const second = `${of.projectId}-2`;
    await commit(fixture, of.pilotId, second);
    const first = await decide(contract, { fewer: '5', jobs: '1' }, { evidence: assessed(of.projectId) });
    await decide(contract, { fewer: '5', jobs: '2' }, { evidence: assessed(second) });
    const decisions = (query: object) =>
      fixture.anyone.listOutcomeDecisions({
        params: { municipalityId, contractId: contract.contractId },
        query,
      });
    const one = await decisions({ limit: 1 });
    expect(one.items).toEqual([first]);
    expect((await decisions({ after: one.next! })).items.map(({ number }) => number)).toEqual([2]);
    const away = { municipalityId: 'other', contractId: contract.contractId };
    await expect(fixture.anyone.getOutcomeContract({ params: away })).rejects.toEqual(refusal('not-found'));
    expect((await fixture.anyone.getOutcomeContract({ params: { ...away, municipalityId } })).terms).toEqual(
      contractTerms(),
    );
  });
});
