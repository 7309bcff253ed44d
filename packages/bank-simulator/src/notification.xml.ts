import { decimalText } from './order.ts';
import { element, message } from './xml.ts';

/** One transfer within an entry. What is left out the bank does not say. */
export interface EntryPart {
  readonly reference?: string;
  readonly endToEndId?: string;
  /** Cents. */
  readonly amount?: number;
  readonly direction?: 'CRDT' | 'DBIT';
  /** Reason code; only for the return of a payment. */
  readonly returned?: string;
}

/** One movement on the account. */
export interface Entry {
  readonly reference?: string;
  /** Cents. */
  readonly amount: number;
  readonly currency: string;
  readonly direction: 'CRDT' | 'DBIT';
  readonly status: string;
  readonly reversal?: boolean;
  /** How many transfers were booked together. */
  readonly batched?: number;
  readonly parts: readonly EntryPart[];
}

/** Movements on one account as `camt.054.001.08`, valid against its schema. */
export function notificationXml(notification: {
  readonly messageId: string;
  readonly at: Date;
  readonly iban: string;
  readonly entries: readonly Entry[];
}): string {
  const { messageId, at, iban, entries } = notification;
  const created = element('CreDtTm', at.toISOString());
  return message(
    'camt.054.001.08',
    element(
      'BkToCstmrDbtCdtNtfctn',
      element('GrpHdr', element('MsgId', messageId), created),
      element(
        'Ntfctn',
        element('Id', messageId),
        created,
        element('Acct', element('Id', element('IBAN', iban))),
        ...entries.map((one) => entryOf(one, at)),
      ),
    ),
  );
}

function entryOf(entry: Entry, at: Date): string {
  const { reference, amount, currency, direction, status, reversal, batched, parts } = entry;
  const batch = batched === undefined ? '' : element('Btch', element('NbOfTxs', String(batched)));
  const details =
    batch || parts.length > 0 ? element('NtryDtls', batch, ...parts.map((one) => partOf(one, currency))) : '';
  return element(
    'Ntry',
    amountOf(amount, currency),
    element('CdtDbtInd', direction),
    reversal === undefined ? '' : element('RvslInd', String(reversal)),
    element('Sts', element('Cd', status)),
    element('BookgDt', element('Dt', at.toISOString().slice(0, 10))),
    reference ? element('AcctSvcrRef', reference) : '',
    element('BkTxCd', element('Prtry', element('Cd', 'NTRF'))),
    details,
  );
}

function partOf({ reference, endToEndId, amount, direction, returned }: EntryPart, currency: string): string {
  const refs = [
    reference ? element('AcctSvcrRef', reference) : '',
    endToEndId === undefined ? '' : element('EndToEndId', endToEndId),
  ].join('');
  return element(
    'TxDtls',
    refs ? element('Refs', refs) : '',
    amount === undefined ? '' : amountOf(amount, currency),
    direction ? element('CdtDbtInd', direction) : '',
    returned ? element('RtrInf', element('Rsn', element('Cd', returned))) : '',
  );
}

const amountOf = (cents: number, currency: string) => `<Amt Ccy="${currency}">${decimalText(cents)}</Amt>`;
