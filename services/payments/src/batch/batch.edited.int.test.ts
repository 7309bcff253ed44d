import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { debtorAccount } from '../bank/bank.fixture.ts';
import {
  key,
  municipalityId,
  owedProject,
  paymentsFixture,
  propose,
  testAccount,
} from '../payments.fixture.ts';
import type { PaymentsFixture } from '../payments.fixture.ts';
import type { AttemptDocument, ObligationDocument } from '../obligation/obligation.store.ts';
import { obligationStore } from '../obligation/obligation.store.ts';
import { sealBatchesAnew, sealObligationsAnew } from '../payee/payee.chores.ts';
import type { PayeeDocument } from '../payee/payee.store.ts';
import { createVault } from '../payee/vault.ts';
import { attemptFor, batchHash } from './batch.ts';
import { batchStore } from './batch.store.ts';
import type { BatchDocument } from './batch.store.ts';

const changed = { code: 'batch-changed', problem: { status: 409 } };
let fixture: PaymentsFixture;
beforeAll(async () => {
  fixture = await paymentsFixture(inject('mongodbUrl'));
  await debtorAccount(fixture);
});
afterAll(() => fixture.stop());

const batches = () => fixture.connection.collection<BatchDocument>('batches');
const attempts = () => fixture.connection.collection<AttemptDocument>('attempts');
const obligations = () => fixture.connection.collection<ObligationDocument>('obligations');

/** A batch of three payments; the fourth obligation of its project is in no batch. */
async function proposed(name: string) {
  const owed = await owedProject(fixture, `pil-${name}`, `prj-${name}`);
  const [left, ...batched] = owed.toSorted((a) => (a.payeeId === 'per-volunteer-2' ? -1 : 0));
  const batch = await propose(
    fixture,
    batched.map(({ obligationId }) => obligationId),
  );
  const victim = batched.find(({ payeeId }) => payeeId === 'per-champion')!;
  const wage = batched.find(({ payeeId }) => payeeId === 'per-servant')!;
  return { ...batch, left: left!.obligationId, victim: victim.obligationId, wage: wage.obligationId };
}
type Proposed = Awaited<ReturnType<typeof proposed>>;

/** What somebody with the database's password may write. */
const edits: Readonly<Record<string, (batch: Proposed) => Promise<unknown>>> = {
  'an amount': ({ victim }) => attempts().updateOne({ obligationId: victim }, { $inc: { amount: 100_000 } }),
  'an account': async ({ victim, batchId }) => {
    const { payees } = fixture.payments;
    const payee = { municipalityId, personId: 'per-champion' };
    const { sealed } = await fixture.connection.transaction((session) =>
      payees.sealAccount(session, payee, testAccount('DE89 3704 0044 0532 0130 00')),
    );
    return attempts().updateOne(
      { obligationId: victim, batchId },
      { $set: { 'destination.sealed': sealed } },
    );
  },
  'a payee': ({ wage }) => obligations().updateOne({ _id: wage }, { $set: { payeeId: 'per-thief' } }),
  'what is owed': ({ victim }) => obligations().updateOne({ _id: victim }, { $inc: { amount: 100_000 } }),
  'a payment less': ({ victim }) => attempts().deleteOne({ obligationId: victim }),
  'a payment more': async ({ left, batchId, victim }) => {
    const { destination, state } = (await attempts().findOne({ obligationId: victim }))!;
    const more = attemptFor((await obligations().findOne({ _id: left }))!, batchId, destination);
    return attempts().insertOne({ ...more, state });
  },
  'a payment of nothing that is owed': ({ victim, batchId }) =>
    attempts().updateOne({ obligationId: victim }, { $set: { obligationId: `obl-none-${batchId}` } }),
};

/** Somebody who knows how the hash is made makes the stored one fit what they wrote. */
async function fitHash({ batchId }: Proposed): Promise<void> {
  const [batch, lines] = [
    await batches().findOne({ _id: batchId }),
    await attempts().find({ batchId }).toArray(),
  ];
  const owed = await obligations().find().toArray();
  const signed = lines.map((attempt) => ({
    attempt,
    obligation: owed.find(({ _id }) => _id === attempt.obligationId) ?? owed[0]!,
  }));
  await batches().updateOne({ _id: batchId }, { $set: { sha256: batchHash(batch!, signed) } });
}

