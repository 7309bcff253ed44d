import type { suspenseCodes } from '@talkoot/api-contracts/payments';
import type { Money } from '@talkoot/money';
import type { AttemptState } from '../obligation/obligation.ts';

export type SuspenseCode = (typeof suspenseCodes)[number];

/** Money that left the account, that came in, or none: a rejection moves nothing. */
export type Way = 'out' | 'in' | 'none';

/** What is said of a movement whatever it means. */
export interface Movement {
  /** The bank's own reference. Together with end-to-end id and way it names one movement, however often it is told. */
  readonly reference: string;
  readonly endToEndId: string | null;
  readonly way: Way;
  /** Null where a status report names none. */
  readonly amount: Money | null;
  readonly reasonCode: string | null;
}

/** What the bank says of one payment, or why a person has to look. */
export type BankLine = Movement &
  (
    | { readonly says: 'settled' | 'rejected' | 'returned'; readonly unclear?: undefined }
    | { readonly says: 'unclear'; readonly unclear: SuspenseCode }
  );

/** What is known of a payment before a message is taken in. */
export interface KnownAttempt {
  readonly _id: string;
  readonly endToEndId: string;
  readonly method: 'bank' | 'payroll';
  readonly amount: number;
  readonly currency: string;
  readonly state: AttemptState;
}

/** What one line does. A duplicate does nothing; suspense waits for a person. */
export type Outcome =
  | {
      readonly kind: 'settled' | 'rejected' | 'returned';
      readonly line: BankLine;
      readonly attemptId: string;
    }
  | { readonly kind: 'duplicate'; readonly line: BankLine }
  | { readonly kind: 'suspense'; readonly line: BankLine; readonly code: SuspenseCode };

/** Movements that were taken in before. */
export interface KnownMovements {
  /** {@link movementOf} of each. */
  readonly movements: ReadonlySet<string>;
  /** {@link referenceOf} of each. */
  readonly references: ReadonlySet<string>;
}

/** One movement, whatever is said of its amount. */
export const referenceOf = ({ reference, endToEndId, way }: BankLine): string =>
  JSON.stringify([reference, endToEndId, way]);

/** One movement with what is said of it. */
export const movementOf = (line: BankLine): string =>
  JSON.stringify([
    referenceOf(line),
    line.says,
    line.unclear ?? null,
    line.amount?.amount,
    line.amount?.currency,
  ]);

/**
 * Decides what each line does. Bookings come before returns, whatever the order in the message; else later lines see
 * what earlier ones did.
 * @returns the outcomes in the order of the lines
 */
export function decideSettlement(
  lines: readonly BankLine[],
  attempts: readonly KnownAttempt[],
  known: KnownMovements,
): Outcome[] {
  const states = new Map(attempts.map((one) => [one.endToEndId, one]));
  const movements = new Set(known.movements);
  const references = new Set(known.references);
  const decide = (line: BankLine): Outcome => {
    if (movements.has(movementOf(line))) return { kind: 'duplicate', line };
    const isReused = references.has(referenceOf(line));
    movements.add(movementOf(line));
    references.add(referenceOf(line));
    if (isReused) return { kind: 'suspense', line, code: 'reference-reused' };
    const attempt = line.endToEndId === null ? undefined : states.get(line.endToEndId);
    const outcome = outcomeOf(line, attempt);
    if (attempt && 'attemptId' in outcome)
      states.set(attempt.endToEndId, { ...attempt, state: outcome.kind });
    return outcome;
  };
  const outcomes = new Map<number, Outcome>();
  const inTurn = [...lines.entries()].toSorted(([, a], [, b]) => turns[a.says] - turns[b.says]);
  for (const [place, line] of inTurn) outcomes.set(place, decide(line));
  return lines.map((_, place) => outcomes.get(place)!);
}

const turns = { rejected: 0, settled: 1, unclear: 1, returned: 2 } as const;

function outcomeOf(line: BankLine, attempt: KnownAttempt | undefined): Outcome {
  const aside = (code: SuspenseCode): Outcome => ({ kind: 'suspense', line, code });
  if (line.says === 'unclear') return aside(line.unclear);
  if (!attempt) return aside('unknown-end-to-end-id');
  // A wage is settled by its receipt, which says what was withheld.
  if (attempt.method !== 'bank') return aside('not-through-bank');
  const { state } = attempt;
  if (line.says === 'rejected' && state === 'rejected') return { kind: 'duplicate', line };
  const expected = line.says === 'returned' ? 'settled' : 'in-transit';
  if (state !== expected) return aside(misfit(line, state));
  if (line.amount && line.amount.currency !== attempt.currency) return aside('currency-differs');
  if (line.amount && line.amount.amount !== attempt.amount) return aside('amount-differs');
  return { kind: line.says, line, attemptId: attempt._id };
}

/** Money that left again, or although it was rejected, may be paid twice. */
function misfit({ says }: BankLine, state: AttemptState): SuspenseCode {
  if (says === 'settled' && (state === 'settled' || state === 'returned')) return 'second-booking';
  if (says === 'settled' && state === 'rejected') return 'booked-after-rejection';
  return 'attempt-not-in-transit';
}

const alarming: readonly SuspenseCode[] = ['second-booking', 'booked-after-rejection'];
/** Whether money may have been paid twice, so that somebody has to call the bank today. */
export const isAlarming = (code: SuspenseCode): boolean => alarming.includes(code);
