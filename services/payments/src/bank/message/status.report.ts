import type { Money } from '@talkoot/money';
import { amountOf, childrenOf, find, idAt, need, needId } from '../xml/xml.query.ts';
import type { XmlElement } from '../xml/xml.reading.ts';

/** A status that a bank gives to one level of a payment file, and why. */
export interface Status {
  /** Code of the ISO external status lists: `RJCT`, `PART`, `ACSC` …; null where this level says nothing. */
  readonly code: string | null;
  readonly reasonCode: string | null;
}

export interface TransactionStatus extends Status {
  readonly endToEndId: string | null;
  readonly amount: Money | null;
}

/** Status of a payment information block, and of those of its transactions that the bank lists. */
export interface InformationStatus extends Status {
  readonly informationId: string;
  readonly transactions: readonly TransactionStatus[];
}

/** A `pain.002`: what the bank says of a payment file, level by level. */
export interface StatusReport {
  readonly messageId: string;
  readonly originalMessageId: string;
  readonly original: { readonly transactions: number | null; readonly controlSum: string | null };
  readonly group: Status;
  readonly informations: readonly InformationStatus[];
}

/**
 * Reads a `pain.002` of version .03, .10 or .14: what is read here is the same in all of them.
 * @throws DomainError `bank-file-invalid`
 */
export function readStatusReport(document: XmlElement): StatusReport {
  const report = need(document, 'CstmrPmtStsRpt');
  const group = need(report, 'OrgnlGrpInfAndSts');
  const count = find(group, 'OrgnlNbOfTxs')?.text;
  return {
    messageId: needId(report, 'GrpHdr', 'MsgId'),
    originalMessageId: needId(group, 'OrgnlMsgId'),
    original: {
      transactions: count === undefined ? null : Number(count),
      controlSum: find(group, 'OrgnlCtrlSum')?.text ?? null,
    },
    group: statusOf(group, 'GrpSts'),
    informations: childrenOf(report, 'OrgnlPmtInfAndSts').map((information) => ({
      informationId: needId(information, 'OrgnlPmtInfId'),
      ...statusOf(information, 'PmtInfSts'),
      transactions: childrenOf(information, 'TxInfAndSts').map(transactionOf),
    })),
  };
}

function transactionOf(transaction: XmlElement): TransactionStatus {
  const amount = find(transaction, 'OrgnlTxRef', 'Amt', 'InstdAmt');
  return {
    ...statusOf(transaction, 'TxSts'),
    // Both are the same in what this service writes, and a bank may give back either.
    endToEndId: idAt(transaction, 'OrgnlEndToEndId') ?? idAt(transaction, 'OrgnlInstrId') ?? null,
    amount: amount ? amountOf(amount) : null,
  };
}

function statusOf(level: XmlElement, name: string): Status {
  const [reason] = childrenOf(level, 'StsRsnInf').flatMap((one) => {
    const code = find(one, 'Rsn', 'Cd')?.text ?? find(one, 'Rsn', 'Prtry')?.text;
    return code ? [code] : [];
  });
  return { code: idAt(level, name) ?? null, reasonCode: reasonCodeOf(reason) };
}

/** Codes as events carry them; a bank's own words may be anything and stay in its message. */
export const reasonCodeOf = (text: string | undefined): string | null =>
  text !== undefined && /^[A-Z0-9]{2,35}$/.test(text) ? text : null;
