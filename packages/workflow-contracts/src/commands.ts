import type { Money, TextRef } from '@talkoot/api-contracts';
import type { Awaited, LifecycleKind, WaitChange } from './lifecycle.ts';

/** Data of each decision. Free text never travels: it is stored first and referenced. */
export interface CommandData {
  pilot: {
    sponsor: { charterSha256: string };
    'request-permission': { charterSha256: string };
    /** `limit` is what the permission grants, already computed from an amount or a share of the adopted budget. */
    permit: { charterSha256: string; limit: Money; expiresAt: string; fiscalYear: number };
    refuse: { reason: TextRef };
    appeal: { reason: TextRef };
    'decide-appeal': { upheld: boolean; reason: TextRef };
    /** The round's record exists already; this starts it. */
    'open-round': { roundId: string; budget: Money };
    'end-rounds': Record<string, never>;
    'propose-amendment': { amendmentId: string; charterSha256: string; reason: TextRef };
    'countersign-amendment': { amendmentId: string; charterSha256: string };
    conclude: { report: TextRef };
  };
  round: {
    'close-ideas': Record<string, never>;
    'close-review': Record<string, never>;
  };
  project: {
    withdraw: { reason: TextRef };
    merge: { into: string };
    admit: { cost: Money; reason: TextRef };
    refuse: { reason: TextRef };
    appeal: { reason: TextRef };
    /** Upheld: the review or the assessment is made again; of a bonus the assessment, and then the bonus decision. */
    'decide-appeal': { upheld: boolean; reason: TextRef };
    /** People are the assigned civil servants; exactly one is the lead. */
    assign: { lead: string; civilServants: readonly string[]; hours: number };
    /** Every member must sign exactly this agreement. */
    'propose-agreement': {
      agreementSha256: string;
      members: readonly string[];
      milestones: readonly string[];
    };
    'sign-agreement': { agreementSha256: string };
    'accept-milestone': { milestoneId: string };
    'request-abandon': { reason: TextRef };
    'confirm-abandon': { reason: TextRef };
    'sign-assessment': { assessmentId: string; sha256: string; score: string };
    object: { objectionId: string; reason: TextRef };
    'close-window': Record<string, never>;
    'ask-champion': { reason: TextRef };
    'answer-as-champion': Record<string, never>;
  };
  poll: {
    'freeze-roll': Record<string, never>;
    open: Record<string, never>;
    /** No certificates any more. */
    close: Record<string, never>;
    'end-casting': Record<string, never>;
    'end-complaints': Record<string, never>;
    publish: Record<string, never>;
    /** Nobody can finish the poll any more: before its key is released, so that nobody knows the result. */
    'request-annulment': { reason: TextRef };
    'confirm-annulment': { reason: TextRef };
    appeal: { reason: TextRef };
    /** Upheld: the poll is annulled and has no result. */
    'decide-appeal': { upheld: boolean; reason: TextRef };
    'end-appeals': Record<string, never>;
  };
  measurement: {
    'close-measurement': { reason: TextRef };
  };
  batch: {
    approve: { batchSha256: string };
    refuse: { reason: TextRef };
    release: { batchSha256: string };
  };
}

/** Decisions every lifecycle takes: a change of the running wait, by two people. */
export interface WaitCommandData {
  'request-change': WaitChange;
  /** Names exactly what was asked for: whoever confirms has seen it. */
  'confirm-change': Pick<WaitChange, 'change' | 'due'>;
}

export type CommandName<K extends LifecycleKind> = Extract<keyof CommandData[K], string>;

/** Who may take a decision, by capacity. The owning service checks the capacity; the workflow checks the turn. */
export const deciders: {
  readonly [K in LifecycleKind]: Readonly<Record<CommandName<K>, readonly Awaited[]>>;
} = {
  pilot: {
    sponsor: ['sponsor'],
    'request-permission': ['sponsor'],
    permit: ['budget-authority'],
    refuse: ['budget-authority'],
    appeal: ['sponsor'],
    'decide-appeal': ['appeal-body'],
    'open-round': ['sponsor'],
    'end-rounds': ['sponsor'],
    'propose-amendment': ['sponsor'],
    'countersign-amendment': ['budget-authority'],
    conclude: ['sponsor'],
  },
  round: {
    'close-ideas': ['poll-officer'],
    'close-review': ['poll-officer'],
  },
  project: {
    withdraw: ['champion'],
    merge: ['champion'],
    admit: ['department-manager'],
    refuse: ['department-manager'],
    appeal: ['champion', 'resident'],
    'decide-appeal': ['appeal-body'],
    assign: ['department-manager'],
    'propose-agreement': ['champion', 'lead'],
    'sign-agreement': ['team'],
    'accept-milestone': ['champion', 'lead'],
    'request-abandon': ['champion', 'lead', 'department-manager'],
    'confirm-abandon': ['sponsor'],
    'sign-assessment': ['assessor'],
    object: ['resident'],
    'close-window': ['appeal-body'],
    'ask-champion': ['department-manager', 'sponsor'],
    'answer-as-champion': ['champion'],
  },
  poll: {
    'freeze-roll': ['poll-officer'],
    open: ['poll-officer'],
    close: ['poll-officer'],
    'end-casting': ['poll-officer'],
    'end-complaints': ['poll-officer'],
    publish: ['poll-officer'],
    'request-annulment': ['poll-officer'],
    'confirm-annulment': ['appeal-body'],
    appeal: ['resident'],
    'decide-appeal': ['appeal-body'],
    'end-appeals': ['appeal-body'],
  },
  measurement: { 'close-measurement': ['assessor'] },
  batch: {
    approve: ['payout-approver'],
    refuse: ['payout-approver'],
    release: ['payout-releaser'],
  },
};

/** Facts that services report by signal. */
export interface FactData {
  pilot: { 'round-allocated': { roundId: string } };
  round: { 'poll-decided': { pollId: string } };
  project: {
    'threshold-reached': { endorsements: number };
    'ideas-closed': Record<string, never>;
    'review-closed': Record<string, never>;
    'on-ballot': { pollId: string };
    allocated: { funded: boolean; votes: number; cost: Money; reasonCode: string };
    'poll-decided': { pollId: string };
    'baselines-recorded': Record<string, never>;
    measured: { measurementId: string };
    'obligations-closed': { settled: Money };
  };
  /** All trustees confirmed that they hold a share; enough of them released theirs. */
  poll: { 'key-made': Record<string, never>; 'key-released': Record<string, never> };
  measurement: { 'collection-complete': { collection: string } };
  batch: { reconciled: Record<string, never> };
}
export type FactName<K extends LifecycleKind> = Extract<keyof FactData[K], string>;

export const factNames: { readonly [K in LifecycleKind]: readonly FactName<K>[] } = {
  pilot: ['round-allocated'],
  round: ['poll-decided'],
  project: [
    'threshold-reached',
    'ideas-closed',
    'review-closed',
    'on-ballot',
    'allocated',
    'poll-decided',
    'baselines-recorded',
    'measured',
    'obligations-closed',
  ],
  poll: ['key-made', 'key-released'],
  measurement: ['collection-complete'],
  batch: ['reconciled'],
};