const alone = Object.entries(edits);
const withHash = alone
  .filter(([name]) => name !== 'a payment of nothing that is owed')
  .map(([name, edit]): [string, (batch: Proposed) => Promise<unknown>] => [
    `${name} and its hash`,
    async (batch) => (await edit(batch), await fitHash(batch)),
  ]);

/** What a clerk reads there, and signs. */
const hashOf = async ({ batchId }: Proposed) => (await batches().findOne({ _id: batchId }))!.sha256;

const gates = (batch: Proposed) => {
  const params = { municipalityId, batchId: batch.batchId };
  const body = { batchSha256: batch.sha256 };
  return {
    approve: (batchSha256 = batch.sha256) =>
      fixture.approver.approveBatch({ params, body: { batchSha256 }, idempotencyKey: key() }),
    release: (batchSha256 = batch.sha256) =>
      fixture.releaser.releaseBatch({ params, body: { batchSha256 }, idempotencyKey: key() }),
    instruct: () => fixture.worker.instructBatch({ params: { batchId: batch.batchId }, body }),
    bankFile: () => fixture.clerk.makeBankFile({ params, idempotencyKey: key() }),
    payrollFile: () => fixture.clerk.getPayrollFile({ params }),
    payrollCsv: () => fixture.clerk.exportPayrollFile({ params }),
  };
};

async function statesOf({ batchId }: Proposed): Promise<string[]> {
  return (await attempts().find({ batchId }).toArray()).map(({ state }) => state);
}
const entriesOf = ({ batchId }: Proposed) =>
  fixture.connection.collection('entries').countDocuments({ reference: batchId });
const fileOf = ({ batchId }: Proposed) =>
  fixture.connection.collection<{ _id: string }>('bankfiles').findOne({ _id: batchId });

describe.each([...alone, ...withHash])('a batch that was edited in the database (%s)', (name, edit) => {
  const slug = name.replaceAll(' ', '-');

  it('after it was proposed is neither approved nor released nor paid', async () => {
    const batch = await proposed(`${slug}-1`);
    await edit(batch);
    const { approve } = gates(batch);
    await expect(approve(await hashOf(batch))).rejects.toMatchObject(changed);
    expect(new Set(await statesOf(batch))).toEqual(new Set(['batched']));
  });

  it('after it was approved is neither released nor paid', async () => {
    const batch = await proposed(`${slug}-2`);
    const { approve, release, instruct } = gates(batch);
    await approve();
    await edit(batch);
    await expect(release(await hashOf(batch))).rejects.toMatchObject(changed);
    await expect(instruct()).rejects.toMatchObject({ code: 'batch-not-released' });
    expect(new Set(await statesOf(batch))).toEqual(new Set(['approved']));
  });

  it('after it was released does not go in transit', async () => {
    const batch = await proposed(`${slug}-3`);
    const { approve, release, instruct } = gates(batch);
    await approve();
    await release();
    const before = await entriesOf(batch);
    await edit(batch);
    await expect(instruct()).rejects.toMatchObject(changed);
    expect(await statesOf(batch)).not.toContain('in-transit');
    expect(await entriesOf(batch)).toBe(before);
  });

  it('after it was handed over stands in no file', async () => {
    const batch = await proposed(`${slug}-4`);
    const { approve, release, instruct, bankFile, payrollFile, payrollCsv } = gates(batch);
    await approve();
    await release();
    await instruct();
    await edit(batch);
    for (const file of [bankFile, payrollFile, payrollCsv, instruct]) {
      await expect(file()).rejects.toMatchObject(changed);
    }
    expect(await fileOf(batch)).toBeNull();
  });
});

/** What somebody with the database's password may write before a batch is proposed. */
const wishes: Readonly<Record<string, (one: ObligationDocument) => Partial<ObligationDocument>>> = {
  'a payee': () => ({ payeeId: 'per-thief' }),
  'an amount': ({ amount }) => ({ amount: amount + 100_000 }),
  'a role, so that a wage goes to an account': () => ({ payeeRole: 'champion' }),
  'a decision': () => ({ decisionId: `bon-${key()}` }),
  'no seal': () => ({ seal: null }),
  'a seal of nobody’s key': ({ seal }) => ({ seal: { by: 'none', mac: seal!.mac } }),
  'a seal that is none': ({ seal }) => ({ seal: { by: seal!.by, mac: 7 as unknown as string } }),
};

