import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entriesIn } from './bank.reading.ts';
import type { BankEntry } from './bank.reading.ts';
import { every, financeDesk, here, sum } from './finance.desk.ts';
import type { FinanceDesk } from './finance.desk.ts';
import { financeRules } from './finance.rules.ts';
import { keptDemo } from './kept-demo.ts';
import type { KeptDemo } from './kept-demo.ts';

interface Outcome {
  result: {
    pilot: { phase: string };
    projects: {
      id: string;
      phase: string;
      votes: number;
      funded: boolean;
      methods: string[];
      score: string | null;
    }[];
    polls: { kind: string; outcome: string; ballots: number; onPaper: number; recounted: string | null }[];
    payouts: { project: string; payee: string; amount: { amount: number }; state: string }[];
    outcomes: { project: string; amount: string; currency: string; reason: string }[];
    records: { person: string; score: string | null; contested: object[] }[];
    ledger: { balanced: boolean; debit: number; credit: number };
    reconciliation: {
      rejected: number;
      returned: number;
      paid: number;
      inTransit: number;
      complete: boolean;
    };
  };
  run: { kills: string[] };
}

/** What takes days in a deployment: the cooling-off of an account (36 s here), and how long a webhook is tried (four times). */
const waits = {
  ACCOUNT_COOLING_OFF_HOURS: '0.01',
  PAYMENT_RETURN_DAYS: '0',
  WEBHOOK_RETRY_SECONDS: '1,1,2',
};

let demo: KeptDemo;
let quiet: Outcome;
let desk: FinanceDesk;

beforeAll(async () => {
  demo = await keptDemo(waits);
  quiet = demo.printed as Outcome;
  desk = await financeDesk(demo.stack);
}, 600_000);
afterAll(() => demo?.stop());

describe('a pilot from sponsor to payout', () => {
  it('carries every proposal to the end that its course asks for', () => {
    expect(quiet.result.pilot.phase).toBe('concluded');
    expect(Object.fromEntries(quiet.result.projects.map(({ id, phase }) => [id, phase]))).toEqual({
      'bicycle-racks': 'closed',
      'healthy-school-food': 'closed',
      'library-evenings': 'closed',
      'private-jetty': 'refused',
      'shore-path': 'not-funded',
      'skate-ramp': 'withdrawn',
      statue: 'lapsed',
    });
  });

  it('estimates by a synthetic control and by an interrupted series from what feeds delivered', () => {
    const methods = Object.fromEntries(quiet.result.projects.map((one) => [one.id, one.methods]));
    expect(methods['bicycle-racks']).toContain('synthetic-control');
    expect(methods['healthy-school-food']).toContain('interrupted-time-series');
  });

  it('keeps a record of each civil servant, in which an upheld contest leaves both figures', () => {
    const contested = [{ criterion: 'hours', recorded: '1/15', figure: '5/6', contest: 'upheld' }];
    expect(quiet.result.records).toEqual([
      { person: 'civil-servant-1', score: '707/750', contested },
      // Nobody rated the second one: stars are missing, and so is a score.
      { person: 'civil-servant-2', score: null, contested: [] },
    ]);
  });

  it('holds sealed polls that everybody recounts', () => {
    const { polls } = quiet.result;
    expect(polls.map(({ kind }) => kind)).toEqual([
      ...Array.from({ length: 3 }, () => 'bonus'),
      ...Array.from({ length: 3 }, () => 'criteria'),
      'prioritisation',
    ]);
    for (const { outcome, recounted } of polls) expect([outcome, recounted]).toEqual(['counted', '19/19']);
    expect(polls.at(-1)).toMatchObject({ ballots: 60, onPaper: 4 });
  });

  it('pays nobody for a failed project and everybody else once', () => {
    const { payouts } = quiet.result;
    expect(new Set(payouts.map(({ project }) => project))).toEqual(
      new Set(['bicycle-racks', 'healthy-school-food']),
    );
    expect(payouts.every(({ state }) => state === 'settled')).toBe(true);
    expect(new Set(payouts.map(({ project, payee }) => `${project}/${payee}`)).size).toBe(payouts.length);
  });

  it('pays an investor by the outcome contract, to the cent, beside the bonus', () => {
    const { outcomes, payouts } = quiet.result;
    expect(outcomes).toEqual([
      { project: 'bicycle-racks', amount: '4425.00', currency: 'EUR', reason: 'paid' },
    ]);
    const invested = payouts.filter(({ payee }) => payee === 'investor');
    expect(invested.map(({ amount, state }) => [amount.amount, state])).toEqual([[442_500, 'settled']]);
  });

  it('pays through bank files, and reconciles to the cent after a rejection and a return', () => {
    const { reconciliation, payouts } = quiet.result;
    const paid = payouts.reduce((sum, { amount }) => sum + amount.amount, 0);
    expect(reconciliation).toMatchObject({ rejected: 1, returned: 1, paid, inTransit: 0, complete: true });
  });

  it('keeps the ledger balanced', () => {
    expect(quiet.result.ledger).toMatchObject({ balanced: true, debit: quiet.result.ledger.credit });
  });
});

