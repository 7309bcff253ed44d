import { money } from '@talkoot/money';
import type { AttemptDocument, ObligationDocument } from '../obligation/obligation.store.ts';
import type { BatchDocument } from './batch.store.ts';

export function batchView(batch: BatchDocument) {
  const { _id, pilotId, state, sha256, total, currency, lines, proposedBy, approvedBy, releasedBy } = batch;
  return {
    batchId: _id,
    pilotId,
    state,
    sha256,
    total: money(total, currency),
    lines,
    proposedBy,
    approvedBy,
    releasedBy,
    proposedAt: batch.proposedAt.toISOString(),
  };
}

/** A payment of a batch, its account number masked. */
export function batchLineView(attempt: AttemptDocument, obligation: ObligationDocument) {
  const { _id, obligationId, endToEndId, destination, amount, currency, state } = attempt;
  return {
    obligationId,
    attemptId: _id,
    endToEndId,
    payeeId: obligation.payeeId,
    payeeRole: obligation.payeeRole,
    method: destination.method,
    masked: destination.masked,
    amount: money(amount, currency),
    state,
  };
}
