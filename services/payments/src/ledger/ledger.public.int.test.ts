import type { LedgerEntry, LedgerLine } from '@talkoot/api-contracts/payments';
import { checkLedger, isRedacted } from '@talkoot/api-contracts/payments/ledger-chain';
import { idFrom, inTransaction } from '@talkoot/http-service';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import {
  euros,
  instruct,
  key,
  municipalityId,
  owedProject,
  paymentsFixture,
  propose,
} from '../payments.fixture.ts';
import type { PaymentsFixture } from '../payments.fixture.ts';
import { settle } from '../settlement/settlement.fixture.ts';
import type { EntryDocument } from './entry.ts';
import { fundsOpened } from './postings.ts';

const params = { municipalityId };
const [pilotId, projectId] = ['pil-public', 'prj-public'];
let fixture: PaymentsFixture;
/** On top of the one wage. */
const employerCost = 4_321;
let declinedId: string;
/** What each of the four payees gets: no two the same, and no sum of the budget. */
let shares: number[];
beforeAll(async () => {
  fixture = await paymentsFixture(inject('mongodbUrl'));
  const owed = await owedProject(fixture, pilotId, projectId);
  shares = owed.map(({ amount }) => amount.amount);
  const declined = owed.find(({ payeeId }) => payeeId === 'per-volunteer-2')!.obligationId;
  declinedId = declined;
  const others = owed.map(({ obligationId }) => obligationId).filter((one) => one !== declined);
  const lines = await instruct(fixture, await propose(fixture, others));
  for (const line of lines) await settle(fixture, [{ ...line, employerCost }]);
  const person = await fixture.as('per-volunteer-2', 'resident');
  await person.declineObligation({ params: { ...params, obligationId: declined }, idempotencyKey: key() });
});
afterAll(() => fixture.stop());

const resident = () => fixture.as('per-x', 'resident');
const auditor = () => fixture.as('per-auditor', 'auditor');
type Reader = PaymentsFixture['anyone'];

async function linesFor(reader: Reader, scope: { projectId?: string } = {}): Promise<LedgerLine[]> {
  const all: LedgerLine[] = [];
  let after: string | undefined;
  do {
    const query = { pilotId, limit: 7, ...scope, ...(after ? { after } : {}) };
    const page = await reader.listLedgerEntries({ params, query });
    all.push(...page.items);
    after = page.next ?? undefined;
  } while (after);
  return all;
}
const whole = (lines: readonly LedgerLine[]) =>
  lines.filter((line): line is LedgerEntry => !isRedacted(line));

describe('the public ledger', () => {
  it('names no obligation of a person and shows no payee’s payment, batch or bank side of it', async () => {
    const told = JSON.stringify(await linesFor(fixture.anyone));
    expect(told).not.toMatch(/obl-|att-|per-/);
    const csv = await fixture.anyone.exportLedger({ params, query: { pilotId } });
    expect(csv).not.toMatch(/obl-|att-|per-/);
    const shown = whole(await linesFor(fixture.anyone));
    expect(new Set(shown.map(({ kind }) => kind))).toEqual(
      new Set(['funds-opened', 'project-committed', 'bonus-awarded', 'obligation-closed']),
    );
    const amounts = shown.filter(({ kind }) => kind === 'bonus-awarded').map(({ amount }) => amount.amount);
    expect(amounts).toEqual([60_000, 60_000]);
  });

  it('has no key by which whoever knows an obligation finds what it was worth', async () => {
    const closed = whole(await linesFor(fixture.anyone)).filter(({ kind }) => kind === 'obligation-closed');
    expect(closed.length).toBeGreaterThan(0);
    for (const { transactionId } of closed) {
      expect(transactionId).not.toBe(`obligation-closed/${idFrom(declinedId, 'clo')}`);
    }
  });

  it('is whole for roles that see money, and redacted for everybody else who is signed in', async () => {
    const all = await linesFor(await auditor());
    expect(all.some(isRedacted)).toBe(false);
    expect((await linesFor(fixture.clerk)).length).toBe(all.length);
    const hidden = (await linesFor(await resident())).filter(isRedacted);
    expect(hidden.length).toBeGreaterThan(0);
    expect(Object.keys(hidden[0]!).toSorted()).toEqual(
      ['at', 'commitment', 'currency', 'fiscalYear', 'number', 'pilotId', 'sha256'].toSorted(),
    );
  });

  it('of a project has no entry that is redacted: it would say whose project it is of', async () => {
    const lines = await linesFor(fixture.anyone, { projectId });
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.filter(isRedacted)).toEqual([]);
    expect((await linesFor(fixture.clerk, { projectId })).length).toBeGreaterThan(lines.length);
  });

  it('is verified by anybody to the same heads as by an auditor', async () => {
    const { items } = await fixture.anyone.listLedgerBooks({ params, query: { limit: 200 } });
    const heads = items.filter((one) => one.pilotId === pilotId);
    const reportFor = async (reader: Reader) => {
      const checker = checkLedger(municipalityId, heads);
      for (const line of await linesFor(reader)) checker.take(line);
      return checker.finish();
    };
    const [open, full] = [await reportFor(fixture.anyone), await reportFor(await auditor())];
    expect(open).toMatchObject({ holds: true, entries: full.entries, heads: full.heads });
    expect([open.redacted > 0, full.redacted]).toEqual([true, 0]);
  });

  it('shows anybody that a redacted entry was edited', async () => {
    const entries = fixture.connection.collection<EntryDocument>('ledgerentries');
    const of = { pilotId, kind: 'payment-settled' };
    const before = (await entries.findOne(of))!;
    for (const change of [
      { amount: before.amount + 1 },
      { obligationId: 'obl-2' },
      { salt: 'f'.repeat(32) },
    ]) {
      await entries.updateOne({ _id: before._id }, { $set: change });
      const checker = checkLedger(municipalityId);
      for (const line of await linesFor(fixture.anyone)) checker.take(line);
      await entries.replaceOne({ _id: before._id }, before);
      const { findings } = checker.finish();
      expect(findings[0]).toMatchObject({ code: 'entry-changed', number: before.number });
    }
  });
});

