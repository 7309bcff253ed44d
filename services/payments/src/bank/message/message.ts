import type { quarantineCodes } from '@talkoot/api-contracts/payments';
import { DomainError } from '@talkoot/http-service';
import { readXml } from '../xml/xml.reading.ts';
import type { XmlElement } from '../xml/xml.reading.ts';
import { readNotification } from './notification.ts';
import type { Notification } from './notification.ts';
import { readStatusReport } from './status.report.ts';
import type { StatusReport } from './status.report.ts';

export type QuarantineCode = (typeof quarantineCodes)[number];

/** A message of the bank, read as far as its version is known. */
export type BankMessage =
  | {
      readonly kind: 'status';
      readonly namespace: string;
      readonly messageId: string;
      readonly report: StatusReport;
    }
  | {
      readonly kind: 'notification';
      readonly namespace: string;
      readonly messageId: string;
      readonly notification: Notification;
    }
  | { readonly kind: 'unknown'; readonly namespace: string; readonly messageId: null };

const prefix = 'urn:iso:std:iso:20022:tech:xsd:';
const statusVersions = ['pain.002.001.03', 'pain.002.001.10', 'pain.002.001.14'];
const notificationVersions = ['camt.054.001.08'];

/**
 * Reads a message by its namespace. Of a version that is not known nothing is read.
 * @throws DomainError `bank-file-hostile`, `bank-file-malformed`, `bank-file-too-large`, `bank-file-invalid`
 */
export function readMessage(text: string): BankMessage {
  const document = readXml(text);
  const namespace = document.namespace.slice(0, 200);
  const version =
    document.name === 'Document' && namespace.startsWith(prefix) ? namespace.slice(prefix.length) : '';
  if (statusVersions.includes(version)) return statusOf(document, namespace);
  if (notificationVersions.includes(version)) return notificationOf(document, namespace);
  return { kind: 'unknown', namespace, messageId: null };
}

function statusOf(document: XmlElement, namespace: string): BankMessage {
  const report = readStatusReport(document);
  return { kind: 'status', namespace, messageId: report.messageId, report };
}

/** So many movements are taken in together: they are one transaction of the database. */
export const mostLines = 1_000;

function notificationOf(document: XmlElement, namespace: string): BankMessage {
  const notification = readNotification(document);
  const entries = notification.accounts.flatMap((account) => account.entries);
  const lines = entries.reduce((sum, { transactions }) => sum + Math.max(1, transactions.length), 0);
  if (lines > mostLines) throw new DomainError('bank-file-too-large', `More than ${mostLines} movements`);
  return { kind: 'notification', namespace, messageId: notification.messageId, notification };
}
