import type { Answer } from '@talkoot/api-contracts';
import type { PaymentsApi } from '@talkoot/api-contracts/payments';
import { amountText } from '../amount.text.ts';

type Shown = Answer<PaymentsApi['routes']['getObligation']>;
type Obligation = Shown['obligation'];

/** What is owed, on one line, and below it what was tried and who would cancel it. */
export function obligationLines(obligation: Obligation): string[] {
  const { obligationId, state, amount, payeeRole, payeeId, projectId, fiscalYear, dueSince } = obligation;
  const owed = [amountText(amount), `${payeeRole} ${payeeId}`, projectId, `year ${fiscalYear}`];
  const { attempts, cancellation, closedBecause } = obligation;
  return [
    [obligationId, state.padEnd(10), ...owed, `due since ${dueSince}`].join('  '),
    ...attempts.map(attemptLine),
    ...(closedBecause ? [`    closed: ${closedBecause}`] : []),
    ...(cancellation ? cancellationLines(cancellation) : []),
  ];
}

function attemptLine({
  number,
  batchId,
  method,
  state,
  reasonCode,
  endToEndId,
}: Obligation['attempts'][number]) {
  const because = reasonCode === null ? '' : ` ${reasonCode}`;
  return `    attempt ${number} in ${batchId} by ${method}: ${state}${because} (${endToEndId})`;
}

function cancellationLines({
  by,
  at,
  confirmedBy,
  sha256,
}: NonNullable<Obligation['cancellation']>): string[] {
  if (confirmedBy) return [`    cancelled by ${by}, confirmed by ${confirmedBy}`];
  return [`    ${by} proposed on ${at} to cancel it: SHA-256 ${sha256}`];
}

/** The same with why: how the amount came about, and what was written about closing it. */
export function obligationFileLines({ obligation, computation, because }: Shown): string[] {
  return [
    ...obligationLines(obligation),
    ...(because === null ? [] : [`    because: ${because}`]),
    ...computation.map((line) => `    ${line}`),
  ];
}
