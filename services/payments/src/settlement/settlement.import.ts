import { idFrom } from '@talkoot/http-service';
import type { ClientSession } from 'mongoose';
import { linesOf } from '../batch/batch.steps.ts';
import type { Payments } from '../context.ts';
import { paymentRejected, paymentReturned, paymentSettled, suspenseBooked } from '../ledger/postings.ts';
import { reportClosed } from '../obligation/obligation.closing.ts';
import type { AttemptDocument, ObligationDocument } from '../obligation/obligation.store.ts';
import { payoutFailure, payoutStep } from '../obligation/payout.events.ts';
import { judge } from './settlement.ts';
import type { SettlementLine } from './settlement.ts';
import type { SuspenseDocument } from './settlement.store.ts';

const postings = { settled: paymentSettled, rejected: paymentRejected, returned: paymentReturned } as const;

/** Takes in every movement or, when one differs, none. */
export async function importSettlements(
  payments: Payments,
  session: ClientSession,
  municipalityId: string,
  lines: readonly SettlementLine[],
) {
  const counts = { settled: 0, rejected: 0, returned: 0, duplicates: 0 };
  const suspense: SuspenseDocument[] = [];
  const keyOf = ({ bankReference }: SettlementLine) => `${municipalityId}/${bankReference}`;
  const known = await payments.settlements.known(session, lines.map(keyOf));
  const touched = new Map<string, AttemptDocument>();
  for (const line of lines) {
    if (known.has(keyOf(line))) {
      counts.duplicates += 1;
      continue;
    }
    known.add(keyOf(line));
    const { endToEndId, status } = line;
    const at = payments.now();
    await payments.settlements.insertMovement(session, {
      _id: keyOf(line),
      municipalityId,
      endToEndId,
      status,
      at,
    });
    const [attempt] = await payments.obligations.attemptsByEndToEndId(municipalityId, [endToEndId], session);
    const verdict = judge(line, attempt);
    if ('suspense' in verdict) {
      suspense.push(await suspend(payments, session, municipalityId, line, verdict.suspense));
      continue;
    }
    await apply(payments, session, line, verdict.apply);
    touched.set(verdict.apply._id, verdict.apply);
    counts[status] += 1;
  }
  await tell(payments, session, [...touched.values()]);
  return { ...counts, suspense };
}

async function apply(
  payments: Payments,
  session: ClientSession,
  line: SettlementLine,
  attempt: AttemptDocument,
): Promise<void> {
  const at = payments.now();
  const [obligation] = await payments.obligations.findMany(
    attempt.municipalityId,
    [attempt.obligationId],
    session,
  );
  const reasonCode = line.reasonCode ?? null;
  await payments.obligations.moveAttempts(session, [attempt._id], {
    state: line.status,
    open: false,
    reasonCode,
  });
  if (!(await payments.obligations.move(session, [obligation!], { state: line.status }))) {
    throw new Error(`Obligation ${attempt.obligationId} changed while it was paid`);
  }
  const { _id: obligationId, projectId, amount } = obligation!;
  const posting = postings[line.status](obligation!, { obligationId, projectId, amount }, attempt._id);
  await payments.ledger.post(session, posting, at);
  const event =
    line.status === 'settled'
      ? payoutStep('settled', obligation!, attempt, at)
      : payoutFailure(line.status, obligation!, attempt, { at, reasonCode });
  await payments.outbox.appendEvents(session, [event]);
}

async function suspend(
  payments: Payments,
  session: ClientSession,
  municipalityId: string,
  line: SettlementLine,
  code: SuspenseDocument['code'],
): Promise<SuspenseDocument> {
  const at = payments.now();
  const item: SuspenseDocument = {
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
  await payments.settlements.insertSuspense(session, item);
  // A rejection moved no money at the bank.
  if (line.status !== 'rejected') {
    const book = { municipalityId, pilotId: null, fiscalYear: at.getUTCFullYear(), currency: item.currency };
    const way = line.status === 'settled' ? 'out' : 'in';
    await payments.ledger.post(session, suspenseBooked(book, item._id, item.amount, way), at);
  }
  return item;
}

/** Tells batches whose payments all have an answer, and projects whose shares are all paid or closed. */
async function tell(
  payments: Payments,
  session: ClientSession,
  attempts: readonly AttemptDocument[],
): Promise<void> {
  const projects = new Map<string, ObligationDocument>();
  for (const batchId of new Set(attempts.map((one) => one.batchId))) {
    const lines = await linesOf(payments, session, batchId);
    for (const { attempt, obligation } of lines) {
      if (attempts.some(({ _id }) => _id === attempt._id)) projects.set(obligation.projectId, obligation);
    }
    if (lines.some(({ attempt }) => attempt.state === 'in-transit')) continue;
    await payments.record.report(session, {
      kind: 'batch',
      lifecycleId: batchId,
      municipalityId: attempts[0]!.municipalityId,
      name: 'reconciled',
      factId: `reconciled/${batchId}`,
      data: {},
    });
  }
  for (const obligation of projects.values()) await reportClosed(payments, session, obligation);
}
