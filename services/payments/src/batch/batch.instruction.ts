import { DomainError } from '@talkoot/http-service';
import type { ClientSession } from 'mongoose';
import type { Payments } from '../context.ts';
import { batchInstructed } from '../ledger/postings.ts';
import { partOf } from '../obligation/obligation.ts';
import { payoutStep } from '../obligation/payout.events.ts';
import { linesOf } from './batch.steps.ts';
import type { BatchDocument } from './batch.store.ts';
import { requireUnedited } from './batch.ts';
import type { BatchLine } from './batch.ts';

const INSTRUCTED: readonly string[] = ['instructed', 'reconciled'];

/**
 * Puts the payments of a released batch in transit, once.
 * @param released the hash of what was released, as the lifecycle of the batch knows it: whoever can write to the database alone
 * cannot change it there
 * @throws DomainError `batch-not-released`, `batch-changed`
 */
export async function instructBatch(
  payments: Payments,
  session: ClientSession,
  batch: BatchDocument,
  released: string,
): Promise<number> {
  if (batch.state !== 'released' && !INSTRUCTED.includes(batch.state))
    throw new DomainError('batch-not-released');
  const lines = await linesOf(payments, session, batch._id);
  requireUnedited({ ...batch, sha256: released }, lines, payments.obligations.isSealed);
  if (batch.sha256 !== released)
    throw new DomainError('batch-changed', 'Another hash is stored than was released');
  const waiting = lines.filter(({ attempt }) => attempt.state === 'released');
  if (waiting.length === 0) return lines.length;
  const at = payments.now();
  await payments.batches.handOver(session, batch._id, released);
  const ids = waiting.map(({ attempt }) => attempt._id);
  await payments.obligations.moveAttempts(session, ids, { state: 'in-transit', instructedAt: at });
  const obligations = waiting.map(({ obligation }) => obligation);
  if (!(await payments.obligations.move(session, obligations, { state: 'instructed', stateSince: at }))) {
    throw new Error(`Obligations of batch ${batch._id} changed while it was released`);
  }
  const parts = obligations.map(partOf).map(({ codes: _, ...part }) => part);
  await payments.ledger.post(session, batchInstructed(batch, batch._id, parts), at);
  await payments.outbox.appendEvents(
    session,
    waiting.map(({ attempt, obligation }) => payoutStep('instructed', obligation, attempt, at)),
  );
  return lines.length;
}

/**
 * The accounts that these lines pay, in full; null where there is none, or the payee is erased.
 * @throws DomainError `batch-changed` for an account that is not the one whose fingerprint was signed
 */
export function accountsOf(
  { payees }: Payments,
  session: ClientSession,
  { municipalityId }: BatchDocument,
  lines: readonly BatchLine[],
) {
  const signed = lines.map(({ attempt, obligation }) => ({
    personId: obligation.payeeId,
    sealed: attempt.destination.sealed,
    fingerprint: attempt.destination.fingerprint,
  }));
  return payees.openAccounts(municipalityId, signed, session);
}

const beforeInstruction: readonly string[] = ['batched', 'approved', 'released', 'withdrawn'];

/**
 * The payments of a batch that was handed over: those that were released, and no others.
 * @throws DomainError `batch-not-instructed`, `batch-changed`
 */
export async function instructedLines(
  payments: Payments,
  session: ClientSession,
  batch: BatchDocument,
): Promise<BatchLine[]> {
  const lines = await linesOf(payments, session, batch._id);
  if (lines.some(({ attempt }) => beforeInstruction.includes(attempt.state)))
    throw new DomainError('batch-not-instructed');
  requireUnedited(batch, lines, payments.obligations.isSealed);
  if (!payments.batches.isHandedOver(batch))
    throw new DomainError('batch-changed', 'Another hash is stored than was handed over');
  return lines;
}
