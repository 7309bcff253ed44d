import type { AccountName, FundName } from '@talkoot/api-contracts/payments';
import type { Book, BookingCodes, Leg, Side, Transaction } from './ledger.ts';

export type { Book } from './ledger.ts';

/** One payee's part of a transaction. */
export interface Part {
  readonly obligationId: string;
  readonly projectId: string;
  readonly amount: number;
  readonly codes?: BookingCodes;
  /** Whether it is what a person gets. Companies and investors are paid in public. */
  readonly personal?: boolean;
}

/** Where an obligation's money came from, and returns to. */
export type Origin = 'round' | 'bonus' | 'outcome';

const leg = (side: Side, account: AccountName, amount: number, of: Partial<Part> = {}): Leg => ({
  side,
  account,
  amount,
  projectId: of.projectId ?? null,
  obligationId: of.obligationId ?? null,
  codes: of.codes ?? null,
  personal: of.personal ?? false,
});
const debit = (account: AccountName, amount: number, of?: Partial<Part>) => leg('debit', account, amount, of);
const credit = (account: AccountName, amount: number, of?: Partial<Part>) =>
  leg('credit', account, amount, of);

const transaction = (book: Book, kind: string, key: string, legs: Leg[]): Transaction => ({
  municipalityId: book.municipalityId,
  pilotId: book.pilotId,
  fiscalYear: book.fiscalYear,
  currency: book.currency,
  id: `${kind}/${key}`,
  kind,
  legs: legs.filter((one) => one.amount !== 0),
});

/** Permission: the allotment is split into the funds. */
export function fundsOpened(book: Book, amounts: Readonly<Record<FundName, number>>): Transaction {
  const { round, bonus, outcome } = amounts;
  return transaction(book, 'funds-opened', book.pilotId ?? '', [
    debit('allotment', round + bonus + outcome),
    credit('round-fund', round),
    credit('bonus-fund', bonus),
    credit('outcome-fund', outcome),
  ]);
}

/** Funding: the cost is committed out of the round fund, the bonus pool reserved out of the bonus fund. */
export function projectCommitted(book: Book, projectId: string, cost: number, pool: number): Transaction {
  return transaction(book, 'project-committed', projectId, [
    debit('round-fund', cost),
    credit('commitment', cost, { projectId }),
    debit('bonus-fund', pool),
    credit('reserve', pool, { projectId }),
  ]);
}

export function commitmentRaised(book: Book, projectId: string, amount: number, key: string): Transaction {
  return transaction(book, 'commitment-raised', key, [
    debit('round-fund', amount),
    credit('commitment', amount, { projectId }),
  ]);
}

/** Underspend, or the part of a refused spending, returns to the round fund. */
export function commitmentReturned(book: Book, projectId: string, amount: number, key: string): Transaction {
  return transaction(book, 'commitment-returned', key, [
    debit('commitment', amount, { projectId }),
    credit('round-fund', amount),
  ]);
}

/**
 * The end of a reserve: it goes back to the bonus fund, less the employer's contributions that {@link employerCostCovered} took of it.
 * The public sees them here, in one sum.
 */
export function reserveReturned(
  book: Book,
  projectId: string,
  amount: number,
  contributions = 0,
): Transaction {
  return transaction(book, 'reserve-returned', projectId, [
    debit('reserve', amount, { projectId }),
    credit('bonus-expended', contributions, { projectId }),
    credit('bonus-fund', amount - contributions),
  ]);
}

/** Acceptance: the commitment is used up and the amount owed, to a contractor's obligation where there is one. */
export function spendingAccepted(
  book: Book,
  spending: Omit<Part, 'obligationId'> & { spendingId: string; obligationId: string | null },
): Transaction {
  const { spendingId, projectId, amount, obligationId, codes } = spending;
  const coded = codes ? { projectId, codes } : { projectId };
  const owed = obligationId ? { ...coded, obligationId } : coded;
  return transaction(book, 'spending-accepted', spendingId, [
    debit('commitment', amount, { projectId }),
    credit('round-expended', amount, { projectId }),
    debit('expenditure', amount, coded),
    credit('payable', amount, owed),
  ]);
}

