export { answerOrder } from './answers.ts';
export type { BankAnswers } from './answers.ts';
export { decimalText, OrderRefused, readOrder } from './order.ts';
export type { Order, OrderedTransfer } from './order.ts';
export { notificationXml } from './notification.xml.ts';
export type { Entry, EntryPart } from './notification.xml.ts';
export { statusReportXml, statusVersions } from './status.xml.ts';
export type { Report, ReportedTransfer, StatusVersion } from './status.xml.ts';
