import type { PayrollReceipt } from '@talkoot/api-contracts/payments';
import { idFrom, inTransaction, sha256Of } from '@talkoot/http-service';
import type { ClientSession } from 'mongoose';
import { requireUnpaid } from '../batch/batch.ts';
import type { Payments } from '../context.ts';
import { bookOf } from '../fund/commitment.ts';
import type { CommitmentDocument } from '../fund/fund.store.ts';
import { bookKey } from '../ledger/ledger.ts';
import { employerCostCovered, payrollRun, payrollSettled } from '../ledger/postings.ts';
import type { AttemptDocument, ObligationDocument } from '../obligation/obligation.store.ts';
import { bookFates } from '../settlement/settlement.booking.ts';
import { addsUp, coverEmployerCost, decideReceipts, requireAddingUp } from './payroll.ts';
import type { ExceptionCode, KnownAttempt, ReceiptOutcome } from './payroll.ts';
import { receiptIdOf } from './payroll.store.ts';
import type { ExceptionDocument } from './payroll.store.ts';

type Booked = Extract<ReceiptOutcome, { attemptId: string }>;

interface Taking {
  readonly municipalityId: string;
  readonly receipts: readonly PayrollReceipt[];
  /** Who takes them in. */
  readonly personId: string;
}

/** @throws DomainError `own-payment` for whoever is owed what one of the receipts is about */
export async function requireNotPaidBy(
  { connection, obligations }: Payments,
  { municipalityId, receipts, personId }: Taking,
): Promise<void> {
  const ids = [...new Set(receipts.map(({ obligationId }) => obligationId))];
  const owed = await inTransaction(connection, (session) =>
    obligations.findMany(municipalityId, ids, session),
  );
  requireUnpaid(owed, personId);
}

/**
 * Refuses a file with a line that does not add up, and puts such lines aside first so that finance sees them.
 * @throws DomainError `receipt-does-not-add-up`
 */
export async function refuseWhatDoesNotAddUp(payments: Payments, taking: Taking): Promise<void> {
  const wrong = taking.receipts.filter((one) => !addsUp(one));
  if (wrong.length === 0) return;
  const at = payments.now();
  const aside = wrong.map((receipt) => exceptionOf(taking, receipt, { code: 'receipt-does-not-add-up', at }));
  await inTransaction(payments.connection, (session) => payments.payroll.putAside(session, aside));
  requireAddingUp(taking.receipts);
}

/** Takes in receipts: books what fits a payment in transit, ignores what is known, and puts aside the rest. */
export async function takeReceipts(payments: Payments, session: ClientSession, taking: Taking) {
  const { municipalityId, receipts } = taking;
  const at = payments.now();
  const ids = [...new Set(receipts.map((one) => one.obligationId))];
  const attempts = await payments.obligations.attemptsFor(municipalityId, ids, session);
  const taken = await payments.payroll.taken(session, municipalityId, receipts);
  const outcomes = decideReceipts(receipts, attempts.map(knownOf), taken);
  const booked = outcomes.filter((one): one is Booked => 'attemptId' in one);
  await payments.payroll.insertReceipts(
    session,
    booked.map(({ receipt, attemptId }) => ({
      _id: receiptIdOf(municipalityId, receipt),
      municipalityId,
      obligationId: receipt.obligationId,
      attemptId,
      receipt,
      takenBy: taking.personId,
      at,
    })),
  );
  const uncovered = await bookReceipts(payments, session, { taking, attempts, booked, at });
  const aside = [...uncovered, ...exceptionsOf(taking, outcomes, at)];
  await payments.payroll.putAside(session, aside);
  const count = (kind: ReceiptOutcome['kind']) => outcomes.filter((one) => one.kind === kind).length;
  return {
    settled: count('settled'),
    rejected: count('rejected'),
    duplicates: count('duplicate'),
    exceptions: aside,
  };
}

const knownOf = ({ destination, ...attempt }: AttemptDocument): KnownAttempt => ({
  ...attempt,
  method: destination.method,
});

interface Booking {
  readonly taking: Taking;
  readonly attempts: readonly AttemptDocument[];
  readonly booked: readonly Booked[];
  readonly at: Date;
}

/** A receipt of what was paid, with what it pays. */
interface Paid {
  readonly receipt: PayrollReceipt;
  readonly attemptId: string;
  readonly obligation: ObligationDocument;
}

