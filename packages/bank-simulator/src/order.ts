import { SaxesParser } from 'saxes';

/** A transfer as the bank reads it. */
export interface OrderedTransfer {
  readonly endToEndId: string;
  /** Cents. */
  readonly amount: number;
  readonly creditor: string;
  readonly iban: string;
}

/** A `pain.001.001.09` as the bank reads it. */
export interface Order {
  readonly messageId: string;
  readonly informationId: string;
  readonly debtorIban: string;
  readonly currency: string;
  readonly transfers: readonly OrderedTransfer[];
}

/** A file that the bank does not take. */
export class OrderRefused extends Error {
  override readonly name = 'OrderRefused';
}

const path = (...names: readonly string[]) => names.join('/');
const group = path('Document', 'CstmrCdtTrfInitn', 'GrpHdr');
const information = path('Document', 'CstmrCdtTrfInitn', 'PmtInf');
const transfer = path(information, 'CdtTrfTxInf');

/**
 * Reads a payment file without knowing the program that wrote it.
 * @throws OrderRefused when count or control sum do not add up, or an id comes twice
 */
export function readOrder(xml: string): Order {
  const texts = textsOf(xml);
  const one = (at: string) => texts.get(at)?.[0] ?? '';
  const all = (at: string) => texts.get(at) ?? [];
  const amounts = all(path(transfer, 'Amt', 'InstdAmt'));
  const [ids, names, ibans] = [
    all(path(transfer, 'PmtId', 'EndToEndId')),
    all(path(transfer, 'Cdtr', 'Nm')),
    all(path(transfer, 'CdtrAcct', 'Id', 'IBAN')),
  ];
  const transfers = ids.map((endToEndId, at) => ({
    endToEndId,
    amount: centsOf(amounts[at] ?? ''),
    creditor: names[at] ?? '',
    iban: ibans[at] ?? '',
  }));
  const sum = transfers.reduce((total, { amount }) => total + amount, 0);
  for (const level of [group, information]) {
    if (one(path(level, 'NbOfTxs')) !== String(transfers.length)) throw new OrderRefused('NbOfTxs');
    if (centsOf(one(path(level, 'CtrlSum'))) !== sum) throw new OrderRefused('CtrlSum');
  }
  if (new Set(ids).size !== ids.length) throw new OrderRefused('EndToEndId');
  return {
    messageId: one(path(group, 'MsgId')),
    informationId: one(path(information, 'PmtInfId')),
    debtorIban: one(path(information, 'DbtrAcct', 'Id', 'IBAN')),
    currency: one(path(information, 'DbtrAcct', 'Ccy')),
    transfers,
  };
}

/** Texts of elements in the order of the file, by their path. */
function textsOf(xml: string): Map<string, string[]> {
  const texts = new Map<string, string[]>();
  const open: { name: string; text: string }[] = [];
  const parser = new SaxesParser({ xmlns: true });
  parser.on('opentag', ({ local }) => open.push({ name: local, text: '' }));
  parser.on('text', (text) => {
    const last = open.at(-1);
    if (last) last.text += text;
  });
  parser.on('closetag', () => {
    const at = open.map(({ name }) => name).join('/');
    texts.set(at, [...(texts.get(at) ?? []), open.pop()!.text]);
  });
  parser.write(xml).close();
  return texts;
}

function centsOf(text: string): number {
  const [, whole, places = ''] = /^(\d+)(?:\.(\d{1,2}))?$/.exec(text) ?? [];
  if (whole === undefined) throw new OrderRefused(`"${text}" is no amount`);
  return Number(`${whole}${places.padEnd(2, '0')}`);
}

/** Cents as messages write them. */
export const decimalText = (cents: number): string =>
  `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
