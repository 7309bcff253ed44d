import type { LedgerEntry } from '@talkoot/api-contracts/payments';
import { checkLedger } from '@talkoot/api-contracts/payments/ledger-chain';
import type { LedgerHead } from '@talkoot/api-contracts/payments/ledger-chain';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { commit, municipalityId, openFunds, paymentsFixture } from '../payments.fixture.ts';
import type { PaymentsFixture } from '../payments.fixture.ts';
import type { EntryDocument } from './entry.ts';
import { publishHeads } from './ledger.sealing.ts';

let fixture: PaymentsFixture;
beforeAll(async () => {
  fixture = await paymentsFixture(inject('mongodbUrl'));
});
afterAll(() => fixture.stop());

const params = { municipalityId };
const stored = () => fixture.connection.collection<EntryDocument>('ledgerentries');
const at = async (pilotId: string, number: number) => (await stored().findOne({ pilotId, number }))!;

let pilots = 0;
let pilotId: string;
/** A pilot with eight entries in its book: four of the opening, four of a commitment. */
beforeEach(async () => {
  pilots += 1;
  pilotId = `pil-chain-${pilots}`;
  await openFunds(fixture, pilotId);
  await commit(fixture, pilotId, `prj-chain-${pilots}`);
});

/** Nothing of these books is about a person: they are read as the public reads them. */
async function entries(): Promise<LedgerEntry[]> {
  const all: LedgerEntry[] = [];
  let after: string | undefined;
  do {
    const query = { pilotId, limit: 5, ...(after ? { after } : {}) };
    const page = await fixture.anyone.listLedgerEntries({ params, query });
    all.push(...(page.items as LedgerEntry[]));
    after = page.next ?? undefined;
  } while (after);
  return all;
}

async function heads(): Promise<LedgerHead[]> {
  const { items } = await fixture.anyone.listLedgerBooks({ params, query: { limit: 200 } });
  return items.filter((one) => one.pilotId === pilotId);
}

async function verified(known?: readonly LedgerHead[]) {
  const checker = checkLedger(municipalityId, known ?? (await heads()));
  for (const entry of await entries()) checker.take(entry);
  const auditor = await fixture.as('per-auditor', 'auditor');
  const { items } = await auditor.listLedgerBalances({ params, query: { limit: 200 } });
  return checker.finish(items.filter((one) => one.pilotId === pilotId));
}

