import type { SettlementLineShape, suspenseCodes } from '@talkoot/api-contracts/payments';
import { DomainError } from '@talkoot/http-service';
import type { z } from 'zod';
import type { AttemptDocument } from '../obligation/obligation.store.ts';

export type SettlementLine = z.infer<typeof SettlementLineShape>;
export type Verdict =
  | { readonly apply: AttemptDocument }
  | { readonly suspense: (typeof suspenseCodes)[number] };

/**
 * What becomes of one movement: it settles, rejects or returns the payment it names, or waits in suspense for a person.
 * @throws DomainError `settlement-differs` when amount or currency is not what was instructed.
 */
export function judge(line: SettlementLine, attempt: AttemptDocument | undefined): Verdict {
  if (!attempt) return { suspense: 'unknown-end-to-end-id' };
  if (line.amount.amount !== attempt.amount || line.amount.currency !== attempt.currency) {
    const said = `${line.endToEndId}: ${line.amount.amount} ${line.amount.currency}`;
    throw new DomainError('settlement-differs', `${said} instead of ${attempt.amount} ${attempt.currency}`);
  }
  if (line.status === 'returned') {
    return attempt.state === 'settled' ? { apply: attempt } : { suspense: 'attempt-not-in-transit' };
  }
  if (attempt.state === 'in-transit') return { apply: attempt };
  return { suspense: attempt.state === 'settled' ? 'second-booking' : 'attempt-not-in-transit' };
}
