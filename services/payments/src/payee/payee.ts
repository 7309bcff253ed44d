import type { erasureWaits, PayeeDetailsShape, VerificationShape } from '@talkoot/api-contracts/payments';
import { DomainError } from '@talkoot/http-service';
import { electronicFormatIBAN, isValidIBAN } from 'ibantools';
import type { z } from 'zod';
import type { Sealed } from './vault.ts';

/** An account as its bank knows it, in clear: it leaves the vault for a bank file only. */
export type AccountDetails = Omit<Extract<z.infer<typeof PayeeDetailsShape>, { method: 'bank' }>, 'method'>;
type Result = z.infer<typeof VerificationShape>['result'];
export type ErasureWait = (typeof erasureWaits)[number];

export interface Verification {
  readonly result: Result;
  readonly checkedAt: Date;
  readonly recordedBy: string;
}

export interface Account {
  readonly masked: string;
  /** By the payee's own key: what approvers sign. It says nothing once that key is gone. */
  readonly fingerprint: string;
  /** By the vault's key: equal for equal accounts of whomever. */
  readonly index: string;
  /** By the payee's own key, of name and number together: what a bank vouches for. */
  readonly holder: string;
  readonly sealed: Sealed;
  readonly verification: Verification | null;
}

export interface AccountChange {
  readonly changeId: string;
  readonly account: Account;
  readonly requestedBy: string;
  readonly requestedAt: Date;
  /** Where somebody else than the payee found the account. */
  readonly evidence: string | null;
  readonly toldAt: Date | null;
  readonly coolsOffAt: Date | null;
  readonly approvedBy: string | null;
  readonly approvedAt: Date | null;
}

/**
 * How a new account came to be paid to. It is kept though another account takes its place, or the payee is erased, and names nobody but by
 * an opaque id. A payee's own first account has none: they alone entered it.
 */
export interface AccountRecord {
  readonly changeId: string;
  readonly municipalityId: string;
  readonly personId: string;
  readonly masked: string;
  readonly requestedBy: string;
  readonly requestedAt: Date;
  readonly toldAt: Date | null;
  readonly approvedBy: string;
  readonly approvedAt: Date;
  /** From when it was paid to. */
  readonly since: Date;
}

export interface Registration {
  readonly evidence: string;
  /** The last day on which it holds, as `2027-12-31`. */
  readonly until: string;
  readonly recordedBy: string;
  readonly recordedAt: Date;
}

/** How one person or company is paid in one municipality. */
export interface Payee {
  readonly municipalityId: string;
  readonly personId: string;
  readonly method: 'payroll' | 'bank' | null;
  readonly account: Account | null;
  readonly change: AccountChange | null;
  readonly registration: Registration | null;
  readonly nationalId: Sealed | null;
  readonly erasureAskedAt: Date | null;
  /** Stays when all else is gone: whoever was here before is not new. */
  readonly erasedAt: Date | null;
  readonly changedAt: Date;
}

export const newPayee = (municipalityId: string, personId: string, changedAt: Date): Payee => ({
  municipalityId,
  personId,
  method: null,
  account: null,
  change: null,
  registration: null,
  nationalId: null,
  erasureAskedAt: null,
  erasedAt: null,
  changedAt,
});

/** @returns the IBAN without spaces. @throws DomainError `iban-invalid` for a wrong country, length or check sum (mod 97). */
export function checkedIban(text: string): string {
  const iban = electronicFormatIBAN(text);
  if (!iban || !isValidIBAN(iban)) throw new DomainError('iban-invalid');
  return iban;
}

/** Enough to recognise one's own account, too little to use it: `FI•• •••• 7855`. */
export function maskIban(iban: string): string {
  return `${iban.slice(0, 2)}•• •••• ${iban.slice(-4)}`;
}

/** The payee as of an instant: an approved account takes the place of the former one when it has cooled off. */
export function asOf(payee: Payee, at: Date): Payee {
  if (!effectOf(payee, at)) return payee;
  return { ...payee, method: 'bank', account: payee.change!.account, change: null };
}

/** @returns the record of a new account that has taken the place of the former one by then; null where none has */
export function effectOf(payee: Payee, at: Date): AccountRecord | null {
  const { municipalityId, personId, change } = payee;
  if (!change?.approvedBy || !change.approvedAt || !change.coolsOffAt || change.coolsOffAt > at) return null;
  const { changeId, requestedBy, requestedAt, toldAt, approvedBy, approvedAt, coolsOffAt } = change;
  const { masked } = change.account;
  const since = coolsOffAt > approvedAt ? coolsOffAt : approvedAt;
  const entered = { changeId, municipalityId, personId, masked, requestedBy, requestedAt, toldAt };
  return { ...entered, approvedBy, approvedAt, since };
}

