import { idFrom } from '@talkoot/http-service';
import type { ClientSession } from 'mongoose';
import { linesOf } from '../batch/batch.steps.ts';
import type { Payments } from '../context.ts';
import type { Transaction } from '../ledger/ledger.ts';
import { paymentRejected, paymentReturned, paymentSettled, suspenseBooked } from '../ledger/postings.ts';
import type { Book, Part } from '../ledger/postings.ts';
import { reportClosed } from '../obligation/obligation.closing.ts';
import { partOf } from '../obligation/obligation.ts';
import type { AttemptDocument, ObligationDocument } from '../obligation/obligation.store.ts';
import { payoutFailure, payoutStep } from '../obligation/payout.events.ts';
import { decideSettlement, movementOf, referenceOf } from './settlement.ts';
import type { BankLine, KnownAttempt, Outcome } from './settlement.ts';
import type { MovementDocument, SuspenseDocument } from './settlement.store.ts';

const postings = { settled: paymentSettled, rejected: paymentRejected, returned: paymentReturned } as const;
type Suspended = Extract<Outcome, { code: string }>;

/** What became of one attempt to pay. */
export interface Fate {
  readonly kind: 'settled' | 'rejected' | 'returned';
  readonly attemptId: string;
  readonly reasonCode: string | null;
  /** How it is booked, where that is not as a bank's answer is. */
  readonly posting?: (book: Book, part: Part, attemptId: string) => Transaction;
}

interface Source {
  readonly municipalityId: string;
  /** The message that says so. */
  readonly messageFileId: string;
}

/** Takes in every line: books what fits a payment, and puts aside what does not. */
export async function takeLines(
  payments: Payments,
  session: ClientSession,
  lines: readonly BankLine[],
  source: Source,
) {
  const { municipalityId } = source;
  const at = payments.now();
  const attempts = await attemptsNamed(payments, session, municipalityId, lines);
  const known = await knownMovements(payments, session, municipalityId, lines);
  const outcomes = decideSettlement(lines, attempts.map(knownOf), known);
  const fresh = outcomes.filter(({ kind }) => kind !== 'duplicate');
  await payments.settlements.insertMovements(
    session,
    fresh.map(({ line }) => movementDocument(line, source, at)),
  );
  const fates = outcomes.flatMap((one) =>
    'attemptId' in one ? [{ ...one, reasonCode: one.line.reasonCode }] : [],
  );
  await bookFates(payments, session, { municipalityId, attempts, fates, at });
  const suspense = outcomes.filter(isSuspended).map((one) => suspenseDocument(one, source, at));
  await suspend(payments, session, suspense);
  return { ...countsOf(outcomes), suspense };
}

const knownOf = ({ destination, ...attempt }: AttemptDocument): KnownAttempt => ({
  ...attempt,
  method: destination.method,
});

async function attemptsNamed(
  { obligations }: Payments,
  session: ClientSession,
  municipalityId: string,
  lines: readonly BankLine[],
): Promise<AttemptDocument[]> {
  const named = new Set(lines.flatMap(({ endToEndId }) => endToEndId ?? []));
  return obligations.attemptsByEndToEndId(municipalityId, [...named], session);
}

async function knownMovements(
  { settlements }: Payments,
  session: ClientSession,
  municipalityId: string,
  lines: readonly BankLine[],
) {
  const found = await settlements.knownMovements(municipalityId, lines.map(referenceOf), session);
  const ids = new Set(found.map(({ _id }) => _id));
  return {
    references: new Set(found.map(({ reference }) => reference)),
    movements: new Set(lines.map(movementOf).filter((one) => ids.has(movementId(municipalityId, one)))),
  };
}

const movementId = (municipalityId: string, movement: string) =>
  idFrom(`${municipalityId}/${movement}`, 'mov');

function movementDocument(
  line: BankLine,
  { municipalityId, messageFileId }: Source,
  at: Date,
): MovementDocument {
  const _id = movementId(municipalityId, movementOf(line));
  const { endToEndId, reference: bankReference, says } = line;
  const said = { endToEndId, bankReference, says };
  return { _id, municipalityId, reference: referenceOf(line), ...said, messageFileId, at };
}

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

interface Booking {
  readonly municipalityId: string;
  readonly attempts: readonly AttemptDocument[];
  readonly fates: readonly Fate[];
  readonly at: Date;
}

/** Books what became of attempts, and tells lifecycles and finance systems of it. */
export async function bookFates(payments: Payments, session: ClientSession, booking: Booking): Promise<void> {
  const { municipalityId, fates, at } = booking;
  const attempts = new Map(booking.attempts.map((one) => [one._id, one]));
  const ids = booking.attempts.map((one) => one.obligationId);
  const owed = await payments.obligations.findMany(municipalityId, ids, session);
  const obligations = new Map(owed.map((one) => [one._id, one]));
  for (const fate of fates) {
    const attempt = attempts.get(fate.attemptId)!;
    const obligation = obligations.get(attempt.obligationId)!;
    await book(payments, session, { fate, attempt, obligation, at });
    obligations.set(obligation._id, { ...obligation, version: obligation.version + 1 });
  }
  const touched = fates.map((fate) => attempts.get(fate.attemptId)!);
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
  readonly fate: Fate;
  readonly attempt: AttemptDocument;
  readonly obligation: ObligationDocument;
  readonly at: Date;
}

async function book(payments: Payments, session: ClientSession, { fate, attempt, obligation, at }: Single) {
  const { kind, reasonCode } = fate;
  const change = { state: kind, open: false, reasonCode, [`${kind}At`]: at };
  await payments.obligations.moveAttempts(session, [attempt._id], change);
  if (!(await payments.obligations.move(session, [obligation], { state: kind, stateSince: at }))) {
    throw new Error(`Obligation ${obligation._id} changed while it was paid`);
  }
  const part = { ...partOf(obligation), amount: attempt.amount };
  const posting = fate.posting ?? postings[kind];
  await payments.ledger.post(session, posting(obligation, part, attempt._id), at);
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

function suspenseDocument({ line, code }: Suspended, source: Source, at: Date): SuspenseDocument {
  const { endToEndId, way, amount, reference, reasonCode } = line;
  return {
    _id: idFrom(`${source.municipalityId}/${movementOf(line)}`, 'sus'),
    ...source,
    code,
    endToEndId,
    way,
    amount: amount?.amount ?? null,
    currency: amount?.currency ?? null,
    reference,
    reasonCode,
    at,
    state: 'open',
    proposal: null,
    confirmedBy: null,
    resolvedAt: null,
  };
}

/** Money that moved at the bank without a payment of ours is booked; a rejection moved none. */
export async function suspend(
  payments: Payments,
  session: ClientSession,
  items: SuspenseDocument[],
): Promise<void> {
  await payments.settlements.insertSuspense(session, items);
  for (const { _id, municipalityId, way, amount, currency, at } of items) {
    if (way === 'none' || currency === null || amount === null || amount <= 0) continue;
    const book = { municipalityId, pilotId: null, fiscalYear: at.getUTCFullYear(), currency };
    await payments.ledger.post(session, suspenseBooked(book, _id, amount, way), at);
  }
}
