import type { TextRef } from '@talkoot/api-contracts';
import { DomainError, sha256Of } from '@talkoot/http-service';
import type { ClientSession } from 'mongoose';
import { requireConfirmable } from '../../confirmation/confirmation.ts';
import type { Payments } from '../../context.ts';
import type { BankMessageDocument } from './message.store.ts';

interface Of {
  readonly municipalityId: string;
  readonly messageFileId: string;
  readonly personId: string;
}

/** What the second person confirms: which content, and why nothing of it is to be booked. */
const dismissalHash = ({ _id, sha256 }: BankMessageDocument, reason: TextRef): string =>
  sha256Of('dismissed', _id, sha256, reason.sha256);

/** The first person says why nothing of a quarantined message is to be booked. @throws DomainError `not-found`, `not-quarantined` */
export async function proposeDismissal(
  payments: Payments,
  session: ClientSession,
  { personId, reason, ...of }: Of & { readonly reason: TextRef },
): Promise<BankMessageDocument> {
  const message = await requireQuarantined(payments, session, of);
  const sha256 = dismissalHash(message, reason);
  const dismissal = { reason, by: personId, sha256, at: payments.now(), confirmedBy: null };
  if (!(await payments.bankMessages.proposeDismissal(session, message._id, dismissal)))
    throw new DomainError('not-quarantined');
  return { ...message, dismissal };
}

/**
 * Another person confirms exactly that. Nothing is booked, and content and record are kept.
 * @throws DomainError `not-found`, `not-quarantined`, `not-proposed`, `hash-mismatch`, `same-person-twice`
 */
export async function confirmDismissal(
  payments: Payments,
  session: ClientSession,
  { personId, proposalSha256, ...of }: Of & { readonly proposalSha256: string },
): Promise<BankMessageDocument> {
  const message = await requireQuarantined(payments, session, of);
  const confirmed = { by: personId, sha256: proposalSha256 };
  const hashNow = ({ reason }: { readonly reason: TextRef }) => dismissalHash(message, reason);
  const proposal = requireConfirmable(message.dismissal, confirmed, hashNow);
  const dismissal = { ...proposal, confirmedBy: personId };
  if (!(await payments.bankMessages.dismiss(session, message._id, dismissal)))
    throw new DomainError('not-quarantined');
  return { ...message, state: 'dismissed', dismissal };
}

async function requireQuarantined(
  { bankMessages }: Payments,
  session: ClientSession,
  { municipalityId, messageFileId }: Omit<Of, 'personId'>,
): Promise<BankMessageDocument> {
  const found = await bankMessages.find(municipalityId, messageFileId, session);
  if (!found) throw new DomainError('not-found');
  if (found.state !== 'quarantined') throw new DomainError('not-quarantined');
  return found;
}