describe('the payments of the demo, read from the files of the bank and of payroll', () => {
  let entries: BankEntry[];
  /** Each movement once, however often the bank told of it. */
  let movements: BankEntry[];
  beforeAll(async () => {
    const { payments } = desk.clerk;
    const messages = await every((query) => payments.listBankMessages({ params: here, query }));
    const files = messages.map(({ messageFileId }) =>
      payments.downloadBankMessage({ params: { ...here, messageFileId } }),
    );
    entries = (await Promise.all(files)).flatMap(entriesIn).filter(({ booked }) => booked);
    movements = [...new Map(entries.map((entry) => [entry.reference, entry])).values()];
  });

  const obligations = () => every((query) => desk.clerk.payments.listObligations({ params: here, query }));
  const receipts = () => every((query) => desk.clerk.payments.listPayrollReceipts({ params: here, query }));
  const suspense = () => every((query) => desk.clerk.payments.listSuspense({ params: here, query }));

  it('ignored the booking that the bank told twice, which finance can see', async () => {
    expect(entries.length - movements.length).toBe(1);
    const messages = await every((query) => desk.clerk.payments.listBankMessages({ params: here, query }));
    expect(sum(messages.map(({ duplicates }) => duplicates))).toBe(1);
    expect(messages.filter(({ state }) => state === 'quarantined')).toEqual([]);
  });

  it('put the booking without details into suspense, until two people said which payments it was', async () => {
    const [unclear, ...more] = movements.filter(({ endToEndIds }) => endToEndIds.length === 0);
    expect(more).toEqual([]);
    const items = await suspense();
    expect(items).toMatchObject([{ code: 'no-details', alarm: false, state: 'resolved', way: 'out' }]);
    const [{ amount, proposal, confirmedBy }] = items as [(typeof items)[number]];
    expect(amount?.amount).toBe(unclear!.amount);
    expect([proposal?.by, confirmedBy]).toEqual([desk.clerk.personId, desk.approver.personId]);
    const { resolution } = proposal!;
    const matched = resolution.as === 'matched' ? resolution.attemptIds : [];
    const paid = (await obligations()).filter(({ attempts }) =>
      attempts.some(({ attemptId }) => matched.includes(attemptId)),
    );
    expect(paid.map(({ state }) => state)).toEqual(['settled', 'settled']);
    expect(sum(paid.map((one) => one.amount.amount))).toBe(unclear!.amount);
  });

  it('settled each wage by a receipt of payroll: gross is net and what was withheld', async () => {
    const wages = (await obligations()).filter(({ attempts }) => attempts.at(-1)?.method === 'payroll');
    const given = await receipts();
    expect(wages.map(({ payeeRole }) => payeeRole)).toEqual(wages.map(() => 'civil-servant'));
    const owed = wages.map(({ obligationId, amount }) => [obligationId, amount.amount] as const);
    expect(new Map(given.map(({ obligationId, gross }) => [obligationId, gross]))).toEqual(new Map(owed));
    expect(given).toHaveLength(wages.length);
    expect(wages.length).toBeGreaterThan(1);
    for (const { gross, net, withheld, status } of given)
      expect([gross, status]).toEqual([net + withheld, 'paid']);
  });

  it('reconcile to the cent: what the bank booked, what the ledger holds, and what was owed and paid', async () => {
    const left = sum(movements.filter(({ direction }) => direction === 'DBIT').map(({ amount }) => amount));
    const returned = movements.filter(({ isReturn }) => isReturn);
    expect(movements.filter(({ direction }) => direction === 'CRDT')).toEqual(returned);
    expect(returned).toHaveLength(1);
    const byBank = left - sum(returned.map(({ amount }) => amount));

    const entries = await every((query) => desk.clerk.payments.listLedgerEntries({ params: here, query }));
    const ledger = entries.filter((entry) => 'account' in entry);
    expect(ledger).toHaveLength(entries.length);
    const bank = ledger.filter(({ account }) => account === 'bank');
    const wages = bank.filter(({ kind }) => kind === 'payroll-run');
    const outOf = (lines: typeof bank) =>
      sum(lines.map(({ side, amount }) => (side === 'credit' ? amount.amount : -amount.amount)));

    const settled = (await obligations()).flatMap(({ attempts, amount }) =>
      attempts
        .filter(({ state }) => state === 'settled')
        .map(({ method }) => ({ method, cents: amount.amount })),
    );
    const settledBy = (method: 'bank' | 'payroll') =>
      sum(settled.filter((one) => one.method === method).map(({ cents }) => cents));
    const given = await receipts();

    expect({ bank: byBank, ledger: outOf(bank) - outOf(wages) }).toEqual({
      bank: settledBy('bank'),
      ledger: settledBy('bank'),
    });
    expect(outOf(wages)).toBe(sum(given.map(({ net }) => net)));
    expect(sum(given.map(({ gross }) => gross))).toBe(settledBy('payroll'));
    expect(quiet.result.reconciliation.paid).toBe(settledBy('bank') + settledBy('payroll'));
    const open = ledger.filter(({ account }) => account === 'suspense' || account === 'in-transit');
    expect(outOf(open)).toBe(0);
  });
});

financeRules(() => ({ desk, stack: demo.stack }));
