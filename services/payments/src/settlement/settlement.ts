import type { SettlementLineShape, suspenseCodes } from '@talkoot/api-contracts/payments';
import { DomainError } from '@talkoot/http-service';
import type { z } from 'zod';
import type { AttemptState } from '../obligation/obligation.ts';

export type SettlementLine = z.infer<typeof SettlementLineShape>;
type SuspenseCode = (typeof suspenseCodes)[number];

/** What is known of a payment before a settlement is taken in. */
interface KnownAttempt {
  readonly _id: string;
  readonly endToEndId: string;
  readonly amount: number;
  readonly currency: string;
  readonly state: AttemptState;
}

/** What one line does. A duplicate does nothing; suspense waits for a person. */
export type Outcome =
  | {
      readonly kind: 'settled' | 'rejected' | 'returned';
      readonly line: SettlementLine;
      readonly attemptId: string;
    }
  | { readonly kind: 'duplicate'; readonly line: SettlementLine }
  | { readonly kind: 'suspense'; readonly line: SettlementLine; readonly code: SuspenseCode };

/**
 * Decides what each line does, in order: later lines see what earlier ones did.
 * @param booked bank references taken in before
 * @throws DomainError `settlement-differs` naming every line whose amount or currency is not what was instructed
 */
export function decideSettlement(
  lines: readonly SettlementLine[],
  attempts: readonly KnownAttempt[],
  booked: ReadonlySet<string>,
): Outcome[] {
  const known = new Map(attempts.map((one) => [one.endToEndId, { ...one }]));
  const seen = new Set(booked);
  const differing: { at: string; message: string }[] = [];
  const outcomes = lines.map((line, at): Outcome => {
    if (seen.has(line.bankReference)) return { kind: 'duplicate', line };
    seen.add(line.bankReference);
    const attempt = known.get(line.endToEndId);
    if (!attempt) return { kind: 'suspense', line, code: 'unknown-end-to-end-id' };
    if (attempt.amount !== line.amount.amount || attempt.currency !== line.amount.currency) {
      differing.push({
        at: `body.lines.${at}.amount`,
        message: `${line.endToEndId} was instructed otherwise`,
      });
    }
    const outcome = outcomeOf(line, attempt);
    if (outcome.kind !== 'suspense') known.set(line.endToEndId, { ...attempt, state: line.status });
    return outcome;
  });
  if (differing.length > 0) throw new DomainError('settlement-differs', undefined, differing.slice(0, 50));
  return outcomes;
}

/** A payment in transit is settled or rejected once; a settled one may be returned once. */
function outcomeOf(line: SettlementLine, { _id: attemptId, state }: KnownAttempt): Outcome {
  const { status } = line;
  const fits = status === 'returned' ? state === 'settled' : state === 'in-transit';
  if (fits) return { kind: status, line, attemptId };
  const second = state === 'settled' && status === 'settled';
  return { kind: 'suspense', line, code: second ? 'second-booking' : 'attempt-not-in-transit' };
}
