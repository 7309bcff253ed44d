import { pilotPhaseEnteredV1 } from './pilot/phase-entered.v1.ts';
import { pilotReminderSentV1 } from './pilot/reminder-sent.v1.ts';
import { pilotStepRecordedV1 } from './pilot/step-recorded.v1.ts';
import { pilotWaitChangedV1 } from './pilot/wait-changed.v1.ts';
import { pilotWaitOverdueV1 } from './pilot/wait-overdue.v1.ts';
import { roundPhaseEnteredV1 } from './round/phase-entered.v1.ts';
import { roundReminderSentV1 } from './round/reminder-sent.v1.ts';
import { roundStepRecordedV1 } from './round/step-recorded.v1.ts';
import { roundWaitChangedV1 } from './round/wait-changed.v1.ts';
import { roundWaitOverdueV1 } from './round/wait-overdue.v1.ts';
import { projectCommentPostedV1 } from './project/comment-posted.v1.ts';
import { projectCriteriaLockedV1 } from './project/criteria-locked.v1.ts';
import { projectEndorsementThresholdReachedV1 } from './project/endorsement-threshold-reached.v1.ts';
import { projectFundedV1 } from './project/funded.v1.ts';
import { projectHoursConfirmedV1 } from './project/hours-confirmed.v1.ts';
import { projectMilestoneAcceptedV1 } from './project/milestone-accepted.v1.ts';
import { projectNotFundedV1 } from './project/not-funded.v1.ts';
import { projectObservationRecordedV1 } from './project/observation-recorded.v1.ts';
import { projectPhaseEnteredV1 } from './project/phase-entered.v1.ts';
import { projectReadingsWithdrawnV1 } from './project/readings-withdrawn.v1.ts';
import { projectReminderSentV1 } from './project/reminder-sent.v1.ts';
import { projectSideEffectReportedV1 } from './project/side-effect-reported.v1.ts';
import { projectSpendingRecordedV1 } from './project/spending-recorded.v1.ts';
import { projectStepRecordedV1 } from './project/step-recorded.v1.ts';
import { projectWaitChangedV1 } from './project/wait-changed.v1.ts';
import { projectWaitOverdueV1 } from './project/wait-overdue.v1.ts';
import { measurementPhaseEnteredV1 } from './measurement/phase-entered.v1.ts';
import { measurementReminderSentV1 } from './measurement/reminder-sent.v1.ts';
import { measurementStepRecordedV1 } from './measurement/step-recorded.v1.ts';
import { measurementWaitChangedV1 } from './measurement/wait-changed.v1.ts';
import { measurementWaitOverdueV1 } from './measurement/wait-overdue.v1.ts';
import { pollPhaseEnteredV1 } from './poll/phase-entered.v1.ts';
import { pollReminderSentV1 } from './poll/reminder-sent.v1.ts';
import { pollStepRecordedV1 } from './poll/step-recorded.v1.ts';
import { pollTalliedV1 } from './poll/tallied.v1.ts';
import { pollWaitChangedV1 } from './poll/wait-changed.v1.ts';
import { pollWaitOverdueV1 } from './poll/wait-overdue.v1.ts';
import { batchPhaseEnteredV1 } from './batch/phase-entered.v1.ts';
import { batchReminderSentV1 } from './batch/reminder-sent.v1.ts';
import { batchStepRecordedV1 } from './batch/step-recorded.v1.ts';
import { batchWaitChangedV1 } from './batch/wait-changed.v1.ts';
import { batchWaitOverdueV1 } from './batch/wait-overdue.v1.ts';
import { payoutApprovedV1 } from './obligation/approved.v1.ts';
import { payoutDueV1 } from './obligation/due.v1.ts';
import { payoutInstructedV1 } from './obligation/instructed.v1.ts';
import { payoutRejectedV1 } from './obligation/rejected.v1.ts';
import { payoutReleasedV1 } from './obligation/released.v1.ts';
import { payoutReturnedV1 } from './obligation/returned.v1.ts';
import { payoutSettledV1 } from './obligation/settled.v1.ts';
import { fundBonusDecidedV1 } from './fund/bonus-decided.v1.ts';
import { fundCommitmentMadeV1 } from './fund/commitment-made.v1.ts';
import { fundCommitmentReleasedV1 } from './fund/commitment-released.v1.ts';
import { fundFundsOpenedV1 } from './fund/funds-opened.v1.ts';
import { fundLedgerSealedV1 } from './fund/ledger-sealed.v1.ts';
import { fundYearClosedV1 } from './fund/year-closed.v1.ts';
import { fundOutcomeDecidedV1 } from './fund/outcome-decided.v1.ts';
import { fundOutcomeReleasedV1 } from './fund/outcome-released.v1.ts';
import { fundOutcomeReservedV1 } from './fund/outcome-reserved.v1.ts';
import type { AnyEventDefinition } from './define-event.ts';
import type { LifecycleAggregate } from './lifecycle-event.ts';

