import { eventOf } from '@talkoot/event-bus';
import type { NewEvent } from '@talkoot/event-bus';
import {
  payoutApprovedV1,
  payoutDueV1,
  payoutInstructedV1,
  payoutRejectedV1,
  payoutReleasedV1,
  payoutReturnedV1,
  payoutSettledV1,
} from '@talkoot/event-contracts';
import { money } from '@talkoot/money';
import type { AttemptDocument, ObligationDocument } from './obligation.store.ts';

type At = Date | string;

const about = (obligation: ObligationDocument, occurredAt: At) => ({
  aggregateId: obligation._id,
  municipalityId: obligation.municipalityId,
  occurredAt,
});

const dueData = (obligation: ObligationDocument) => ({
  obligationId: obligation._id,
  projectId: obligation.projectId,
  pilotId: obligation.pilotId,
  payeeId: obligation.payeeId,
  payeeRole: obligation.payeeRole,
  amount: money(obligation.amount, obligation.currency),
  fiscalYear: obligation.fiscalYear,
  costCentre: obligation.costCentre,
  account: obligation.account,
  vatCode: obligation.vatCode,
});

const attemptData = (obligation: ObligationDocument, attempt: AttemptDocument) => ({
  ...dueData(obligation),
  attemptId: attempt._id,
  batchId: attempt.batchId,
  endToEndId: attempt.endToEndId,
});

const failureData = (
  obligation: ObligationDocument,
  attempt: AttemptDocument,
  reasonCode: string | null,
) => ({
  ...attemptData(obligation, attempt),
  ...(reasonCode === null ? {} : { reasonCode }),
});

/** The events that finance systems follow: one for each step of each obligation. */
export const payoutDue = (obligation: ObligationDocument, at: At): NewEvent =>
  eventOf({ event: payoutDueV1, ...about(obligation, at), data: dueData(obligation) });

const steps = {
  approved: payoutApprovedV1,
  released: payoutReleasedV1,
  instructed: payoutInstructedV1,
  settled: payoutSettledV1,
} as const;

export const payoutStep = (
  step: keyof typeof steps,
  obligation: ObligationDocument,
  attempt: AttemptDocument,
  at: At,
): NewEvent =>
  eventOf({ event: steps[step], ...about(obligation, at), data: attemptData(obligation, attempt) });

const failures = { rejected: payoutRejectedV1, returned: payoutReturnedV1 } as const;

export const payoutFailure = (
  failure: keyof typeof failures,
  obligation: ObligationDocument,
  attempt: AttemptDocument,
  facts: { readonly at: At; readonly reasonCode: string | null },
): NewEvent =>
  eventOf({
    event: failures[failure],
    ...about(obligation, facts.at),
    data: failureData(obligation, attempt, facts.reasonCode),
  });
