import type { Answer } from '@talkoot/api-contracts';
import type { PaymentsApi } from '@talkoot/api-contracts/payments';

export type PayeeRecord = Answer<PaymentsApi['routes']['getPayee']>;
type Payee = Answer<PaymentsApi['routes']['getPayeeDetails']>;
type AccountRecord = Answer<PaymentsApi['routes']['listPayeeAccounts']>['items'][number];
type Erasure = Answer<PaymentsApi['routes']['requestErasure']>;

/** A payee in words: how they are paid, and what waits. */
export function payeeLines(payee: Payee | PayeeRecord): string[] {
  const { method, masked, verification, change, registeredUntil } = payee;
  const who = 'payeeId' in payee ? `${payee.payeeId}  ` : '';
  const account = masked === null ? '' : ` ${masked}`;
  const checked = verification ? `, the bank said ${verification.result} on ${verification.checkedAt}` : '';
  const registration = registeredUntil === null ? '' : `, registered until ${registeredUntil}`;
  return [
    `${who}${method ?? 'has not said how to be paid'}${account}${checked}${registration}`,
    ...(change ? changeLines(change, payee) : []),
    ...('payeeId' in payee ? recordLines(payee) : []),
    ...(payee.erasureAskedAt ? [`    asked to be forgotten ${payee.erasureAskedAt}`] : []),
  ];
}

function changeLines(change: NonNullable<Payee['change']>, payee: Payee | PayeeRecord): string[] {
  const { changeId, masked, requestedAt, toldAt, coolsOffAt, approvedAt, verification } = change;
  const by = 'payeeId' in payee ? ` by ${payee.changeRequestedBy}` : '';
  const from = 'payeeId' in payee && payee.changeEvidence ? `, from ${payee.changeEvidence}` : '';
  return [
    `    new account ${masked} (${changeId}), entered ${requestedAt}${by}${from}`,
    `    ${approvedAt ? `approved ${approvedAt}` : 'waits for approval'}; ${
      toldAt ? `paid to from ${coolsOffAt} on` : 'the payee is not told yet'
    }`,
    ...(verification ? [`    the bank said ${verification.result} on ${verification.checkedAt}`] : []),
  ];
}

function recordLines({ sharedWith, changeSharedWith, erasedAt }: PayeeRecord): string[] {
  const others = (count: number) => `${count} other${count > 1 ? 's' : ''}`;
  return [
    ...(sharedWith > 0 ? [`    paid to the same account as ${others(sharedWith)}`] : []),
    ...(changeSharedWith ? [`    the new account is also that of ${others(changeSharedWith)}`] : []),
    ...(erasedAt ? [`    erased ${erasedAt}`] : []),
  ];
}

/** An account that was paid to, and the people it came through. */
export function accountLine({
  masked,
  since,
  requestedBy,
  requestedAt,
  approvedBy,
  approvedAt,
}: AccountRecord): string {
  return `${masked}  paid to since ${since}, entered ${requestedAt} by ${requestedBy}, approved ${approvedAt} by ${approvedBy}`;
}

/** Whether it is done, or what it waits for. */
export const erasureLine = ({ state, because, notBefore }: Erasure): string =>
  [state, because, notBefore].filter(Boolean).join(', ');