describe('the end of a year', () => {
  const params = { municipalityId, pilotId: 'pil-ending', fiscalYear: 2027 };
  const preview = async (reader: Reader) => amountsIn(await reader.previewYearEnd({ params }));
  const proposal = async (reader: Reader) => {
    const zero = euros(0);
    const body = { allotment: { round: zero, bonus: zero, outcome: zero }, reason: 'The year is over' };
    await fixture.clerk.proposeYearEnd({ params, body, idempotencyKey: key() });
    return amountsIn(await reader.getYearEnd({ params }));
  };
  type Lines = Pick<
    Awaited<ReturnType<Reader['previewYearEnd']>>,
    'lapses' | 'carriesOver' | 'bringsForward'
  >;
  const amountsIn = ({ lapses, carriesOver, bringsForward }: Lines) =>
    new Map(
      [...lapses, ...carriesOver, ...bringsForward].map(({ account, projectId: of, amount }) => [
        `${account}/${of}`,
        amount.amount,
      ]),
    );

  it('tells the public nothing of what people are owed, however often preview and proposal are asked', async () => {
    const owed = await owedProject(fixture, params.pilotId, 'prj-ending');
    const lines = await instruct(
      fixture,
      await propose(
        fixture,
        owed.map(({ obligationId }) => obligationId),
      ),
    );
    for (const ask of [preview, proposal]) {
      const accounts = [...(await ask(fixture.clerk)).keys()];
      expect(accounts).toContain('in-transit/prj-ending');
    }
    const polls = [await preview(fixture.anyone), await proposal(await resident())];
    for (const line of lines) {
      await settle(fixture, [line]);
      polls.push(await preview(fixture.anyone), await proposal(await resident()));
    }
    for (const poll of polls) {
      expect(poll).toEqual(polls[0]);
      expect([...poll.keys()].join()).not.toMatch(/payable|in-transit|withholding/);
    }
    expect(polls[0]!.get('reserve/prj-ending')).toBe(40_000);
  });
});

describe('the trial balance', () => {
  const trial = (reader: Reader, query: object = {}) =>
    reader.getTrialBalance({ params, query: { pilotId, limit: 200, ...query } });

  it('balances for everybody, and tells nobody what a payee got, however often it is asked', async () => {
    const entries = fixture.connection.collection<EntryDocument>('ledgerentries');
    const instants = (await entries.distinct('at', { pilotId })) as Date[];
    const steps = instants.toSorted((a, b) => a.getTime() - b.getTime());
    const seen = new Map<string, number>();
    const moved = new Set<number>();
    for (const at of steps) {
      const { balanced, items } = await trial(fixture.anyone, { at: at.toISOString() });
      expect(balanced).toBe(true);
      for (const { account, projectId: of, debit, credit } of items) {
        for (const [side, sum] of Object.entries({ debit, credit })) {
          const place = `${account}/${of}/${side}`;
          moved.add(sum - (seen.get(place) ?? 0));
          seen.set(place, sum);
        }
      }
    }
    const declined = 6_000;
    expect(moved.has(employerCost)).toBe(false);
    expect(shares.filter((share) => moved.has(share))).toEqual([declined]);
    const full = await trial(await auditor());
    expect(full.balanced).toBe(true);
    expect(full.items.map(({ account }) => account)).toContain('bank');
  });

  it('is paged without loss, and its totals are of all pages', async () => {
    const all = await trial(fixture.clerk);
    const paged: typeof all.items = [];
    let after: string | undefined;
    do {
      const page = await trial(fixture.clerk, { limit: 2, ...(after ? { after } : {}) });
      expect(page.items.length).toBeLessThanOrEqual(2);
      expect(page.totals).toEqual(all.totals);
      paged.push(...page.items);
      after = page.next ?? undefined;
    } while (after);
    expect(paged).toEqual(all.items);
    expect(new Set(paged.map((one) => JSON.stringify(one))).size).toBe(paged.length);
  });

  it('keeps currencies apart: they are not added, and each balances by itself', async () => {
    const book = { municipalityId, pilotId: 'pil-kronor', fiscalYear: 2027, currency: 'SEK' };
    const posted = fundsOpened(book, { round: 500, bonus: 40, outcome: 3 });
    await inTransaction(fixture.connection, (session) =>
      fixture.payments.ledger.post(session, posted, new Date()),
    );
    const { totals, balanced } = await fixture.anyone.getTrialBalance({ params, query: {} });
    expect(balanced).toBe(true);
    expect(totals.map(({ currency }) => currency)).toEqual(['EUR', 'SEK']);
    expect(totals[1]).toEqual({ currency: 'SEK', debit: 543, credit: 543 });
    const entries = fixture.connection.collection<EntryDocument>('ledgerentries');
    const [krona] = await entries.find({ pilotId: 'pil-kronor', side: 'debit' }).toArray();
    const euro = (await entries.findOne({ pilotId, side: 'credit', salt: null }))!;
    // A krona too much on one side and a cent on the other are no balance.
    await entries.updateOne({ _id: krona!._id }, { $inc: { amount: 1 } });
    await entries.updateOne({ _id: euro._id }, { $inc: { amount: 1 } });
    expect((await fixture.anyone.getTrialBalance({ params, query: {} })).balanced).toBe(false);
    await entries.replaceOne({ _id: krona!._id }, krona!);
    await entries.replaceOne({ _id: euro._id }, euro);
  });
});