/** Every event there is, in the order of the document. */
export const allEvents = [
  pilotPhaseEnteredV1,
  pilotReminderSentV1,
  pilotStepRecordedV1,
  pilotWaitChangedV1,
  pilotWaitOverdueV1,
  roundPhaseEnteredV1,
  roundReminderSentV1,
  roundStepRecordedV1,
  roundWaitChangedV1,
  roundWaitOverdueV1,
  projectCommentPostedV1,
  projectCriteriaLockedV1,
  projectEndorsementThresholdReachedV1,
  projectFundedV1,
  projectHoursConfirmedV1,
  projectMilestoneAcceptedV1,
  projectNotFundedV1,
  projectObservationRecordedV1,
  projectPhaseEnteredV1,
  projectReadingsWithdrawnV1,
  projectReminderSentV1,
  projectSideEffectReportedV1,
  projectSpendingRecordedV1,
  projectStepRecordedV1,
  projectWaitChangedV1,
  projectWaitOverdueV1,
  measurementPhaseEnteredV1,
  measurementReminderSentV1,
  measurementStepRecordedV1,
  measurementWaitChangedV1,
  measurementWaitOverdueV1,
  pollPhaseEnteredV1,
  pollReminderSentV1,
  pollStepRecordedV1,
  pollTalliedV1,
  pollWaitChangedV1,
  pollWaitOverdueV1,
  batchPhaseEnteredV1,
  batchReminderSentV1,
  batchStepRecordedV1,
  batchWaitChangedV1,
  batchWaitOverdueV1,
  payoutApprovedV1,
  payoutDueV1,
  payoutInstructedV1,
  payoutRejectedV1,
  payoutReleasedV1,
  payoutReturnedV1,
  payoutSettledV1,
  fundBonusDecidedV1,
  fundCommitmentMadeV1,
  fundCommitmentReleasedV1,
  fundFundsOpenedV1,
  fundLedgerSealedV1,
  fundYearClosedV1,
  fundOutcomeDecidedV1,
  fundOutcomeReleasedV1,
  fundOutcomeReservedV1,
] as const satisfies readonly AnyEventDefinition[];

/** Every event by its type: `events['org.talkoot.payout.settled.v1']`. */
export const events: Readonly<Record<string, AnyEventDefinition>> = Object.fromEntries(
  allEvents.map((event) => [event.type, event]),
);

/** The five events every lifecycle has, by kind and name, for code that serves all six. */
export const lifecycleEvents = {
  pilot: {
    phaseEntered: pilotPhaseEnteredV1,
    stepRecorded: pilotStepRecordedV1,
    reminderSent: pilotReminderSentV1,
    waitOverdue: pilotWaitOverdueV1,
    waitChanged: pilotWaitChangedV1,
  },
  round: {
    phaseEntered: roundPhaseEnteredV1,
    stepRecorded: roundStepRecordedV1,
    reminderSent: roundReminderSentV1,
    waitOverdue: roundWaitOverdueV1,
    waitChanged: roundWaitChangedV1,
  },
  project: {
    phaseEntered: projectPhaseEnteredV1,
    stepRecorded: projectStepRecordedV1,
    reminderSent: projectReminderSentV1,
    waitOverdue: projectWaitOverdueV1,
    waitChanged: projectWaitChangedV1,
  },
  measurement: {
    phaseEntered: measurementPhaseEnteredV1,
    stepRecorded: measurementStepRecordedV1,
    reminderSent: measurementReminderSentV1,
    waitOverdue: measurementWaitOverdueV1,
    waitChanged: measurementWaitChangedV1,
  },
  poll: {
    phaseEntered: pollPhaseEnteredV1,
    stepRecorded: pollStepRecordedV1,
    reminderSent: pollReminderSentV1,
    waitOverdue: pollWaitOverdueV1,
    waitChanged: pollWaitChangedV1,
  },
  batch: {
    phaseEntered: batchPhaseEnteredV1,
    stepRecorded: batchStepRecordedV1,
    reminderSent: batchReminderSentV1,
    waitOverdue: batchWaitOverdueV1,
    waitChanged: batchWaitChangedV1,
  },
} as const satisfies Record<LifecycleAggregate, Record<string, AnyEventDefinition>>;
