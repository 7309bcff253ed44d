import { DomainError } from '@talkoot/http-service';
import { decimalOf, money } from '@talkoot/money';
import { writeXml } from '../xml/xml.writing.ts';
import type { Written } from '../xml/xml.writing.ts';
import { writableAddress, writableText } from './sepa.text.ts';
import type { PostalAddress } from './sepa.text.ts';

export interface Transfer {
  /** At most 35 characters. */
  readonly endToEndId: string;
  /** Minor units of the order's currency. */
  readonly amount: number;
  readonly creditor: {
    readonly name: string;
    readonly iban: string;
    readonly address?: PostalAddress | undefined;
  };
  /** What the payee reads on the statement. */
  readonly remittance: string;
}

/** One `pain.001`: transfers from one account in one currency. */
export interface PaymentOrder {
  /** At most 35 characters; the bank refuses a second file with the same one. */
  readonly messageId: string;
  readonly madeAt: Date;
  readonly currency: string;
  readonly debtor: { readonly name: string; readonly iban: string; readonly bic: string | null };
  readonly transfers: readonly Transfer[];
}

const namespace = 'urn:iso:std:iso:20022:tech:xsd:pain.001.001.09';
/** SEPA credit transfers: at most 999,999,999.99 euros each. */
const largestTransfer = 99_999_999_999;

/**
 * The bytes of an order as `pain.001.001.09`, booked one by one: SEPA credit transfers in euros, plain transfers of the debtor's bank in
 * other currencies. The same order gives the same bytes.
 * @throws DomainError `text-unwritable`; RangeError for an amount that no transfer carries
 */
export function paymentOrderXml(order: PaymentOrder): string {
  const sums: Written[] = [
    ['NbOfTxs', String(order.transfers.length)],
    ['CtrlSum', decimalOf(controlSum(order))],
  ];
  const debtor: Written = ['Nm', writableText(order.debtor.name)];
  const header: Written = [
    'GrpHdr',
    [['MsgId', order.messageId], ['CreDtTm', secondOf(order.madeAt)], ...sums, ['InitgPty', [debtor]]],
  ];
  const information: Written = [
    'PmtInf',
    [
      ['PmtInfId', order.messageId],
      ['PmtMtd', 'TRF'],
      ['BtchBookg', 'false'],
      ...sums,
      isSepa(order) ? ['PmtTpInf', [['SvcLvl', [['Cd', 'SEPA']]]]] : null,
      ['ReqdExctnDt', [['Dt', secondOf(order.madeAt).slice(0, 10)]]],
      ['Dbtr', [debtor]],
      ['DbtrAcct', [account(order.debtor.iban), ['Ccy', order.currency]]],
      ['DbtrAgt', [['FinInstnId', [agent(order.debtor.bic)]]]],
      ['ChrgBr', isSepa(order) ? 'SLEV' : 'SHAR'],
      ...order.transfers.map((one) => transferOf(one, order.currency)),
    ],
  ];
  return writeXml(namespace, ['Document', [['CstmrCdtTrfInitn', [header, information]]]]);
}

const isSepa = ({ currency }: PaymentOrder) => currency === 'EUR';

/** Sum of the transfers, in integers. @throws MoneyError `amount-unsafe` */
export function controlSum({ transfers, currency }: Pick<PaymentOrder, 'transfers' | 'currency'>) {
  return money(
    transfers.reduce((total, { amount }) => total + BigInt(amount), 0n),
    currency,
  );
}

function transferOf(transfer: Transfer, currency: string): Written {
  const { endToEndId, amount, creditor, remittance } = transfer;
  if (amount <= 0 || amount > largestTransfer) throw new RangeError(`${endToEndId} pays ${amount}`);
  return [
    'CdtTrfTxInf',
    [
      // The same in both, so that whatever the bank gives back names the payment.
      [
        'PmtId',
        [
          ['InstrId', endToEndId],
          ['EndToEndId', endToEndId],
        ],
      ],
      ['Amt', [['InstdAmt', decimalOf(money(amount, currency)), ` Ccy="${currency}"`]]],
      ['Cdtr', [['Nm', writableText(creditor.name)], addressOf(creditor.address)]],
      ['CdtrAcct', [account(creditor.iban)]],
      ['RmtInf', [['Ustrd', writableText(remittance, 140)]]],
    ],
  ];
}

function addressOf(given: PostalAddress | undefined): Written | null {
  const address = given && writableAddress(given);
  if (!address) return null;
  const { street, building, postcode, town, country } = address;
  const part = (name: string, text: string | undefined): Written | null =>
    text === undefined ? null : [name, text];
  return [
    'PstlAdr',
    [
      part('StrtNm', street),
      part('BldgNb', building),
      part('PstCd', postcode),
      ['TwnNm', town],
      ['Ctry', country],
    ],
  ];
}

const account = (iban: string): Written => ['Id', [['IBAN', iban]]];
/** A bank without a BIC is found by the IBAN; the schema wants something in its place. */
const agent = (bic: string | null): Written =>
  bic === null ? ['Othr', [['Id', 'NOTPROVIDED']]] : ['BICFI', bic];
const secondOf = (instant: Date) => `${instant.toISOString().slice(0, 19)}Z`;

/** Names the payment file of a batch at the bank: 21 characters. */
export const messageIdOf = (batchId: string): string => `B${batchId.replace(/^bat-/, '').toUpperCase()}`;

/** @throws DomainError `no-bank-payments` */
export function requireTransfers(transfers: readonly unknown[]): void {
  if (transfers.length === 0) throw new DomainError('no-bank-payments');
}
