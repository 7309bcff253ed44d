import type { Answer } from '@talkoot/api-contracts';
import type { PaymentsApi } from '@talkoot/api-contracts/payments';

type Taken = Answer<PaymentsApi['routes']['importPayrollReceipts']>;
type Exception = Taken['exceptions'][number];

/** What an import did, in words. */
export function takenLines({ settled, rejected, duplicates, exceptions }: Taken): string[] {
  return [
    `${settled} settled, ${rejected} rejected, ${duplicates} known before, ${exceptions.length} put aside`,
    ...exceptions.map(exceptionLine),
  ];
}

/** A receipt that was put aside, on one line. Amounts in minor units. */
export function exceptionLine({ exceptionId, code, receipt, uncovered, state, note }: Exception): string {
  const { run, obligationId, gross, withheld, net, currency } = receipt;
  const parts = [
    exceptionId,
    state,
    code,
    `run ${run}`,
    obligationId,
    `gross ${gross} withheld ${withheld} net ${net} ${currency}`,
    ...(uncovered ? [`not covered ${uncovered.amount}`] : []),
    ...(note === null ? [] : [note]),
  ];
  return parts.join('  ');
}