/** A decided bonus becomes owed. The reserve is used up in one sum, which everybody sees; who gets what of it is personal. */
export function bonusAwarded(
  book: Book,
  { decisionId, projectId }: { readonly decisionId: string; readonly projectId: string },
  parts: readonly Part[],
): Transaction {
  const total = parts.reduce((sum, { amount }) => sum + amount, 0);
  const owed = parts.flatMap(({ obligationId, ...part }) => [
    debit('expenditure', part.amount, { ...part, personal: true }),
    credit('payable', part.amount, { ...part, obligationId, personal: true }),
  ]);
  const used = [debit('reserve', total, { projectId }), credit('bonus-expended', total, { projectId })];
  return transaction(book, 'bonus-awarded', decisionId, [...used, ...owed]);
}

/** Signing an outcome contract sets its most aside, for a project or (null) for the pilot as a whole. */
export function outcomeReserved(
  book: Book,
  contractId: string,
  projectId: string | null,
  maximum: number,
): Transaction {
  return transaction(book, 'outcome-reserved', contractId, [
    debit('outcome-fund', maximum),
    credit('outcome-reserve', maximum, setAside(projectId)),
  ]);
}

/** The end of an outcome contract: what was never owed returns to the outcome fund. */
export function outcomeReserveReturned(
  book: Book,
  contractId: string,
  projectId: string | null,
  amount: number,
): Transaction {
  return transaction(book, 'outcome-reserve-returned', contractId, [
    debit('outcome-reserve', amount, setAside(projectId)),
    credit('outcome-fund', amount),
  ]);
}

/** A decided outcome contract: what it owes is taken from its reserve, what it is owed is revenue to come. */
export function outcomeDecided(
  book: Book,
  of: { decisionId: string; contractProjectId: string | null; projectId: string; receivable: number },
  parts: readonly Part[],
): Transaction {
  const { decisionId, contractProjectId, projectId, receivable } = of;
  const owed = parts.flatMap(({ obligationId, ...part }) => [
    debit('outcome-reserve', part.amount, setAside(contractProjectId)),
    credit('outcome-expended', part.amount, { projectId }),
    debit('expenditure', part.amount, { ...part, projectId }),
    credit('payable', part.amount, { ...part, obligationId }),
  ]);
  // Where the contract's reserve stands, whichever project is assessed: what is paid of it is paid to the contract.
  const at = setAside(contractProjectId);
  const due = [debit('receivable', receivable, at), credit('revenue', receivable, at)];
  return transaction(book, 'outcome-decided', decisionId, [...owed, ...due]);
}

/** A payee of an outcome contract pays what it owes. */
export function receivablePaid(
  book: Book,
  key: string,
  contractProjectId: string | null,
  amount: number,
): Transaction {
  return transaction(book, 'receivable-paid', key, [
    debit('bank', amount),
    credit('receivable', amount, setAside(contractProjectId)),
  ]);
}

const setAside = (projectId: string | null): Partial<Part> => (projectId === null ? {} : { projectId });

/**
 * What is declined, cancelled or unclaimed is no longer owed and returns to the fund it came from. That a fund gets it back is public, and so
 * is the key: it must not be the obligation's id.
 */
export function obligationClosed(book: Book, part: Part, origin: Origin, key: string): Transaction {
  const { projectId, amount, personal = false } = part;
  return transaction(book, 'obligation-closed', key, [
    debit('payable', amount, part),
    credit('expenditure', amount, { projectId, personal }),
    debit(`${origin}-expended`, amount, { projectId }),
    credit(`${origin}-fund`, amount),
  ]);
}

/** The same for what was owed in a year that is closed: the money lapsed with its year, and only the debt goes. */
export function obligationWrittenOff(book: Book, part: Part): Transaction {
  const { projectId, amount, personal = false } = part;
  return transaction(book, 'obligation-written-off', part.obligationId, [
    debit('payable', amount, part),
    credit('brought-forward', amount, { projectId, personal }),
  ]);
}

export function batchInstructed(book: Book, batchId: string, parts: readonly Part[]): Transaction {
  const legs = parts.flatMap((part) => [
    debit('payable', part.amount, part),
    credit('in-transit', part.amount, part),
  ]);
  return transaction(book, 'batch-instructed', batchId, legs);
}

export function paymentSettled(book: Book, part: Part, attemptId: string): Transaction {
  return transaction(book, 'payment-settled', attemptId, [
    debit('in-transit', part.amount, part),
    credit('bank', part.amount, likeIt(part)),
  ]);
}

