import { DomainError, idFrom } from '@talkoot/http-service';
import { decimalOf, money, moneyFromDecimal, MoneyError } from '@talkoot/money';
import type { ClientSession } from 'mongoose';
import type { Payments } from '../../context.ts';
import { takeLines } from '../../settlement/settlement.booking.ts';
import type { SuspenseDocument } from '../../settlement/settlement.store.ts';
import type { BankLine } from '../../settlement/settlement.ts';
import type { BankFileDocument } from '../order/order.store.ts';
import type { BankMessage, QuarantineCode } from './message.ts';
import { mostLines } from './message.ts';
import type { BankMessageDocument } from './message.store.ts';
import { decideNotification } from './notification.decision.ts';
import type { Notification } from './notification.ts';
import type { StatusReport } from './status.report.ts';

export interface Import {
  readonly municipalityId: string;
  readonly personId: string;
  readonly message: BankMessage;
  readonly text: string;
  /** Of the text. */
  readonly sha256: string;
}

export interface Imported {
  /** False for a file that was taken in before: nothing changed. */
  readonly fresh: boolean;
  readonly message: BankMessageDocument;
  readonly suspense: readonly SuspenseDocument[];
}

/** Lines to be taken in, or why none of the message is. */
type Decided =
  | { readonly lines: readonly BankLine[]; readonly unbooked: number }
  | { readonly quarantine: QuarantineCode };

/**
 * Takes a message in whole, or puts it whole into quarantine. The same file again changes nothing; one in quarantine, or dismissed from it, is
 * looked at anew, as what it lacked may be there by now.
 */
export async function importMessage(
  payments: Payments,
  session: ClientSession,
  given: Import,
): Promise<Imported> {
  const { municipalityId, sha256, text } = given;
  const _id = messageFileIdOf(municipalityId, sha256);
  const known = await payments.bankMessages.find(municipalityId, _id, session);
  if (known?.state === 'taken-in') return { fresh: false, message: known, suspense: [] };
  const decided = await decide(payments, session, given);
  if (known?.state === 'dismissed' && 'quarantine' in decided)
    return { fresh: false, message: known, suspense: [] };
  const document = { ...newMessage(_id, given, payments.now()), dismissal: known?.dismissal ?? null };
  const expiresAt =
    'quarantine' in decided
      ? null
      : new Date(document.at.getTime() + payments.bankFileDays * 24 * 60 * 60_000);
  await payments.bankContents.put(session, { municipalityId, contentId: _id, text, expiresAt });
  if ('quarantine' in decided) {
    const message = { ...document, code: decided.quarantine };
    await payments.bankMessages.put(session, message);
    return { fresh: true, message, suspense: [] };
  }
  const source = { municipalityId, messageFileId: _id };
  const { suspense, ...counts } = await takeLines(payments, session, decided.lines, source);
  const { unbooked } = decided;
  const message = { ...document, ...counts, unbooked, suspense: suspense.length, state: 'taken-in' as const };
  await payments.bankMessages.put(session, message);
  return { fresh: true, message, suspense };
}

export const messageFileIdOf = (municipalityId: string, sha256: string): string =>
  idFrom(`${municipalityId}/${sha256}`, 'bms');

function newMessage(
  _id: string,
  { municipalityId, personId, message, sha256 }: Import,
  at: Date,
): BankMessageDocument {
  return {
    _id,
    municipalityId,
    kind: message.kind,
    messageId: message.messageId,
    namespace: message.namespace,
    sha256,
    state: 'quarantined',
    code: null,
    dismissal: null,
    settled: 0,
    rejected: 0,
    returned: 0,
    duplicates: 0,
    unbooked: 0,
    suspense: 0,
    importedBy: personId,
    at,
  };
}

async function decide(payments: Payments, session: ClientSession, given: Import): Promise<Decided> {
  const { municipalityId, message } = given;
  if (message.kind === 'unknown') return { quarantine: 'version-unknown' };
  const { kind, messageId } = message;
  const twin = await payments.bankMessages.takenIn({ municipalityId, kind, messageId }, session);
  if (twin) return { quarantine: 'message-id-reused' };
  const decided =
    message.kind === 'status'
      ? await ofStatus(payments, session, municipalityId, message.report)
      : await ofNotification(payments, session, municipalityId, message.notification);
  if ('lines' in decided && decided.lines.length > mostLines)
    throw new DomainError('bank-file-too-large', `More than ${mostLines} movements`);
  return decided;
}

async function ofStatus(
  payments: Payments,
  session: ClientSession,
  municipalityId: string,
  report: StatusReport,
): Promise<Decided> {
  const file = await payments.bankFiles.findByMessageId(municipalityId, report.originalMessageId, session);
  if (!file) return { quarantine: 'original-unknown' };
  if (!isAbout(report, file)) return { quarantine: 'original-differs' };
  const attempts = await payments.obligations.attemptsOfBatch(file._id, session);
  const sent = attempts.filter(({ destination }) => destination.method === 'bank');
  const instructed = {
    messageId: file.messageId,
    payments: sent.map(({ endToEndId }) => ({ informationId: file.messageId, endToEndId })),
  };
  return { lines: payments.decideStatus(report, instructed), unbooked: 0 };
}

/** Whether the bank speaks of as many payments and as much money as the file has, where it says so. */
function isAbout({ original }: StatusReport, file: BankFileDocument): boolean {
  const { transactions, controlSum } = original;
  if (transactions !== null && transactions !== file.payments) return false;
  return (
    controlSum === null ||
    decimalIn(controlSum, file.currency) === decimalOf(money(file.total, file.currency))
  );
}

function decimalIn(text: string, currency: string): string | null {
  try {
    return decimalOf(moneyFromDecimal(text, currency));
  } catch (error) {
    if (error instanceof MoneyError) return null;
    throw error;
  }
}

async function ofNotification(
  payments: Payments,
  session: ClientSession,
  municipalityId: string,
  { accounts }: Notification,
): Promise<Decided> {
  const named = [...new Set(accounts.map(({ iban }) => iban))];
  const ibans = named.filter((iban) => iban !== null);
  const ours = new Set(
    (await payments.debtorAccounts.confirmed(municipalityId, ibans, session)).map(({ iban }) => iban),
  );
  if (named.some((iban) => iban === null || !ours.has(iban))) return { quarantine: 'account-unknown' };
  return decideNotification(accounts.flatMap(({ entries }) => entries));
}
