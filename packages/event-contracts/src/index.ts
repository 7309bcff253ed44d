export { pilotPhaseEnteredV1 } from './pilot/phase-entered.v1.ts';
export { pilotReminderSentV1 } from './pilot/reminder-sent.v1.ts';
export { pilotStepRecordedV1 } from './pilot/step-recorded.v1.ts';
export { pilotWaitChangedV1 } from './pilot/wait-changed.v1.ts';
export { pilotWaitOverdueV1 } from './pilot/wait-overdue.v1.ts';
export { roundPhaseEnteredV1 } from './round/phase-entered.v1.ts';
export { roundReminderSentV1 } from './round/reminder-sent.v1.ts';
export { roundStepRecordedV1 } from './round/step-recorded.v1.ts';
export { roundWaitChangedV1 } from './round/wait-changed.v1.ts';
export { roundWaitOverdueV1 } from './round/wait-overdue.v1.ts';
export { projectCommentPostedV1 } from './project/comment-posted.v1.ts';
export { projectCriteriaLockedV1 } from './project/criteria-locked.v1.ts';
export { projectEndorsementThresholdReachedV1 } from './project/endorsement-threshold-reached.v1.ts';
export { projectFundedV1 } from './project/funded.v1.ts';
export { projectHoursConfirmedV1 } from './project/hours-confirmed.v1.ts';
export { projectMilestoneAcceptedV1 } from './project/milestone-accepted.v1.ts';
export { projectNotFundedV1 } from './project/not-funded.v1.ts';
export { projectObservationRecordedV1 } from './project/observation-recorded.v1.ts';
export { projectPhaseEnteredV1 } from './project/phase-entered.v1.ts';
export { projectReadingsWithdrawnV1 } from './project/readings-withdrawn.v1.ts';
export { projectReminderSentV1 } from './project/reminder-sent.v1.ts';
export { projectSideEffectReportedV1 } from './project/side-effect-reported.v1.ts';
export { projectSpendingRecordedV1 } from './project/spending-recorded.v1.ts';
export { projectStepRecordedV1 } from './project/step-recorded.v1.ts';
export { projectWaitChangedV1 } from './project/wait-changed.v1.ts';
export { projectWaitOverdueV1 } from './project/wait-overdue.v1.ts';
export { measurementPhaseEnteredV1 } from './measurement/phase-entered.v1.ts';
export { measurementReminderSentV1 } from './measurement/reminder-sent.v1.ts';
export { measurementStepRecordedV1 } from './measurement/step-recorded.v1.ts';
export { measurementWaitChangedV1 } from './measurement/wait-changed.v1.ts';
export { measurementWaitOverdueV1 } from './measurement/wait-overdue.v1.ts';
export { pollPhaseEnteredV1 } from './poll/phase-entered.v1.ts';
export { pollReminderSentV1 } from './poll/reminder-sent.v1.ts';
export { pollStepRecordedV1 } from './poll/step-recorded.v1.ts';
export { pollTalliedV1 } from './poll/tallied.v1.ts';
export { pollWaitChangedV1 } from './poll/wait-changed.v1.ts';
export { pollWaitOverdueV1 } from './poll/wait-overdue.v1.ts';
export { batchPhaseEnteredV1 } from './batch/phase-entered.v1.ts';
export { batchReminderSentV1 } from './batch/reminder-sent.v1.ts';
export { batchStepRecordedV1 } from './batch/step-recorded.v1.ts';
export { batchWaitChangedV1 } from './batch/wait-changed.v1.ts';
export { batchWaitOverdueV1 } from './batch/wait-overdue.v1.ts';
export { payoutApprovedV1 } from './obligation/approved.v1.ts';
export { payoutDueV1 } from './obligation/due.v1.ts';
export { payoutInstructedV1 } from './obligation/instructed.v1.ts';
export { payoutRejectedV1 } from './obligation/rejected.v1.ts';
export { payoutReleasedV1 } from './obligation/released.v1.ts';
export { payoutReturnedV1 } from './obligation/returned.v1.ts';
export { payoutSettledV1 } from './obligation/settled.v1.ts';
export { fundBonusDecidedV1 } from './fund/bonus-decided.v1.ts';
export { fundCommitmentMadeV1 } from './fund/commitment-made.v1.ts';
export { fundCommitmentReleasedV1 } from './fund/commitment-released.v1.ts';
export { fundFundsOpenedV1 } from './fund/funds-opened.v1.ts';
export { fundLedgerSealedV1 } from './fund/ledger-sealed.v1.ts';
export { fundYearClosedV1 } from './fund/year-closed.v1.ts';
export { fundOutcomeDecidedV1 } from './fund/outcome-decided.v1.ts';
export { fundOutcomeReleasedV1 } from './fund/outcome-released.v1.ts';
export { fundOutcomeReservedV1 } from './fund/outcome-reserved.v1.ts';
export { payeeRole } from './obligation/payout.ts';
export { allEvents, events, lifecycleEvents } from './registry.ts';
export { dataSchemaOf, defineEvent, topics } from './define-event.ts';
export type {
  Aggregate,
  AnyEventDefinition,
  EventData,
  EventDefinition,
  EventDescription,
  EventEnvelope,
  EventFacts,
  Topic,
} from './define-event.ts';
export type { LifecycleAggregate } from './lifecycle-event.ts';
export { code, count, decimal, instant, moneyAmount, opaqueId, sha256 } from './field.ts';