/** The other side of a leg about a person says as much as the leg. */
const likeIt = ({ personal = false }: Part): Partial<Part> => ({ personal });

/**
 * Paid through payroll: all of it is with payroll now, net and tax together. What was withheld from one payee is said nowhere in the
 * ledger; `payrollRun` says what left the bank for all of them.
 */
export function payrollSettled(book: Book, part: Part, attemptId: string): Transaction {
  return transaction(book, 'payment-settled', attemptId, [
    debit('in-transit', part.amount, part),
    credit('withholding', part.amount, likeIt(part)),
  ]);
}

/** What payroll paid out to payees of one book: what stays is owed to the tax authority. */
export function payrollRun(book: Book, net: number, key: string): Transaction {
  const legs = [debit('withholding', net, { personal: true }), credit('bank', net, { personal: true })];
  return transaction(book, 'payroll-run', key, legs);
}

/**
 * The employer's contributions to wages are owed to those who collect them. A payroll run may hold one wage of a project, so the
 * reserve that pays them moves only at its end, by {@link reserveReturned}.
 */
export function employerCostCovered(book: Book, part: Omit<Part, 'obligationId'>, key: string): Transaction {
  const { amount } = part;
  return transaction(book, 'employer-cost-covered', key, [
    debit('expenditure', amount, { ...part, personal: true }),
    credit('withholding', amount, { personal: true }),
  ]);
}

export function paymentRejected(book: Book, part: Part, attemptId: string): Transaction {
  return transaction(book, 'payment-rejected', attemptId, [
    debit('in-transit', part.amount, part),
    credit('payable', part.amount, part),
  ]);
}

/**
 * What was paid came back and is owed in full again.
 * @param fee what a bank kept of it, which the municipality bears: so much less came back
 */
export function paymentReturned(book: Book, part: Part, attemptId: string, fee = 0): Transaction {
  return transaction(book, 'payment-returned', attemptId, [
    debit('bank', part.amount - fee, likeIt(part)),
    debit('bank-fees', fee, likeIt(part)),
    credit('payable', part.amount, part),
  ]);
}

/** Money moved at the bank that fits no payment: out on a booking, in on a return. It may be what a person gets. */
export function suspenseBooked(book: Book, key: string, amount: number, way: 'out' | 'in'): Transaction {
  const legs =
    way === 'out'
      ? [debit('suspense', amount, maybeOwed), credit('bank', amount, maybeOwed)]
      : [debit('bank', amount, maybeOwed), credit('suspense', amount, maybeOwed)];
  return transaction({ ...book, pilotId: null }, 'suspense-booked', key, legs);
}

/** What was in suspense is explained: the booking of {@link suspenseBooked} is taken back. */
export function suspenseReleased(book: Book, key: string, amount: number, way: 'out' | 'in'): Transaction {
  const legs =
    way === 'out'
      ? [debit('bank', amount, maybeOwed), credit('suspense', amount, maybeOwed)]
      : [debit('suspense', amount, maybeOwed), credit('bank', amount, maybeOwed)];
  return transaction({ ...book, pilotId: null }, 'suspense-released', key, legs);
}

const maybeOwed: Partial<Part> = { personal: true };

/** What the budget authority allots for a later year. */
export function fundsAllotted(
  book: Book,
  key: string,
  amounts: Readonly<Record<FundName, number>>,
): Transaction {
  const { round, bonus, outcome } = amounts;
  return transaction(book, 'funds-allotted', key, [
    debit('allotment', round + bonus + outcome),
    credit('round-fund', round),
    credit('bonus-fund', bonus),
    credit('outcome-fund', outcome),
  ]);
}

/** The end of a year: balances leave its book, or come into the next one's, against what became of them. */
export function yearMoved(
  book: Book,
  kind: string,
  key: string,
  against: 'lapsed' | 'carried-over' | 'brought-forward',
  lines: readonly Omit<Leg, 'codes'>[],
): Transaction {
  const legs = lines.flatMap(({ side, account, amount, projectId, obligationId, personal }) => [
    { ...leg(side, account, amount), projectId, obligationId, personal },
    { ...leg(side === 'debit' ? 'credit' : 'debit', against, amount), projectId, personal },
  ]);
  return transaction(book, kind, key, legs);
}
