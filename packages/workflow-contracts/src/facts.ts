import type { Money } from '@talkoot/api-contracts';
import type { PollWindows } from '@talkoot/api-contracts/ballots';
import type { LifecycleKind, LifecycleState } from './lifecycle.ts';
import type { Phase } from './phases.ts';
import type { WaitName } from './waits.ts';

/** What a lifecycle keeps for its later phases, by kind. Ids, amounts, instants and codes only; no free text. */
export type LifecycleFacts = {
  pilot: {
    charterSha256?: string;
    requestedBy?: string;
    limit?: Money;
    expiresAt?: string;
    fiscalYear?: number;
    /** A refusal stands; the one appeal may be open. */
    refused?: boolean;
    refusedBy?: string;
    appealUsed?: boolean;
    appealedBy?: string;
    rounds?: readonly string[];
    allocatedRounds?: readonly string[];
    amendment?: { amendmentId: string; charterSha256: string; by: string } | null;
  };
  round: {
    budget?: Money;
    pollId?: string | null;
    /** The poll is decided, whatever came of it; false where it never was in time. */
    decided?: boolean;
  };
  project: {
    endorsements?: number;
    cost?: Money;
    refusedBy?: string;
    appealUsed?: boolean;
    appealedBy?: string;
    funded?: boolean;
    votes?: number;
    reasonCode?: string;
    mergedInto?: string;
    pollId?: string;
    criteriaPollId?: string;
    criteriaLockSha256?: string;
    lead?: string;
    civilServants?: readonly string[];
    agreement?: {
      sha256: string;
      members: readonly string[];
      signed: readonly string[];
      milestones: readonly string[];
    };
    /** Who accepted each milestone in which capacity. */
    accepted?: Readonly<Record<string, { champion?: string; lead?: string }>>;
    abandonRequestedBy?: string;
    measurementId?: string;
    assessment?: { assessmentId: string; sha256: string; score: string };
    assessedBy?: string;
    objections?: readonly string[];
    objectedBy?: readonly string[];
    bonusPollId?: string;
    /** The criteria vote was over before this lifecycle heard that it had been prepared. */
    criteriaDecided?: boolean;
    bonusDecided?: boolean;
    /** Null once an upheld appeal asks for the decision again. */
    bonusPayable?: Money | null;
    bonusAppealUsed?: boolean;
    bonusAppealedBy?: string;
    /** Who upheld it, and so does not sign what follows. */
    bonusAppealUpheldBy?: string;
    obligations?: number;
    settled?: Money;
    /** How the project ends once its money is released. */
    ending?: 'closed' | 'abandoned' | 'lapsed';
  };
  poll: {
    /** Hash of what is asked. Given at the start by ballots, so that the manifest asks what was prepared. */
    questionSha256?: string;
    /** Size of the municipality's roll. */
    roll?: number;
    /** The trustees made the key, perhaps before anybody waited for it; the same for its release. */
    keyMade?: boolean;
    keyReleased?: boolean;
    manifestSha256?: string;
    /** When the phases end, planned before the manifest and as it says; null where an authorised act ends them. */
    windows?: PollWindows | null;
    /** Nobody may complain any more. */
    complaintsOver?: boolean;
    /** Ballots of different keys on the final board. */
    ballots?: number;
    resultSha256?: string;
    /** Why there is no result: `roll-too-small`, `no-key`, `too-few-ballots`, `not-released`. */
    reasonCode?: string;
    annulmentRequestedBy?: string;
    appealedBy?: string;
  };
  measurement: {
    startedAt?: string;
    collections?: readonly { name: string; after: string }[];
    /** Name of the collection that is awaited. */
    current?: string | null;
    completed?: readonly string[];
    missing?: readonly string[];
  };
  batch: {
    /** Given at the start by payments, so that what is approved is what was proposed. */
    batchSha256?: string;
    proposedBy?: string;
    approvedBy?: string;
    releasedBy?: string;
    reconciled?: boolean;
  };
};

/** The state of one kind of lifecycle with its phases, waits and facts typed. */
export type StateOf<K extends LifecycleKind> = Omit<
  LifecycleState<K>,
  'phase' | 'stage' | 'sideStage' | 'facts'
> & {
  readonly phase: Phase<K>;
  readonly stage: WaitName<K> | null;
  readonly sideStage: WaitName<K> | null;
  readonly facts: LifecycleFacts[K];
};

const withoutPrefix = (id: string): string => id.slice(id.indexOf('-') + 1);

/** Ids of polls derive from what they are about, so that one vote can be prepared only once. */
export const pollIdOf = {
  prioritisation: (roundId: string): string => `pol-${withoutPrefix(roundId)}`,
  criteria: (projectId: string): string => `pol-c-${withoutPrefix(projectId)}`,
  bonus: (projectId: string): string => `pol-b-${withoutPrefix(projectId)}`,
} as const;

/** What a poll decides, by its id and the project it is about. */
export function pollKindOf(poll: {
  readonly id: string;
  readonly projectId: string | null;
}): keyof typeof pollIdOf {
  if (poll.projectId === null) return 'prioritisation';
  return poll.id === pollIdOf.bonus(poll.projectId) ? 'bonus' : 'criteria';
}
