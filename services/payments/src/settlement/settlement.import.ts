import { idFrom } from '@talkoot/http-service';
import type { ClientSession } from 'mongoose';
import { linesOf } from '../batch/batch.steps.ts';
import type { Payments } from '../context.ts';
import { paymentRejected, paymentReturned, paymentSettled, suspenseBooked } from '../ledger/postings.ts';
import { reportClosed } from '../obligation/obligation.closing.ts';
import type { AttemptDocument, ObligationDocument } from '../obligation/obligation.store.ts';
import { payoutFailure, payoutStep } from '../obligation/payout.events.ts';
import { decideSettlement } from './settlement.ts';
import type { Outcome, SettlementLine } from './settlement.ts';
import type { MovementDocument, SuspenseDocument } from './settlement.store.ts';

const postings = { settled: paymentSettled, rejected: paymentRejected, returned: paymentReturned } as const;
type Booked = Extract<Outcome, { attemptId: string }>;
type Suspended = Extract<Outcome, { code: string }>;

/** Takes in every movement or, when one differs, none. */
export async function importSettlements(
  payments: Payments,
  session: ClientSession,
  municipalityId: string,
  lines: readonly SettlementLine[],
) {
  const at = payments.now();
  const attempts = await payments.obligations.attemptsByEndToEndId(
    municipalityId,
    lines.map((line) => line.endToEndId),
    session,
  );
  const movements = lines.map((line) => movementOf(municipalityId, line, at));
  const known = await payments.settlements.known(
    session,
    movements.map(({ _id }) => _id),
  );
  const isKnown = (line: SettlementLine) => known.has(movementOf(municipalityId, line, at)._id);
  const booked = new Set(lines.filter(isKnown).map((line) => line.bankReference));
  const outcomes = decideSettlement(lines, attempts, booked);
  const fresh = movements.filter((_, line) => outcomes[line]!.kind !== 'duplicate');
  await payments.settlements.insertMovements(session, fresh);
  await bookAll(payments, session, { municipalityId, attempts, at, outcomes: outcomes.filter(isBooked) });
  const suspense = outcomes.filter(isSuspended).map((outcome) => suspenseOf(municipalityId, outcome, at));
  for (const item of suspense) await suspend(payments, session, item);
  return { ...countsOf(outcomes), suspense };
}

const isBooked = (outcome: Outcome): outcome is Booked => 'attemptId' in outcome;
const isSuspended = (outcome: Outcome): outcome is Suspended => outcome.kind === 'suspense';

function countsOf(outcomes: readonly Outcome[]) {
  const count = (kind: Outcome['kind']) => outcomes.filter((outcome) => outcome.kind === kind).length;
  return {
    settled: count('settled'),
    rejected: count('rejected'),
    returned: count('returned'),
    duplicates: count('duplicate'),
  };
}

function movementOf(municipalityId: string, line: SettlementLine, at: Date): MovementDocument {
  const { endToEndId, status, bankReference } = line;
  return { _id: `${municipalityId}/${bankReference}`, municipalityId, endToEndId, status, at };
}

interface Booking {
  readonly municipalityId: string;
  readonly attempts: readonly AttemptDocument[];
  readonly outcomes: readonly Booked[];
  readonly at: Date;
}

async function bookAll(payments: Payments, session: ClientSession, booking: Booking): Promise<void> {
  const { municipalityId, outcomes, at } = booking;
  const attempts = new Map(booking.attempts.map((one) => [one._id, one]));
  const ids = booking.attempts.map((one) => one.obligationId);
  const owed = await payments.obligations.findMany(municipalityId, ids, session);
  const obligations = new Map(owed.map((one) => [one._id, one]));
  for (const outcome of outcomes) {
    const attempt = attempts.get(outcome.attemptId)!;
    const obligation = obligations.get(attempt.obligationId)!;
    await book(payments, session, { outcome, attempt, obligation, at });
    obligations.set(obligation._id, { ...obligation, version: obligation.version + 1 });
  }
  const touched = outcomes.map((outcome) => attempts.get(outcome.attemptId)!);
  for (const batchId of new Set(touched.map((one) => one.batchId))) {
    await reportReconciled(payments, session, municipalityId, batchId);
  }
  const projects = new Map(
    touched.map(({ obligationId }) => {
      const obligation = obligations.get(obligationId)!;
      return [obligation.projectId, obligation];
    }),
  );
  for (const obligation of projects.values()) await reportClosed(payments, session, obligation);
}

interface Single {
  readonly outcome: Booked;
  readonly attempt: AttemptDocument;
  readonly obligation: ObligationDocument;
  readonly at: Date;
}

async function book(
  payments: Payments,
  session: ClientSession,
  { outcome, attempt, obligation, at }: Single,
) {
  const { kind, line } = outcome;
  const reasonCode = line.reasonCode ?? null;
  await payments.obligations.moveAttempts(session, [attempt._id], { state: kind, open: false, reasonCode });
  if (!(await payments.obligations.move(session, [obligation], { state: kind, stateSince: at }))) {
    throw new Error(`Obligation ${obligation._id} changed while it was paid`);
  }
  const { _id: obligationId, projectId } = obligation;
  const part = { obligationId, projectId, amount: attempt.amount };
  await payments.ledger.post(session, postings[kind](obligation, part, attempt._id), at);
  const event =
    kind === 'settled'
      ? payoutStep('settled', obligation, attempt, at)
      : payoutFailure(kind, obligation, attempt, { at, reasonCode });
  await payments.outbox.appendEvents(session, [event]);
}

/** A batch is reconciled when the fate of each of its payments is known. */
async function reportReconciled(
  payments: Payments,
  session: ClientSession,
  municipalityId: string,
  batchId: string,
): Promise<void> {
  await payments.batches.touch(session, batchId);
  const lines = await linesOf(payments, session, batchId);
  if (lines.some(({ attempt }) => attempt.open)) return;
  await payments.record.report(session, {
    kind: 'batch',
    lifecycleId: batchId,
    municipalityId,
    name: 'reconciled',
    factId: `reconciled/${batchId}`,
    data: {},
  });
}

function suspenseOf(municipalityId: string, { line, code }: Suspended, at: Date): SuspenseDocument {
  return {
    _id: idFrom(`${municipalityId}/${line.bankReference}`, 'sus'),
    municipalityId,
    code,
    endToEndId: line.endToEndId,
    status: line.status,
    amount: line.amount.amount,
    currency: line.amount.currency,
    bankReference: line.bankReference,
    at,
  };
}

/** Money that moved at the bank without a payment of ours is booked; a rejection moved none. */
async function suspend(payments: Payments, session: ClientSession, item: SuspenseDocument): Promise<void> {
  await payments.settlements.insertSuspense(session, item);
  if (item.status === 'rejected' || item.amount <= 0) return;
  const { municipalityId, currency, at } = item;
  const book = { municipalityId, pilotId: null, fiscalYear: at.getUTCFullYear(), currency };
  const way = item.status === 'settled' ? 'out' : 'in';
  await payments.ledger.post(session, suspenseBooked(book, item._id, item.amount, way), at);
}
