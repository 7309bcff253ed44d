import { ApiProblem } from '@talkoot/api-contracts';
import { CalendarError } from '@talkoot/charter-calendar';
import { ApplicationFailure } from '@temporalio/common';

/** Refusals that pass by themselves: a token renewed, an earlier step recorded, a service that is busy. */
const passing = new Set([
  'token-expired',
  'unauthenticated',
  'step-out-of-order',
  'outcome-unknown',
  'unavailable',
]);

/** True when repeating the same call may succeed without anybody repairing anything. */
export function healsByItself(error: unknown): boolean {
  if (!(error instanceof ApiProblem)) return true;
  return error.status >= 500 || error.status === 408 || error.status === 429 || passing.has(error.code);
}

type Act = (...args: never[]) => Promise<unknown>;

/**
 * Activities whose failures carry the problem's code. One that does not heal is handed to the workflow, which shows
 * it to the operators and tries again ever more slowly; the others are repeated by Temporal.
 */
export function reportTrouble<A extends Readonly<Record<string, Act>>>(activities: A): A {
  const wrapped = Object.entries(activities).map(([name, act]) => [
    name,
    async (...args: never[]) => {
      try {
        return await act(...args);
      } catch (error) {
        throw failureOf(error);
      }
    },
  ]);
  return Object.fromEntries(wrapped) as A;
}

function failureOf(error: unknown): unknown {
  if (error instanceof CalendarError) return ApplicationFailure.nonRetryable(error.message, error.code);
  if (!(error instanceof ApiProblem)) return error;
  return ApplicationFailure.create({
    type: error.code,
    message: error.message,
    nonRetryable: !healsByItself(error),
  });
}
