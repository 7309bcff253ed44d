import { DomainError } from '@talkoot/http-service';
import { money } from '@talkoot/money';
import type { ClientSession } from 'mongoose';
import type { Payments } from '../context.ts';
import { batchInstructed } from '../ledger/postings.ts';
import { payoutStep } from '../obligation/payout.events.ts';
import { linesOf } from './batch.steps.ts';
import type { BatchDocument } from './batch.store.ts';

const INSTRUCTED: readonly string[] = ['instructed', 'reconciled'];

/** Puts the payments of a released batch in transit, once. */
export async function instructBatch(
  payments: Payments,
  session: ClientSession,
  batch: BatchDocument,
): Promise<number> {
  if (batch.state !== 'released' && !INSTRUCTED.includes(batch.state))
    throw new DomainError('batch-not-released');
  const lines = await linesOf(payments, session, batch._id);
  const waiting = lines.filter(({ attempt }) => attempt.state === 'released');
  if (waiting.length === 0) return lines.length;
  const at = payments.now();
  const ids = waiting.map(({ attempt }) => attempt._id);
  await payments.obligations.moveAttempts(session, ids, { state: 'in-transit', instructedAt: at });
  const obligations = waiting.map(({ obligation }) => obligation);
  if (!(await payments.obligations.move(session, obligations, { state: 'instructed', stateSince: at }))) {
    throw new Error(`Obligations of batch ${batch._id} changed while it was released`);
  }
  const parts = obligations.map(({ _id, projectId, amount }) => ({ obligationId: _id, projectId, amount }));
  await payments.ledger.post(session, batchInstructed(batch, batch._id, parts), at);
  await payments.outbox.appendEvents(
    session,
    waiting.map(({ attempt, obligation }) => payoutStep('instructed', obligation, attempt, at)),
  );
  return lines.length;
}

/** @throws DomainError `batch-not-instructed` */
export function requireInstructed(lines: Awaited<ReturnType<typeof linesOf>>): void {
  if (lines.some(({ attempt }) => ['batched', 'approved', 'released', 'withdrawn'].includes(attempt.state))) {
    throw new DomainError('batch-not-instructed');
  }
}

/**
 * The payments to be made, account numbers in full.
 * @throws DomainError `batch-not-instructed`
 */
export async function instructionsOf(payments: Payments, session: ClientSession, batch: BatchDocument) {
  const lines = await linesOf(payments, session, batch._id);
  requireInstructed(lines);
  const sealed = lines.map(({ attempt, obligation }) => ({
    personId: obligation.payeeId,
    sealed: attempt.destination.sealed,
  }));
  const accounts = await payments.payees.openAccounts(batch.municipalityId, sealed, session);
  const total = lines.reduce((sum, { attempt }) => sum + attempt.amount, 0);
  return {
    batchId: batch._id,
    sha256: batch.sha256,
    controlSum: money(total, batch.currency),
    payments: lines.map(({ attempt, obligation }, at) => ({
      endToEndId: attempt.endToEndId,
      obligationId: obligation._id,
      payeeId: obligation.payeeId,
      method: attempt.destination.method,
      iban: accounts[at]?.iban ?? null,
      amount: money(attempt.amount, attempt.currency),
    })),
  };
}