describe.each(Object.entries(wishes))('an obligation that was edited in the database (%s)', (name, wish) => {
  const slug = `early-${name.replaceAll(/\W+/g, '-')}`;
  const open = async (nth: number) => {
    const owed = await owedProject(fixture, `pil-${slug}-${nth}`, `prj-${slug}-${nth}`);
    return owed.map(({ obligationId }) => obligationId);
  };
  const edit = async (_id: string) => {
    const found = (await obligations().findOne({ _id }))!;
    await obligations().updateOne({ _id }, { $set: wish(found) });
  };

  it('before a batch is proposed is proposed by nobody, and finance hears which', async () => {
    const ids = await open(1);
    const wage = (await obligations().findOne({ _id: { $in: ids }, payeeRole: 'civil-servant' }))!._id;
    await edit(wage);
    const refused = { code: 'obligation-changed', problem: { status: 409 } };
    await expect(propose(fixture, ids)).rejects.toMatchObject(refused);
    await expect(propose(fixture, [wage])).rejects.toThrow(wage);
    expect(await attempts().countDocuments({ obligationId: { $in: ids } })).toBe(0);
    const rest = ids.filter((id) => id !== wage);
    expect(await propose(fixture, rest)).toMatchObject({ lines: rest.length });
  });

  it('is not paid by a batch that was made to fit it', async () => {
    const batch = await proposed(`${slug}-2`);
    await edit(batch.wage);
    await fitHash(batch);
    const { approve } = gates(batch);
    await expect(approve(await hashOf(batch))).rejects.toMatchObject(changed);
    expect(new Set(await statesOf(batch))).toEqual(new Set(['batched']));
  });
});

describe('an obligation', () => {
  it('is not proposed with the seal of another one of the same payee and amount', async () => {
    const [one, other] = [await owedProject(fixture, 'pil-seal', 'prj-seal-1'), await owedOf('prj-seal-2')];
    const { seal } = (await obligations().findOne({ _id: other }))!;
    const mine = one.find(({ payeeId }) => payeeId === 'per-champion')!.obligationId;
    await obligations().updateOne({ _id: mine }, { $set: { seal } });
    await expect(propose(fixture, [mine])).rejects.toMatchObject({ code: 'obligation-changed' });
  });
  it('whose seal is taken away after it was handed over stands in no file', async () => {
    const batch = await proposed('unsealed');
    const { approve, release, instruct, bankFile, payrollFile, payrollCsv } = gates(batch);
    await approve();
    await release();
    await instruct();
    await obligations().updateOne({ _id: batch.wage }, { $set: { seal: null } });
    for (const file of [bankFile, payrollFile, payrollCsv, instruct]) {
      await expect(file()).rejects.toMatchObject(changed);
    }
    expect(await fileOf(batch)).toBeNull();
  });

  async function owedOf(projectId: string): Promise<string> {
    const owed = await owedProject(fixture, 'pil-seal', projectId);
    return owed.find(({ payeeId }) => payeeId === 'per-champion')!.obligationId;
  }
});

describe('the seal of an obligation', () => {
  it('is made anew when the key of the service changes, unless somebody edited what it seals', async () => {
    const [whole, edited] = await owedProject(fixture, 'pil-reseal', 'prj-reseal');
    const ids = [whole!.obligationId, edited!.obligationId] as const;
    await obligations().updateOne({ _id: ids[1] }, { $set: { payeeId: 'per-thief' } });
    const { connection, payments, payeeKey } = fixture;
    const current = randomBytes(32);
    const under = (now: Uint8Array, ...before: Uint8Array[]) =>
      obligationStore(connection, createVault(now, before));
    const isSealed = async (store: typeof payments.obligations, _id: string) =>
      store.isSealed((await obligations().findOne({ _id }))!);
    expect(await isSealed(under(current, payeeKey), ids[0])).toBe(true);
    expect(await isSealed(under(current), ids[0])).toBe(false);
    await sealObligationsAnew({ ...payments, obligations: under(current, payeeKey) });
    expect(await isSealed(under(current), ids[0])).toBe(true);
    expect(await isSealed(under(current, payeeKey), ids[1])).toBe(false);
    await sealObligationsAnew({ ...payments, obligations: under(payeeKey, current) });
    expect(await isSealed(payments.obligations, ids[0])).toBe(true);
    expect(await isSealed(payments.obligations, ids[1])).toBe(false);
  });
});

