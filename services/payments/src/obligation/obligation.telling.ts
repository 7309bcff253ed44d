import { forEvery } from '../chores/every.ts';
import type { Payments } from '../context.ts';
import type { ObligationDocument, ToTell } from './obligation.store.ts';

/** What there is to tell of a proposal to cancel; another proposal is told anew. */
export const proposalToTell = (obligationId: string, sha256: string): ToTell => ({
  noticeId: `${obligationId}-cancellation-${sha256.slice(0, 16)}`,
  wait: 'cancellation-proposed',
});

/** What there is to tell of a closing that the payee has not made themself. */
export const closingToTell = (obligationId: string): ToTell => ({
  noticeId: `${obligationId}-closed`,
  wait: 'closed-unpaid',
});

/**
 * Tells a payee what somebody else wants to do, or did, with what they are owed; approvers are told of what waits for one of them.
 * A notice names the obligation by its id: reason and amount are read there, by whoever may.
 */
export async function tellOfObligation(payments: Payments, obligation: ObligationDocument): Promise<void> {
  const { _id, municipalityId, payeeId, toTell } = obligation;
  if (!toTell) return;
  const { noticeId, wait } = toTell;
  const notice = { municipalityId, subject: { kind: 'obligation', id: _id }, wait };
  await payments.notify({ ...notice, noticeId, to: { personId: payeeId } });
  if (wait === 'cancellation-proposed') {
    await payments.notify({ ...notice, noticeId: `${noticeId}-approver`, to: { role: 'payout-approver' } });
  }
  await payments.obligations.told(_id, noticeId);
}

/** Tells everybody who was not told when they should have been. */
export async function tellOfObligations(payments: Payments): Promise<void> {
  await forEvery(payments.obligations.untold, (obligation) => tellOfObligation(payments, obligation));
}