/** Books what was paid and rejected, and what the pools hold of the employer's cost. Answers what they do not hold. */
async function bookReceipts(
  payments: Payments,
  session: ClientSession,
  { taking, attempts, booked, at }: Booking,
): Promise<ExceptionDocument[]> {
  const { municipalityId } = taking;
  const fates = booked.map(({ kind, receipt, attemptId }) => ({
    kind,
    attemptId,
    reasonCode: receipt.reasonCode ?? null,
    ...(kind === 'settled' ? { posting: payrollSettled } : {}),
  }));
  const ids = booked.map(({ receipt }) => receipt.obligationId);
  const owed = await payments.obligations.findMany(municipalityId, ids, session);
  const obligations = new Map(owed.map((one) => [one._id, one]));
  const paid = booked
    .filter(({ kind }) => kind === 'settled')
    .map((one) => ({ ...one, obligation: obligations.get(one.receipt.obligationId)! }));
  const uncovered = await coverCosts(payments, session, paid, { taking, at });
  // Last, as it tells lifecycles that all is paid: what is left of a reserve is released then.
  await bookFates(payments, session, { municipalityId, attempts, fates, at });
  for (const [, some] of groupedBy(paid, ({ obligation }) => bookKey(obligation))) {
    const net = some.reduce((sum, { receipt }) => sum + receipt.net, 0);
    if (net > 0) await payments.ledger.post(session, payrollRun(some[0]!.obligation, net, keyOf(some)), at);
  }
  return uncovered;
}

/** Takes the employer's cost out of the pools of the projects, one posting for each. Answers what they do not hold. */
async function coverCosts(
  payments: Payments,
  session: ClientSession,
  paid: readonly Paid[],
  { taking, at }: Pick<Booking, 'taking' | 'at'>,
): Promise<ExceptionDocument[]> {
  const missing: ExceptionDocument[] = [];
  for (const [projectId, some] of groupedBy(paid, ({ obligation }) => obligation.projectId)) {
    const project = await payments.funds.findCommitment(projectId, session);
    let reserve = project ? await reserveOf(payments, session, project) : 0;
    let amount = 0;
    for (const { receipt, obligation } of some) {
      // Only a bonus has a pool; what spending or an outcome contract pays is paid without contributions of ours.
      const held = obligation.origin === 'bonus' ? reserve : 0;
      const { covered, uncovered } = coverEmployerCost(receipt.employerCost, held);
      reserve -= covered;
      amount += covered;
      if (uncovered > 0) {
        const code = 'employer-cost-above-reserve';
        missing.push(exceptionOf(taking, receipt, { code, at, uncovered }));
      }
    }
    if (!project || amount === 0) continue;
    const { costCentre, account, vatCode } = some[0]!.obligation;
    const part = { projectId, amount, codes: { costCentre, account, vatCode } };
    await payments.ledger.post(session, employerCostCovered(bookOf(project), part, keyOf(some)), at);
    await payments.funds.takeContributions(session, projectId, amount);
  }
  return missing;
}

/** What the reserve holds beyond the contributions that were taken of it. */
async function reserveOf(
  { ledger }: Payments,
  session: ClientSession,
  { _id: projectId, municipalityId, pilotId, contributions = 0 }: CommitmentDocument,
): Promise<number> {
  const held = await ledger.balanceOfProject(session, { municipalityId, pilotId, projectId }, 'reserve');
  return held - contributions;
}

const groupedBy = (paid: readonly Paid[], keyed: (one: Paid) => string): Map<string, Paid[]> =>
  Map.groupBy(paid, keyed);

/** An attempt is settled once, so these are in one posting only. */
const keyOf = (paid: readonly Paid[]): string =>
  idFrom(
    paid
      .map(({ attemptId }) => attemptId)
      .toSorted()
      .join(),
    'run',
  );

function exceptionsOf(taking: Taking, outcomes: readonly ReceiptOutcome[], at: Date): ExceptionDocument[] {
  return outcomes.flatMap((one) =>
    one.kind === 'exception' ? [exceptionOf(taking, one.receipt, { code: one.code, at })] : [],
  );
}

function exceptionOf(
  { municipalityId, personId }: Taking,
  receipt: PayrollReceipt,
  { code, at, uncovered = null }: { code: ExceptionCode; at: Date; uncovered?: number | null },
): ExceptionDocument {
  return {
    _id: idFrom(sha256Of(municipalityId, code, receipt), 'exc'),
    municipalityId,
    code,
    receipt,
    uncovered,
    takenBy: personId,
    at,
    state: 'open',
    note: null,
    closedBy: null,
  };
}
