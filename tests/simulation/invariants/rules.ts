import { batchHash } from '../../../services/payments/src/batch/batch.ts';
import { isGuarded } from '../../../services/payments/src/ledger/ledger.ts';
import type { Bank } from '../bank/bank.ts';
import type { Message } from '../town/bus.ts';
import { Violation } from '../world/world.ts';
import { netByAccount, paidByObligation } from './books.ts';
import type { Books } from './books.ts';

export interface Scene {
  readonly books: Books;
  readonly bank: Bank;
  /** Messages that the broker has taken. */
  readonly messages: readonly Message[];
}

const require = (holds: boolean, says: () => string): void => {
  if (!holds) throw new Violation(says());
};

/** A rule and all that it looks at: while that is the same there is no need to look again. */
interface Rule {
  readonly require: (scene: Scene) => void;
  readonly of: (scene: Scene) => readonly unknown[];
}

/** Every rule that holds at every moment. */
const rules: readonly Rule[] = [
  { require: requireBalance, of: ({ books }) => [books.entries()] },
  { require: requireMoneyKept, of: ({ books }) => [books.entries()] },
  {
    require: requirePaidOnce,
    of: ({ books, bank }) => [books.entries(), books.attempts(), bank.movements.length],
  },
  { require: requireUnique, of: ({ books }) => [books.obligations().length, books.attempts().length] },
  {
    require: requireSignedBatches,
    of: ({ books }) => [books.batches(), books.attempts(), books.obligations()],
  },
  { require: requireRecord, of: ({ books }) => [books.batches(), books.lifecycles()] },
  { require: requireCommitted, of: ({ books, messages }) => [books.outbox(), messages.length] },
];

/** @returns holds the rules against what has changed since it was last called; throws a {@link Violation} */
export function watch(scene: Scene): () => void {
  const seen: (readonly unknown[])[] = rules.map(() => []);
  return () => {
    for (const [at, rule] of rules.entries()) {
      const now = rule.of(scene);
      if (now.every((one, place) => one === seen[at]![place])) continue;
      seen[at] = now;
      rule.require(scene);
    }
  };
}

/** debits = credits; balances are the sums of their entries; what is guarded is never below zero. */
function requireBalance({ books }: Scene): void {
  const byTransaction = new Map<string, number>();
  const byAccount = new Map<string, { debit: number; credit: number }>();
  for (const entry of books.entries()) {
    const { transactionId, side, amount } = entry;
    byTransaction.set(
      transactionId,
      (byTransaction.get(transactionId) ?? 0) + (side === 'debit' ? amount : -amount),
    );
    const key = [
      entry.municipalityId,
      entry.fiscalYear,
      entry.pilotId ?? '-',
      entry.currency,
      entry.account,
      entry.obligationId ?? entry.projectId ?? '-',
    ].join('/');
    const sums = byAccount.get(key) ?? { debit: 0, credit: 0 };
    sums[side] += amount;
    byAccount.set(key, sums);
  }
  for (const [id, net] of byTransaction)
    require(net === 0, () => `debits of ${id} differ from its credits by ${net}`);
  const balances = books.balances();
  require(balances.length === byAccount.size, () => 'an account has no balance');
  for (const { _id, account, debit, credit, balance } of balances) {
    const sums = byAccount.get(_id);
    require(sums?.debit === debit && sums.credit === credit, () =>
      `the balance of ${_id} is not the sum of its entries`);
    require(!isGuarded(account) || balance >= 0, () => `${_id} is overdrawn: ${balance}`);
  }
}

/** What payroll took of reserves that are not at their end yet: the ledger moves them then. */
function contributionsTaken(entries: ReturnType<Scene['books']['entries']>): number {
  const sumOf = (kind: string, account: string) =>
    entries
      .filter((one) => one.kind === kind && one.account === account)
      .reduce((sum, { amount }) => sum + amount, 0);
  return sumOf('employer-cost-covered', 'withholding') - sumOf('reserve-returned', 'bonus-expended');
}

