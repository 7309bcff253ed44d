import type { Answer } from '@talkoot/api-contracts';
import type { PaymentsApi } from '@talkoot/api-contracts/payments';

type Taken = Answer<PaymentsApi['routes']['importPayrollReceipts']>;
type Exception = Taken['exceptions'][number];
type Receipt = Exception['receipt'];

/** What an import did, in words. */
export function takenLines({ settled, rejected, duplicates, exceptions }: Taken): string[] {
  return [
    `${settled} settled, ${rejected} rejected, ${duplicates} known before, ${exceptions.length} put aside`,
    ...exceptions.map(exceptionLine),
  ];
}

/** A receipt that was put aside, on one line. Amounts in minor units. */
export function exceptionLine({ exceptionId, code, receipt, uncovered, state, note }: Exception): string {
  const parts = [
    exceptionId,
    state,
    code,
    whatItSays(receipt),
    ...(uncovered ? [`not covered ${uncovered.amount}`] : []),
    ...(note === null ? [] : [note]),
  ];
  return parts.join('  ');
}

const whatItSays = ({ run, obligationId, gross, withheld, net, currency }: Receipt): string =>
  `run ${run}  ${obligationId}  gross ${gross} withheld ${withheld} net ${net} ${currency}`;

/** A receipt that was taken in, on one line. Amounts in minor units. */
export const receiptLine = (receipt: Receipt): string =>
  `${receipt.date}  ${receipt.status}  ${whatItSays(receipt)}`;

/** Columns of the income report, amounts in minor units. */
export const incomeColumns = [
  'payeeNumber',
  'nationalId',
  'payeeRole',
  'obligationId',
  'run',
  'date',
  'currency',
  'gross',
  'withheld',
  'net',
] as const;
