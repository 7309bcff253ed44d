import type { payeeWarnings } from '@talkoot/api-contracts/payments';
import { money } from '@talkoot/money';
import type { AttemptDocument, ObligationDocument } from '../obligation/obligation.store.ts';
import { asOf } from '../payee/payee.ts';
import type { Payee } from '../payee/payee.ts';
import type { Destination } from '../payee/payee.store.ts';
import { othersWith, verificationView } from '../payee/payee.view.ts';
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

/** What whoever approves and releases has to know of the payees. */
export interface PayeesOfBatch {
  readonly payees: ReadonlyMap<string, Payee>;
  /** How many payees have each account, by its index. */
  readonly sharing: ReadonlyMap<string, number>;
  readonly at: Date;
}

/** A payment of a batch, its account number masked. */
export function batchLineView(
  attempt: AttemptDocument,
  obligation: ObligationDocument,
  known: PayeesOfBatch,
) {
  const { _id, obligationId, endToEndId, destination, amount, currency, state } = attempt;
  return {
    obligationId,
    attemptId: _id,
    endToEndId,
    payeeId: obligation.payeeId,
    payeeRole: obligation.payeeRole,
    method: destination.method,
    masked: destination.masked,
    ...payeeFacts(destination, known.payees.get(obligation.payeeId), known),
    amount: money(amount, currency),
    state,
  };
}

/** The account that is paid may not be the payee's account of today: then nothing is said of it but that. */
function payeeFacts(
  { method, fingerprint }: Destination,
  document: Payee | undefined,
  { sharing, at }: PayeesOfBatch,
) {
  const warnings: (typeof payeeWarnings)[number][] = [];
  if (method === 'payroll' || !document) return { verification: null, warnings };
  const { account, change } = asOf(document, at);
  const isToday = account?.fingerprint === fingerprint;
  if (!isToday) warnings.push('account-replaced');
  if (change) warnings.push('new-account-waits');
  if (isToday && othersWith(account, sharing) > 0) warnings.push('account-shared');
  return { verification: isToday ? verificationView(account) : null, warnings };
}
