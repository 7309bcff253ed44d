import { DomainError, idFrom } from '@talkoot/http-service';
import { initialState } from '@talkoot/workflow-contracts';
import type { ClientSession } from 'mongoose';
import type { Payments } from '../context.ts';
import {
  attemptFor,
  batchHash,
  destinationFor,
  requireBatchable,
  requireDistinct,
  requireSealed,
  requireUnpaid,
} from './batch.ts';
import type { BatchDocument } from './batch.store.ts';
import { batchView } from './batch.view.ts';

interface Proposal {
  readonly municipalityId: string;
  readonly obligationIds: readonly string[];
  readonly operationId: string;
  readonly personId: string;
}

/** Puts open obligations into a batch, one new attempt for each, and starts the batch's lifecycle. */
export async function proposeBatch(payments: Payments, session: ClientSession, proposal: Proposal) {
  const { municipalityId, obligationIds, personId } = proposal;
  requireDistinct(obligationIds);
  const found = await payments.obligations.findMany(municipalityId, obligationIds, session);
  requireBatchable(obligationIds, found);
  requireSealed(found, payments.obligations.isSealed);
  requireUnpaid(found, personId);
  const people = found.map(({ payeeId }) => payeeId);
  const at = payments.now();
  const details = await payments.payees.findMany(municipalityId, people, session);
  const batchId = idFrom(proposal.operationId, 'bat');
  const attempts = found.map((one) =>
    attemptFor(one, batchId, destinationFor(one, details.get(one.payeeId), at)),
  );
  if (!(await payments.obligations.move(session, found, { state: 'batched', stateSince: at }, true))) {
    throw new DomainError('obligation-not-open');
  }
  await payments.obligations.insertAttempts(session, attempts);
  const { pilotId, currency, fiscalYear } = found[0]!;
  const total = attempts.reduce((sum, { amount }) => sum + amount, 0);
  const frame = { _id: batchId, municipalityId, pilotId, currency, total };
  const lines = attempts.map((attempt, n) => ({ attempt, obligation: found[n]! }));
  const batch: BatchDocument = {
    ...frame,
    state: 'proposed',
    sha256: batchHash(frame, lines),
    fiscalYear,
    lines: attempts.length,
    proposedBy: personId,
    approvedBy: null,
    releasedBy: null,
    proposedAt: at,
    settlements: 0,
    handedOver: null,
  };
  await payments.batches.insert(session, batch);
  const facts = { batchSha256: batch.sha256, proposedBy: personId };
  await payments.record.start(
    session,
    'batch',
    initialState('batch', { id: batchId, municipalityId, pilotId, facts }),
  );
  return batchView(batch);
}
