import { inTransaction } from '@talkoot/http-service';
import type { Payments } from '../context.ts';
import type { Payee } from './payee.ts';
import { forEvery } from '../chores/every.ts';
import { withTelling } from './payee.ts';

/**
 * Tells a payee, by way of identity and so where they were reached before, that a new account waits; approvers are told too.
 * Only then the cooling-off begins. The notice names the change by its id and no account.
 */
export async function tellOfChange(payments: Payments, { change, ...payee }: Payee): Promise<void> {
  if (!change || change.toldAt) return;
  const { municipalityId, personId } = payee;
  const { changeId } = change;
  const notice = { municipalityId, subject: { kind: 'payee', id: changeId }, wait: 'account-change' };
  await payments.notify({ ...notice, noticeId: `account-${changeId}`, to: { personId } });
  await payments.notify({
    ...notice,
    noticeId: `account-${changeId}-approver`,
    to: { role: 'payout-approver' },
  });
  const at = payments.now();
  await inTransaction(payments.connection, (session) =>
    payments.payees.change(session, payee, at, (before) =>
      before.change?.changeId === changeId ? withTelling(before, at, payments.coolingOff) : before,
    ),
  );
}

/** Tells everybody who was not told when they should have been. */
export async function tellOfChanges(payments: Payments): Promise<void> {
  await forEvery(payments.payees.untold, (payee) => tellOfChange(payments, payee));
}
