import { asOf } from './payee.ts';
import type { Account, AccountChange, AccountRecord, Payee } from './payee.ts';

/** How a payee is paid, as the payee sees it. */
export function payeeView(document: Payee, at: Date) {
  const payee = asOf(document, at);
  const { method, account, change, registration, nationalId, erasureAskedAt, changedAt } = payee;
  return {
    method,
    masked: account?.masked ?? null,
    verification: verificationView(account),
    change: change && changeView(change),
    registeredUntil: registration?.until ?? null,
    nationalIdGiven: nationalId !== null,
    erasureAskedAt: instant(erasureAskedAt),
    changedAt: changedAt.toISOString(),
  };
}

/** The same as finance sees it. @param sharing how many payees have each account, by its index */
export function payeeRecordView(document: Payee, sharing: ReadonlyMap<string, number>, at: Date) {
  const { personId, account, change, registration, erasedAt } = asOf(document, at);
  return {
    payeeId: personId,
    ...payeeView(document, at),
    sharedWith: othersWith(account, sharing),
    changeSharedWith: change && othersWith(change.account, sharing),
    registration: registration?.evidence ?? null,
    changeRequestedBy: change?.requestedBy ?? null,
    changeEvidence: change?.evidence ?? null,
    changeApprovedBy: change?.approvedBy ?? null,
    erasedAt: instant(erasedAt),
  };
}

/** Who a new account came through, its number masked. */
export function accountRecordView(record: AccountRecord) {
  const { changeId, masked, requestedBy, requestedAt, toldAt, approvedBy, approvedAt, since } = record;
  return {
    changeId,
    masked,
    requestedBy,
    requestedAt: requestedAt.toISOString(),
    toldAt: instant(toldAt),
    approvedBy,
    approvedAt: approvedAt.toISOString(),
    since: since.toISOString(),
  };
}

export const othersWith = (account: Account | null, sharing: ReadonlyMap<string, number>): number =>
  account ? Math.max(0, (sharing.get(account.index) ?? 0) - 1) : 0;

/** What the bank said of an account, if it was asked. */
export function verificationView(account: Account | null) {
  const verification = account?.verification;
  return verification
    ? { result: verification.result, checkedAt: verification.checkedAt.toISOString() }
    : null;
}

function changeView({ changeId, account, requestedAt, toldAt, approvedAt, coolsOffAt }: AccountChange) {
  return {
    changeId,
    masked: account.masked,
    requestedAt: requestedAt.toISOString(),
    toldAt: instant(toldAt),
    approvedAt: instant(approvedAt),
    coolsOffAt: instant(coolsOffAt),
    verification: verificationView(account),
  };
}

const instant = (at: Date | null): string | null => at?.toISOString() ?? null;
