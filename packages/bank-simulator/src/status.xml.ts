import { decimalText } from './order.ts';
import { element, message } from './xml.ts';

/** The versions that banks in Europe send. */
export const statusVersions = ['pain.002.001.03', 'pain.002.001.14'] as const;
export type StatusVersion = (typeof statusVersions)[number];

export interface ReportedTransfer {
  readonly endToEndId?: string;
  readonly status?: string;
  readonly reason?: string;
  /** Cents, as the bank understood the order. */
  readonly amount?: { readonly cents: number; readonly currency: string };
}

/** What a bank says of a payment file: of the group, of blocks of it, of transfers in them. */
export interface Report {
  readonly messageId: string;
  readonly at: Date;
  readonly originalMessageId: string;
  readonly original?: { readonly transfers: number; readonly controlSum: number };
  readonly status?: string;
  readonly reason?: string;
  readonly informations: readonly {
    readonly informationId: string;
    readonly status?: string;
    readonly reason?: string;
    readonly transfers: readonly ReportedTransfer[];
  }[];
}

/** A report as `pain.002`, valid against the schema of its version. */
export function statusReportXml(report: Report, version: StatusVersion): string {
  const { messageId, at, originalMessageId, original, status, reason, informations } = report;
  const header = element('GrpHdr', element('MsgId', messageId), element('CreDtTm', instant(at)));
  const group = element(
    'OrgnlGrpInfAndSts',
    element('OrgnlMsgId', originalMessageId),
    element('OrgnlMsgNmId', 'pain.001.001.09'),
    original ? element('OrgnlNbOfTxs', String(original.transfers)) : '',
    original ? element('OrgnlCtrlSum', decimalText(original.controlSum)) : '',
    status ? element('GrpSts', status) : '',
    reasonOf(reason),
  );
  const blocks = informations.map((one) =>
    element(
      'OrgnlPmtInfAndSts',
      element('OrgnlPmtInfId', one.informationId),
      one.status ? element('PmtInfSts', one.status) : '',
      reasonOf(one.reason),
      ...one.transfers.map(transferOf),
    ),
  );
  return message(version, element('CstmrPmtStsRpt', header, group, ...blocks));
}

function transferOf({ endToEndId, status, reason, amount }: ReportedTransfer): string {
  return element(
    'TxInfAndSts',
    endToEndId === undefined ? '' : element('OrgnlEndToEndId', endToEndId),
    status ? element('TxSts', status) : '',
    reasonOf(reason),
    amount
      ? element(
          'OrgnlTxRef',
          element('Amt', `<InstdAmt Ccy="${amount.currency}">${decimalText(amount.cents)}</InstdAmt>`),
        )
      : '',
  );
}

const reasonOf = (code: string | undefined) =>
  code ? element('StsRsnInf', element('Rsn', element('Cd', code))) : '';
const instant = (at: Date) => at.toISOString();