describe('a batch that nobody released', () => {
  it('is not paid, whatever its states are made to say', async () => {
    const batch = await proposed('states');
    const { batchId } = batch;
    await attempts().updateMany({ batchId }, { $set: { state: 'in-transit' } });
    const signed = { approvedBy: 'per-approver', releasedBy: 'per-releaser' };
    await batches().updateOne({ _id: batchId }, { $set: { state: 'instructed', ...signed } });
    const { bankFile, payrollFile, payrollCsv } = gates(batch);
    for (const file of [bankFile, payrollFile, payrollCsv]) {
      await expect(file()).rejects.toMatchObject(changed);
    }
  });
  it('is not paid by what was handed over in another batch', async () => {
    const [batch, other] = [await proposed('copy-1'), await proposed('copy-2')];
    const { approve, release, instruct } = gates(other);
    await approve();
    await release();
    await instruct();
    const { handedOver } = (await batches().findOne({ _id: other.batchId }))!;
    await attempts().updateMany({ batchId: batch.batchId }, { $set: { state: 'in-transit' } });
    await batches().updateOne({ _id: batch.batchId }, { $set: { handedOver, sha256: other.sha256 } });
    await expect(gates(batch).bankFile()).rejects.toMatchObject(changed);
    await batches().updateOne({ _id: batch.batchId }, { $set: { sha256: batch.sha256 } });
    await expect(gates(batch).bankFile()).rejects.toMatchObject(changed);
  });
  it('goes in transit for nobody who names another hash than was released', async () => {
    const batch = await proposed('named');
    const { approve, release } = gates(batch);
    await approve();
    await release();
    const body = { batchSha256: 'e'.repeat(64) };
    const other = fixture.worker.instructBatch({ params: { batchId: batch.batchId }, body });
    await expect(other).rejects.toMatchObject(changed);
    expect(new Set(await statesOf(batch))).toEqual(new Set(['released']));
  });
});

describe('the hash that was handed over', () => {
  it('is sealed anew when the key of the service changes, and a file is then made by the new key alone', async () => {
    const batch = await proposed('rotated');
    const { approve, release, instruct } = gates(batch);
    await approve();
    await release();
    await instruct();
    const { connection, payments, payeeKey } = fixture;
    const current = randomBytes(32);
    const rotated = { ...payments, batches: batchStore(connection, createVault(current, [payeeKey])) };
    await sealBatchesAnew(rotated);
    // The seal that was copied from another batch is none.
    expect((await rotated.batches.sealedBefore(10)).length).toBe(1);
    const stored = async () => (await batches().findOne({ _id: batch.batchId }))!;
    expect(batchStore(connection, createVault(current)).isHandedOver(await stored())).toBe(true);
    const back = { ...payments, batches: batchStore(connection, createVault(payeeKey, [current])) };
    await sealBatchesAnew(back);
    expect(payments.batches.isHandedOver(await stored())).toBe(true);
  });
});

describe('an account', () => {
  const payees = () => fixture.connection.collection<PayeeDocument>('payees');
  const sealedOf = async (personId: string) =>
    (await payees().findOne({ municipalityId, personId }))!.account!.sealed;
  const another = () =>
    fixture.connection.transaction(async (session) => {
      const payee = { municipalityId, personId: 'per-champion' };
      const details = testAccount('DE89 3704 0044 0532 0130 00');
      return (await fixture.payments.payees.sealAccount(session, payee, details)).sealed;
    });

  it.each([
    ['another of the payee’s', another],
    ['somebody else’s', () => sealedOf('per-volunteer-1')],
  ])(
    'swapped for %s has not the fingerprint that was signed and stands in no file',
    async (name, swapped) => {
      const slug = name.slice(0, 3);
      const owed = await owedProject(fixture, `pil-swap-${slug}`, `prj-swap-${slug}`);
      const mine = owed.find(({ payeeId }) => payeeId === 'per-champion')!;
      const _id = `${municipalityId}/per-champion`;
      await payees().updateOne({ _id }, { $set: { 'account.sealed': await swapped() } });
      const batch = { ...(await propose(fixture, [mine.obligationId])), left: '', victim: '', wage: '' };
      const { approve, release, instruct, bankFile } = gates(batch);
      await approve();
      await release();
      await instruct();
      await expect(bankFile()).rejects.toMatchObject(changed);
      expect(await fileOf(batch)).toBeNull();
    },
  );
});