/** fund + set aside + owed + under way + paid is what was allotted. */
function requireMoneyKept({ books }: Scene): void {
  const net = netByAccount(books.entries());
  const funds = -(net('round-fund') + net('bonus-fund') + net('outcome-fund'));
  const setAside = -(net('commitment') + net('reserve')) - contributionsTaken(books.entries());
  const owed = -net('payable');
  const underWay = -net('in-transit');
  // What a bank kept of a return is paid, and owed again.
  const paid = -net('bank') - net('withholding') - net('suspense') - net('bank-fees');
  const sum = funds + setAside + owed + underWay + paid;
  require(sum === net('allotment'), () =>
    `of ${net('allotment')} allotted ${sum} are known of: funds ${funds}, set aside ${setAside}, owed ${owed}, under way ${underWay}, paid ${paid}`);
}

/** settled − returned ≤ approved, in the ledger and at the bank; one open attempt for each obligation. */
function requirePaidOnce({ books, bank }: Scene): void {
  const obligations = new Map(books.obligations().map((one) => [one._id, one]));
  const open = new Set<string>();
  for (const attempt of books.attempts().filter((one) => one.open)) {
    require(!open.has(attempt.obligationId), () => `${attempt.obligationId} has two open attempts`);
    open.add(attempt.obligationId);
  }
  for (const [id, paid] of paidByObligation(books.entries())) {
    const approved = obligations.get(id)?.amount ?? 0;
    require(paid <= approved, () => `${id} is settled with ${paid} of ${approved} approved`);
    require(paid >= 0, () => `more of ${id} was returned than settled: ${paid}`);
  }
  for (const [id, paid] of bank.paidByObligation()) {
    const approved = obligations.get(id)?.amount ?? 0;
    require(paid <= approved, () => `the bank was told to pay ${paid} for ${id}, of ${approved} approved`);
  }
}

/** One obligation for a decision, payee and tranche; one end-to-end id for an attempt. */
function requireUnique({ books }: Scene): void {
  const requireDistinct = (keys: readonly string[], what: string) =>
    require(new Set(keys).size === keys.length, () => `two ${what}`);
  requireDistinct(
    books.obligations().map((one) => `${one.decisionId}/${one.payeeId}/${one.tranche}`),
    'obligations for one decision, payee and tranche',
  );
  requireDistinct(
    books.attempts().map((one) => one.endToEndId),
    'attempts under one end-to-end id',
  );
}

const beforeRelease = ['batched', 'approved', 'withdrawn'];

/** Three different people for what is under way, and they signed what is paid. */
function requireSignedBatches({ books }: Scene): void {
  const attempts = Map.groupBy(books.attempts(), (one) => one.batchId);
  const owed = new Map(books.obligations().map((one) => [one._id, one]));
  for (const batch of books.batches()) {
    const { _id, proposedBy, approvedBy, releasedBy, sha256 } = batch;
    const lines = attempts.get(_id) ?? [];
    const signed = lines.map((attempt) => ({ attempt, obligation: owed.get(attempt.obligationId)! }));
    require(batchHash(batch, signed) === sha256, () => `the lines of ${_id} are not what was signed`);
    if (lines.every(({ state }) => beforeRelease.includes(state))) continue;
    const people = [proposedBy, approvedBy, releasedBy];
    const isSigned = people.every((one) => one !== null) && new Set(people).size === 3;
    require(isSigned, () => `${_id} is paid without three people: ${people.join(', ')}`);
  }
}

/** A batch is where its lifecycle is, whose steps have no gap. */
function requireRecord({ books }: Scene): void {
  const lifecycles = new Map(books.lifecycles().map((one) => [one.lifecycleId, one]));
  const steps = Map.groupBy(books.steps(), (one) => one.lifecycleId);
  for (const { _id, state } of books.batches()) {
    const { phase, step } = lifecycles.get(_id) ?? { phase: 'none', step: 0 };
    require(phase === state || phase === 'new', () => `${_id} is ${state}, its lifecycle ${phase}`);
    require((steps.get(_id)?.length ?? 0) === step, () => `${_id} lacks steps before ${step}`);
  }
}

/** What the bus has was committed. */
function requireCommitted({ books, messages }: Scene): void {
  const committed = new Set(books.outbox().map(({ _id }) => _id));
  for (const { id } of messages) {
    require(committed.has(id), () => `${id} is on the bus and was never committed`);
  }
}