describe('the chain of a book', () => {
  it('holds as it was written, and so do the balances', async () => {
    expect(await verified()).toMatchObject({ holds: true, entries: 8, findings: [], balances: 'checked' });
  });

  it('shows the first entry that was edited', async () => {
    const { _id } = await at(pilotId, 3);
    await stored().updateOne({ _id }, { $set: { projectId: 'prj-friend' } });
    const { findings } = await verified();
    expect(findings[0]).toMatchObject({ code: 'entry-changed', number: 3, entryId: _id });
  });

  it('shows an edit whose own hash was made to fit', async () => {
    const { _id } = await at(pilotId, 3);
    const changed = { ...(await entries())[2]!, kind: 'funds-given' };
    const { entryHash } = await import('@talkoot/api-contracts/payments/ledger-chain');
    const before = (await at(pilotId, 2)).sha256;
    const sha256 = entryHash(before, municipalityId, changed);
    await stored().updateOne({ _id }, { $set: { kind: 'funds-given', sha256 } });
    expect((await verified()).findings[0]).toMatchObject({ code: 'entry-changed', number: 4 });
  });

  it('shows a changed amount also by its transaction and its balance', async () => {
    const { _id } = await at(pilotId, 2);
    await stored().updateOne({ _id }, { $inc: { amount: 100 } });
    const { findings } = await verified();
    expect(findings.map(({ code }) => code)).toEqual([
      'entry-changed',
      'transaction-unbalanced',
      'balance-differs',
    ]);
  });

  it('shows the first entry that was removed, in the middle and at the end', async () => {
    const removed = await at(pilotId, 5);
    await stored().deleteOne({ _id: removed._id });
    expect((await verified()).findings[0]).toMatchObject({ code: 'entry-missing', number: 5 });
    await stored().insertOne(removed);
    await stored().deleteMany({ pilotId, number: { $gte: 7 } });
    expect((await verified()).findings[0]).toMatchObject({ code: 'entry-missing', number: 7 });
  });

  it('shows an entry that was put in between', async () => {
    const { _id: _, ...before } = await at(pilotId, 5);
    for (let number = 8; number > 5; number -= 1) {
      await stored().updateOne({ pilotId, number }, { $set: { number: number + 1 } });
    }
    await stored().insertOne({ ...before, _id: 'gift/1/0001', number: 6, transactionId: 'gift/1' });
    expect((await verified()).findings[0]).toMatchObject({
      code: 'entry-changed',
      number: 6,
      entryId: 'gift/1/0001',
    });
  });

  it('shows entries that changed places', async () => {
    const [a, b] = [await at(pilotId, 6), await at(pilotId, 7)];
    await stored().updateOne({ _id: a._id }, { $set: { number: 99 } });
    await stored().updateOne({ _id: b._id }, { $set: { number: 6 } });
    await stored().updateOne({ _id: a._id }, { $set: { number: 7 } });
    expect((await verified()).findings[0]).toMatchObject({
      code: 'entry-changed',
      number: 6,
      entryId: b._id,
    });
  });

  it('shows a book that was written anew from the beginning, by a head kept elsewhere', async () => {
    const kept = await heads();
    await rewriteAll('prj-friend');
    expect((await verified()).holds).toBe(true);
    expect((await verified(kept)).findings[0]).toMatchObject({ code: 'head-differs', number: 8 });
  });

  it('shows a balance that does not follow from the entries', async () => {
    const balances = fixture.connection.collection('ledgerbalances');
    await balances.updateOne({ pilotId, account: 'round-fund' }, { $inc: { credit: 5_000, balance: 5_000 } });
    const { findings } = await verified();
    expect(findings).toMatchObject([{ code: 'balance-differs', book: `2027/${pilotId}/EUR` }]);
    expect(findings[0]!.detail).toContain('round-fund');
  });

  it('is told to the outside, once for each head, and again when it has grown', async () => {
    await publishHeads(fixture.payments);
    const told = () =>
      fixture.connection
        .collection('outbox')
        .find({ 'envelope.type': 'org.talkoot.fund.ledger-sealed.v1', key: pilotId })
        .toArray();
    expect((await told()).map((row) => row['envelope'].data)).toMatchObject(
      await heads().then(([head]) => [{ entries: 8, sha256: head!.sha256 }]),
    );
    expect(await publishHeads(fixture.payments)).toBe(0);
    await commit(fixture, pilotId, `prj-more-${pilots}`);
    const rivals = await Promise.all([publishHeads(fixture.payments), publishHeads(fixture.payments)]);
    expect(rivals[0] + rivals[1]).toBe(1);
    expect((await told()).map((row) => row['envelope'].data.entries)).toEqual([8, 12]);
  });
});

/** What somebody who can write to the database does who wants everything to fit. */
async function rewriteAll(projectId: string): Promise<void> {
  const { chainStart, entryHash } = await import('@talkoot/api-contracts/payments/ledger-chain');
  let sha256 = chainStart;
  for (const entry of await entries()) {
    const project = entry.projectId === null ? null : projectId;
    sha256 = entryHash(sha256, municipalityId, { ...entry, projectId: project });
    await stored().updateOne({ _id: entry.entryId }, { $set: { projectId: project, sha256 } });
  }
  const { connection } = fixture;
  await connection.collection('ledgerbooks').updateOne({ pilotId }, { $set: { sha256 } });
  for (const balance of await connection
    .collection('ledgerbalances')
    .find({ pilotId, projectId: { $ne: null } })
    .toArray()) {
    await connection.collection('ledgerbalances').updateOne({ _id: balance._id }, { $set: { projectId } });
  }
}
