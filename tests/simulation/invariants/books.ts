import type { EventRow } from '../../../packages/event-bus/src/outbox.rows.ts';
import type { BatchDocument } from '../../../services/payments/src/batch/batch.store.ts';
import type { BalanceDocument, EntryDocument } from '../../../services/payments/src/ledger/ledger.store.ts';
import type {
  AttemptDocument,
  ObligationDocument,
} from '../../../services/payments/src/obligation/obligation.store.ts';
import type {
  MovementDocument,
  SuspenseDocument,
} from '../../../services/payments/src/settlement/settlement.store.ts';
import type { ReceiptDocument } from '../../../services/payments/src/payroll/payroll.store.ts';
import type { MemoryDatabase } from '../database/memory.database.ts';
import type { Booked } from '../town/finance.ts';

/** What is committed, read past the service: rules are held against this and not against what the service says. */
export function booksOf(database: MemoryDatabase, finance: MemoryDatabase) {
  const all = (name: string): unknown => database.collection(name).committed();
  const outbox = () => all('outbox') as readonly EventRow[];
  return {
    entries: () => all('ledgerentries') as readonly EntryDocument[],
    balances: () => all('ledgerbalances') as readonly BalanceDocument[],
    obligations: () => all('obligations') as readonly ObligationDocument[],
    attempts: () => all('attempts') as readonly AttemptDocument[],
    batches: () => all('batches') as readonly BatchDocument[],
    movements: () => all('movements') as readonly MovementDocument[],
    receipts: () => all('payrollreceipts') as readonly ReceiptDocument[],
    outbox,
    suspense: () => all('suspense') as readonly SuspenseDocument[],
    events: () => outbox().filter(({ channel }) => channel === 'event'),
    unpublished: () => outbox().filter(({ publishedAt }) => publishedAt === null),
    lifecycles: () => all('lifecycles') as readonly { lifecycleId: string; phase: string; step: number }[],
    steps: () => all('lifecyclesteps') as readonly { lifecycleId: string; number: number }[],
    inbox: () => finance.collection('inbox').committed() as unknown as readonly { _id: string }[],
    booked: () => finance.collection('booked').committed() as unknown as readonly Booked[],
  };
}
export type Books = ReturnType<typeof booksOf>;

/** Settled less returned of each obligation, as the ledger has it. */
export function paidByObligation(entries: readonly EntryDocument[]): Map<string, number> {
  const paid = new Map<string, number>();
  for (const { kind, account, obligationId, amount } of entries) {
    if (obligationId === null) continue;
    const settled = kind === 'payment-settled' && account === 'in-transit' ? amount : 0;
    const returned = kind === 'payment-returned' && account === 'payable' ? amount : 0;
    paid.set(obligationId, (paid.get(obligationId) ?? 0) + settled - returned);
  }
  return paid;
}

/** Debits less credits of each account, over everything. */
export function netByAccount(entries: readonly EntryDocument[]): (account: string) => number {
  const net = new Map<string, number>();
  for (const { account, side, amount } of entries) {
    net.set(account, (net.get(account) ?? 0) + (side === 'debit' ? amount : -amount));
  }
  return (account) => net.get(account) ?? 0;
}
