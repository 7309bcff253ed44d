import { inboxId } from '../../../packages/event-bus/src/inbox.ts';
import { isClosed } from '../../../services/payments/src/obligation/obligation.ts';
import type { BatchEngine } from '../engine/batch.engine.ts';
import { payoutTypes } from '../town/finance.ts';
import { Violation } from '../world/world.ts';
import { netByAccount, paidByObligation } from './books.ts';
import type { Scene } from './rules.ts';

const over: readonly string[] = ['reconciled', 'refused', 'expired'];
const require = (holds: boolean, says: () => string): void => {
  if (!holds) throw new Violation(`at rest: ${says()}`);
};

/** What holds once nothing goes wrong any more and nothing is left to do. @throws Violation */
export function requireAtRest(scene: Scene & { readonly engine: BatchEngine; readonly group: string }): void {
  requireAllClosed(scene);
  requireAllTold(scene);
  requireBankReconciled(scene);
}

function requireAllClosed({ books, engine }: Parameters<typeof requireAtRest>[0]): void {
  for (const { _id, state } of books.obligations()) require(isClosed(state), () => `${_id} is ${state}`);
  const paid = paidByObligation(books.entries());
  for (const { _id, state, amount } of books.obligations()) {
    const expected = state === 'settled' ? amount : 0;
    require((paid.get(_id) ?? 0) === expected, () => `${_id} is ${state}, and ${paid.get(_id)} was paid`);
  }
  for (const { _id, state } of books.batches()) {
    require(over.includes(state), () => `${_id} is ${state}`);
    const phase = engine.runs.get(`batch/${_id}`)?.state.phase;
    require(phase === state, () => `${_id} is ${state}, its workflow ${phase}`);
  }
  const net = netByAccount(books.entries());
  for (const account of ['payable', 'in-transit', 'reserve', 'commitment']) {
    require(net(account) === 0, () => `${account} holds ${net(account)}`);
  }
}

/** outbox = inbox = booked: each event once, with the amounts of the ledger. */
function requireAllTold({ books, messages, group }: Parameters<typeof requireAtRest>[0]): void {
  require(books.unpublished().length === 0, () => 'the outbox holds what was not delivered');
  const sent = new Set(messages.map(({ id }) => id));
  for (const { _id } of books.events()) require(sent.has(_id), () => `${_id} never came to the bus`);
  const applied = new Set(books.inbox().map(({ _id }) => _id));
  const payouts = books.events().filter(({ envelope }) => payoutTypes.includes(envelope.type));
  for (const { envelope } of payouts) {
    require(applied.has(inboxId(group, envelope)), () => `${envelope.id} was never taken in`);
  }
  require(applied.size === payouts.length, () => 'finance took in what was never told');
  const paid = paidByObligation(books.entries());
  for (const { _id, paid: booked } of books.booked()) {
    require(booked === (paid.get(_id) ?? 0), () =>
      `finance booked ${booked} for ${_id}, the ledger ${paid.get(_id)}`);
  }
}

/** What moved at the bank is in the ledger to the cent, on payments or in suspense, each movement once. */
function requireBankReconciled({ books, bank }: Parameters<typeof requireAtRest>[0]): void {
  const net = netByAccount(books.entries());
  const moved = bank.movements.reduce((sum, { way, amount }) => sum + (way === 'out' ? amount : -amount), 0);
  require(-net('bank') === moved, () => `the bank moved ${moved}, the ledger says ${-net('bank')}`);
  const taken = books.movements().length + books.receipts().length;
  require(taken === bank.references.size, () =>
    `${bank.references.size} movements were told, ${taken} taken in`);
}
