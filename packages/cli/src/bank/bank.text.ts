import type {
  BankMessageShape,
  BatchReconciliationShape,
  PeriodReconciliationShape,
  ReconciledShape,
  SuspenseShape,
} from '@talkoot/api-contracts/payments';
import { decimalOf } from '@talkoot/money';
import type { Money } from '@talkoot/api-contracts';
import type { z } from 'zod';

type Suspense = z.infer<typeof SuspenseShape>;
type Message = z.infer<typeof BankMessageShape>;
type Reconciled = z.infer<typeof ReconciledShape>;

const amount = (value: Money | null) => (value ? `${decimalOf(value)} ${value.currency}` : 'no amount');
const ways = { out: 'left', in: 'came in', none: 'moved nothing' } as const;

export function suspenseLine(item: Suspense): string {
  const { suspenseId, code, alarm, way, endToEndId, reference, state } = item;
  const about = [
    `${amount(item.amount)} ${ways[way]}`,
    endToEndId ?? 'names no payment',
    `bank: ${reference}`,
  ];
  const line = `${alarm ? '!! ' : ''}${suspenseId}  ${code}  ${[...about, state].join(', ')}`;
  return [line, ...(state === 'proposed' ? proposalLines(item.proposal!) : [])].join('\n');
}

/** What whoever confirms has to compare: the whole proposal, and its hash. */
function proposalLines({ resolution, by, sha256 }: NonNullable<Suspense['proposal']>): string[] {
  const { as, ...named } = resolution;
  const names = Object.values<string | string[] | Money | undefined>(named).flatMap((one) =>
    typeof one === 'object' && 'currency' in one ? amount(one) : (one ?? []),
  );
  return [`    proposed by ${by}: ${[as, ...names].join(' ')}`, `    sha256 ${sha256}`];
}

export function quarantineLine({ messageFileId, code, namespace, at, state, dismissal }: Message): string {
  const said = dismissal && state === 'quarantined' ? [`to be dismissed, says ${dismissal.by}`] : [];
  return `${messageFileId}  ${code}  ${[namespace, at, ...said, state].join(', ')}`;
}

export function messageLines(message: Message): string[] {
  const { messageFileId, messageId, state, code, namespace } = message;
  if (state === 'dismissed')
    return [`Dismissed before: ${code}. Nothing of it was booked (${messageFileId}).`];
  if (state === 'quarantined')
    return [`Quarantined: ${code}. Nothing of it was booked; it is kept as ${messageFileId} (${namespace}).`];
  const { settled, rejected, returned, duplicates, unbooked, suspense } = message;
  return [
    `Taken in: ${messageId}`,
    `${settled} settled, ${rejected} rejected, ${returned} returned, ${duplicates} known already, ${unbooked} not booked yet, ${suspense} in suspense`,
  ];
}

const figures = ['instructed', 'settled', 'rejected', 'returned', 'inTransit'] as const;
const names = {
  instructed: 'instructed',
  settled: 'settled',
  rejected: 'rejected',
  returned: 'returned',
  inTransit: 'in transit',
  suspense: 'suspense',
} as const;

function figureLine(name: keyof typeof names, { recorded, ledger, agrees }: Reconciled): string {
  const counts = `${String(recorded.payments).padStart(6)}  ${amount(recorded.amount).padStart(20)}`;
  return `${names[name].padEnd(11)}${counts}  ledger ${amount(ledger).padStart(20)}  ${agrees ? 'agrees' : 'DIFFERS'}`;
}

export function batchLines(report: z.infer<typeof BatchReconciliationShape>): string[] {
  const { batchId, state, suspense, complete, agrees } = report;
  return [
    `${batchId}: ${state}`,
    ...figures.map((name) => figureLine(name, report[name])),
    `${'suspense'.padEnd(11)}${String(suspense.payments).padStart(6)}  ${amount(suspense.amount).padStart(20)}`,
    agrees ? 'The record of payments and the ledger agree to the cent.' : 'RECORD AND LEDGER DIFFER.',
    complete ? 'Every payment is accounted for.' : 'Payments are still open.',
  ];
}

export function periodLines(report: z.infer<typeof PeriodReconciliationShape>): string[] {
  const lines = report.currencies.flatMap((of) => [
    of.currency,
    ...[...figures, 'suspense' as const].map((name) => figureLine(name, of[name])),
    `left the bank account, less what came in: ${amount(of.bank)}`,
  ]);
  return [
    `${report.from} to ${report.to}`,
    ...(lines.length > 0 ? lines : ['Nothing was paid.']),
    report.agrees ? 'The record of payments and the ledger agree to the cent.' : 'RECORD AND LEDGER DIFFER.',
  ];
}