/** An account that somebody gives, the payee or another, to be paid to. */
export interface Entry {
  readonly changeId: string;
  readonly account: Account;
  readonly by: string;
  readonly evidence: string | null;
  readonly at: Date;
}

/** The payee wants to be paid by the payroll office. The former account stays known, so that nobody gets around the wait by way of payroll. */
export function withPayroll(before: Payee, at: Date): Payee {
  return { ...asOf(before, at), method: 'payroll', change: null, changedAt: at, erasureAskedAt: null };
}

/**
 * Only what payees give themselves is paid to at once, and only their first account, or the one that is known already. Any other, and
 * whatever somebody else enters, waits for a second person. A second change replaces the first and waits anew; the account that waits,
 * given again, goes on waiting, with what was told and approved of it, its name and address as they are given now. Another name for it
 * from somebody else than the payee is another change. What the bank said of a name and number stays said when they are given again.
 */
export function withEntry(before: Payee, entry: Entry): Payee {
  const { by, evidence, at, changeId } = entry;
  const now = asOf(before, at);
  const isOwn = by === now.personId;
  const payee = { ...now, changedAt: at, erasureAskedAt: isOwn ? null : now.erasureAskedAt };
  const account = asVerified(entry.account, [payee.account, payee.change?.account]);
  const isKnown = payee.account?.index === account.index;
  const isFirst = payee.method === null && payee.erasedAt === null;
  if (isOwn && (isKnown || isFirst)) return { ...payee, method: 'bank', account, change: null };
  const waiting = payee.change;
  const isSame = isOwn
    ? waiting?.account.index === account.index
    : waiting?.account.holder === account.holder;
  if (waiting && isSame) return { ...payee, change: { ...waiting, account } };
  const change: AccountChange = {
    changeId,
    account,
    requestedBy: by,
    requestedAt: at,
    evidence,
    toldAt: null,
    coolsOffAt: null,
    approvedBy: null,
    approvedAt: null,
  };
  return { ...payee, change };
}

function asVerified(account: Account, former: readonly (Account | null | undefined)[]): Account {
  const known = former.find((one) => one?.verification && one.holder === account.holder);
  return known ? { ...account, verification: known.verification } : account;
}

/** @throws DomainError `account-change-unknown` unless this change still waits */
export function requireChange(payee: Payee | null, changeId: string, at: Date): AccountChange {
  const change = payee && asOf(payee, at).change;
  if (change?.changeId !== changeId) throw new DomainError('account-change-unknown');
  return change;
}

/** @throws DomainError `account-change-unknown`; `own-payment` for the payee, `same-person-twice` for who entered the account */
export function withApproval(payee: Payee | null, changeId: string, by: string, at: Date): Payee {
  const change = requireChange(payee, changeId, at);
  requireOther(payee!, by);
  if (change.requestedBy === by) throw new DomainError('same-person-twice');
  if (change.approvedBy) return payee!;
  return { ...payee!, change: { ...change, approvedBy: by, approvedAt: at } };
}

/**
 * The bank's word on a new account.
 * @throws DomainError `account-change-unknown`; `own-payment` for the payee, `same-person-twice` for who entered the account
 */
export function withVerification(payee: Payee, changeId: string, said: Verification, at: Date): Payee {
  const change = requireChange(payee, changeId, at);
  requireOther(payee, said.recordedBy);
  if (change.requestedBy === said.recordedBy) throw new DomainError('same-person-twice');
  return { ...payee, change: { ...change, account: { ...change.account, verification: said } } };
}

/** The cooling-off begins when the payee was told. @param coolingOff in milliseconds */
export function withTelling(payee: Payee, toldAt: Date, coolingOff: number): Payee {
  const { change } = payee;
  if (!change || change.toldAt) return payee;
  const coolsOffAt = new Date(toldAt.getTime() + coolingOff);
  return { ...payee, change: { ...change, toldAt, coolsOffAt } };
}

/** @throws DomainError `own-payment`: nobody vouches for how they are paid themselves */
export function requireOther(payee: Pick<Payee, 'personId'>, by: string): void {
  if (payee.personId === by) throw new DomainError('own-payment');
}

/** Whether a prepayment registration holds on the day of the instant (UTC). */
export function isRegistered({ registration }: Payee, at: Date): boolean {
  return registration !== null && registration.until >= at.toISOString().slice(0, 10);
}

/** What is left of a payee whose details are erased. */
export function erased({ municipalityId, personId }: Payee, at: Date): Payee {
  return { ...newPayee(municipalityId, personId, at), erasedAt: at };
}
