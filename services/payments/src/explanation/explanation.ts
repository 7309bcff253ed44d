import type { ExplanationPart, TextRef } from '@talkoot/api-contracts';
import type { PayrollReceipt } from '@talkoot/api-contracts/payments';
import { decimalOf, money } from '@talkoot/money';
import type { BankFileDocument } from '../bank/order/order.store.ts';
import type { BatchDocument } from '../batch/batch.store.ts';
import type { BonusDocument } from '../bonus/bonus.store.ts';
import type { CommitmentDocument } from '../fund/fund.store.ts';
import { ownLines } from '../obligation/computation.ts';
import type { AttemptDocument, ObligationDocument } from '../obligation/obligation.store.ts';
import type { stepsOf } from '../ledger/trace.ts';
import type { MovementDocument } from '../settlement/settlement.store.ts';

type Step = ReturnType<typeof stepsOf>[number];

export const inCurrency = (amount: number, currency: string): string =>
  `${decimalOf(money(amount, currency))} ${currency}`;

/**
 * Pool, score, vote and what they come to; nothing of it is about one payee.
 * @param former the decision that it superseded
 */
export function bonusParts(
  bonus: BonusDocument,
  project: CommitmentDocument | null,
  former: BonusDocument | null,
): ExplanationPart[] {
  const { inputs, charterSha256, lockSha256, pilotId, projectId, computation } = bonus;
  const { assessmentId, sha256, appeal } = inputs.assessment;
  const reserved = project
    ? [`reserved when the project was funded, of a cost of ${inCurrency(project.cost, project.currency)}`]
    : [];
  return [
    ...(former ? [appealPart(bonus, former, appeal)] : []),
    {
      title: 'Bonus pool, from the bonus fund; employer contributions are part of it',
      lines: [...reserved, `pool: ${inCurrency(bonus.pool.amount, bonus.pool.currency)}`],
      sources: [{ kind: 'project', id: projectId, sha256: null }],
    },
    {
      title: 'Score, vote and what they come to',
      lines: [...computation],
      sources: [
        { kind: 'charter', id: pilotId, sha256: charterSha256 },
        { kind: 'criteria-lock', id: projectId, sha256: lockSha256 },
        { kind: 'assessment', id: assessmentId, sha256 },
        { kind: 'poll', id: inputs.pollId, sha256: null },
        { kind: 'bonus-decision', id: bonus._id, sha256: null },
      ],
    },
  ];
}

/** What became of the first decision: the appeal body's reason is its source. */
function appealPart(
  { inputs }: BonusDocument,
  former: BonusDocument,
  appeal: TextRef | null,
): ExplanationPart {
  const { assessmentId } = former.inputs.assessment;
  return {
    title: 'Decided again, because an appeal was upheld',
    lines: [
      `replaces ${former._id}: score ${former.inputs.score}, ${inCurrency(former.payable.amount, former.payable.currency)}`,
      `rests on assessment ${inputs.assessment.assessmentId} instead of ${assessmentId}`,
      'the vote of the citizens stands',
    ],
    sources: [
      { kind: 'bonus-decision', id: former._id, sha256: null },
      ...(appeal ? [{ kind: 'appeal-decision', ...appeal }] : []),
    ],
  };
}

/** Ratios of the pots, and the lines of one obligation: nothing of what others get. */
export function ownSplit({ _id, split }: BonusDocument, obligationId: string): ExplanationPart {
  return {
    title: 'Share by the signed agreement and confirmed hours',
    lines: ownLines(split, obligationId),
    sources: [{ kind: 'bonus-decision', id: _id, sha256: null }],
  };
}

/** One attempt to pay, from its batch to what the bank or the payroll office said. */
export function attemptPart(
  attempt: AttemptDocument,
  batch: BatchDocument | null,
  of: {
    readonly movements: readonly MovementDocument[];
    readonly file: BankFileDocument | null;
    readonly receipts: readonly PayrollReceipt[];
    readonly forFinance: boolean;
  },
): ExplanationPart {
  const { number, state, amount, currency, destination, endToEndId, reasonCode } = attempt;
  const signatures =
    batch && of.forFinance
      ? [
          signed('proposed', batch.proposedBy),
          signed('approved', batch.approvedBy),
          signed('released', batch.releasedBy),
        ]
      : [];
  return {
    title: `Attempt ${number}: ${state}`,
    lines: [
      `${inCurrency(amount, currency)} by ${destination.method}, end-to-end id ${endToEndId}`,
      ...signatures.flat(),
      ...(batch ? [`batch ${batch.state}`] : []),
      ...of.movements.map(
        ({ says, bankReference, at }) => `${dayOf(at)} the bank said ${says}, reference ${bankReference}`,
      ),
      ...of.receipts.map(receiptLine),
      ...(reasonCode === null ? [] : [`reason: ${reasonCode}`]),
    ],
    sources: [
      ...(batch ? [{ kind: 'batch', id: batch._id, sha256: batch.sha256 }] : []),
      ...(attempt.destination.method === 'bank' ? fileSource(of.file) : []),
      ...messagesIn(of.movements),
    ],
  };
}

function receiptLine({ run, date, status, currency, ...of }: PayrollReceipt): string {
  const [gross, withheld, net, employerCost] = [of.gross, of.withheld, of.net, of.employerCost].map(
    (amount) => inCurrency(amount, currency),
  );
  if (status === 'rejected') return `${date} payroll run ${run} rejected it`;
  return `${date} payroll run ${run}: gross ${gross} − withheld ${withheld} = net ${net}; employer's cost ${employerCost}`;
}

/** The payment file of a batch, where it was made. */
export const fileSource = (file: BankFileDocument | null) =>
  file ? [{ kind: 'payment-file', id: file.messageId, sha256: file.sha256 }] : [];

/** The bank's own messages, once each. */
const messagesIn = (movements: readonly MovementDocument[]) =>
  [...new Set(movements.map(({ messageFileId }) => messageFileId))].map((id) => ({
    kind: 'bank-message',
    id,
    sha256: null,
  }));

const dayOf = (at: Date): string => at.toISOString().slice(0, 10);

const signed = (act: string, by: string | null): string[] => (by === null ? [] : [`${act} by ${by}`]);

/** Every transaction on the way of the money; of lines that are of one payee, only the payee's own. */
export function wayPart(steps: readonly Step[]): ExplanationPart {
  return {
    title: 'The way of the money in the ledger',
    lines: steps.flatMap(({ at, transactionId, lines }) =>
      lines.map(
        ({ side, account, amount, own }) =>
          `${at.slice(0, 10)} ${side} ${account} ${inCurrency(amount.amount, amount.currency)}${own ? ', this one alone' : ''} (${transactionId})`,
      ),
    ),
    sources: steps.map(({ transactionId }) => ({ kind: 'transaction', id: transactionId, sha256: null })),
  };
}

/** What became of an obligation, in words. */
export function stateOf({ state, amount, currency, closedBecause, dueSince }: ObligationDocument): string {
  const why = closedBecause === null ? '' : ` (${closedBecause})`;
  return `${inCurrency(amount, currency)}, ${state}${why}, due since ${dayOf(dueSince)}`;
}
