import type { Answer } from '@talkoot/api-contracts';
import type { PaymentsApi } from '@talkoot/api-contracts/payments';
import { amountText } from '../amount.text.ts';

type Shown = Answer<PaymentsApi['routes']['getBatch']>;
type Batch = Shown['batch'];
type Line = Shown['lines'][number];
type File = Answer<PaymentsApi['routes']['getBankFile']>;
type Decided = Answer<PaymentsApi['routes']['approveBatch']>;

/** A batch on one line. */
export function batchLine({ batchId, state, lines, total, pilotId, proposedBy, proposedAt }: Batch): string {
  const payments = `${lines} payment${lines === 1 ? '' : 's'}, ${amountText(total)}`;
  return [batchId, state.padEnd(10), payments, pilotId, `proposed ${proposedAt} by ${proposedBy}`].join('  ');
}

/** A batch with every payment: what approver and releaser read before they sign. */
export function batchLines({ batch, lines, lifecycle }: Shown): string[] {
  const { approvedBy, releasedBy, sha256 } = batch;
  const signed = [
    ...(approvedBy ? [`approved by ${approvedBy}`] : []),
    ...(releasedBy ? [`released by ${releasedBy}`] : []),
  ];
  const { awaiting = null, dueAt = null, overdue = false } = lifecycle ?? {};
  const until = `${dueAt ? `, until ${dueAt}` : ''}${overdue ? ', OVERDUE' : ''}`;
  return [
    batchLine(batch),
    ...(signed.length > 0 ? [`    ${signed.join(', ')}`] : []),
    ...lines.map(paymentLine),
    ...(awaiting ? [`    awaited: ${awaiting}${until}`] : []),
    `    SHA-256 ${sha256}`,
  ];
}

/** A payment, with what whoever signs has to look at. */
function paymentLine(line: Line): string {
  const { obligationId, amount, payeeRole, payeeId, method, masked, verification, warnings, state } = line;
  const account = masked === null ? '' : ` ${masked}`;
  const checked = verification ? ` (the bank said ${verification.result})` : '';
  const parts = [
    obligationId,
    amountText(amount),
    `${payeeRole} ${payeeId}`,
    `${method}${account}${checked}`,
    state,
    ...warnings.map((warning) => `!! ${warning}`),
  ];
  return `    ${parts.join('  ')}`;
}

/** What is on record of a payment file: enough to tell whether the bank has what was signed. */
export function fileLines({
  messageId,
  sha256,
  payments,
  controlSum,
  madeBy,
  madeAt,
  downloads,
}: File): string[] {
  return [
    `message ${messageId}: ${payments} payments, ${amountText(controlSum)}, made ${madeAt} by ${madeBy}`,
    `    SHA-256 ${sha256}`,
    ...downloads.map(({ by, at }) => `    taken ${at} by ${by}`),
  ];
}

/** Where a batch is after somebody decided. */
export function decidedLines({ lifecycleId, phase, awaiting, dueAt }: Decided): string[] {
  const next = awaiting ? `; awaited: ${awaiting}${dueAt ? `, until ${dueAt}` : ''}` : '';
  return [`${lifecycleId} is ${phase}${next}`];
}
