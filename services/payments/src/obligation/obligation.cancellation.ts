import type { TextRef } from '@talkoot/api-contracts';
import { DomainError, sha256Of } from '@talkoot/http-service';
import type { ClientSession } from 'mongoose';
import { requireUnpaid } from '../batch/batch.ts';
import { requireConfirmable } from '../confirmation/confirmation.ts';
import type { Payments } from '../context.ts';
import { closeObligation } from './obligation.closing.ts';
import { requireOpen } from './obligation.ts';
import type { ObligationDocument } from './obligation.store.ts';
import { proposalToTell } from './obligation.telling.ts';

/** What the second person confirms. The version makes a proposal stale once anything has been tried since. */
const cancellationHash = ({ _id, version }: ObligationDocument, reason: TextRef): string =>
  sha256Of(_id, version, reason.sha256);

/** The first person says that an open obligation cannot be paid, and why. @throws DomainError `obligation-not-open`, `own-payment` */
export async function proposeCancellation(
  payments: Payments,
  session: ClientSession,
  obligation: ObligationDocument,
  { by, reason }: { readonly by: string; readonly reason: TextRef },
): Promise<void> {
  requireOpen(obligation);
  requireUnpaid([obligation], by);
  const sha256 = cancellationHash(obligation, reason);
  const cancellation = { reason, by, sha256, at: payments.now(), confirmedBy: null };
  const toTell = proposalToTell(obligation._id, sha256);
  if (!(await payments.obligations.proposeCancellation(session, obligation, { cancellation, toTell })))
    throw new DomainError('obligation-not-open');
}

/**
 * Another person confirms exactly that; only then is it closed.
 * @throws DomainError `obligation-not-open`, `own-payment`, `not-proposed`, `hash-mismatch`, `same-person-twice`
 */
export async function confirmCancellation(
  payments: Payments,
  session: ClientSession,
  obligation: ObligationDocument,
  { by, proposalSha256 }: { readonly by: string; readonly proposalSha256: string },
): Promise<void> {
  requireOpen(obligation);
  requireUnpaid([obligation], by);
  const hashNow = ({ reason }: { readonly reason: TextRef }) => cancellationHash(obligation, reason);
  const proposal = requireConfirmable(obligation.cancellation, { by, sha256: proposalSha256 }, hashNow);
  const cancellation = { ...proposal, confirmedBy: by };
  const closing = { closedBecause: 'cancelled', reason: proposal.reason, cancellation } as const;
  await closeObligation(payments, session, obligation, closing);
}
