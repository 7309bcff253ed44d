import type { Role, TextRef } from '@talkoot/api-contracts';

/** The six lifecycles. Each has one workflow type, one owning service and one id prefix. */
export const lifecycleKinds = ['pilot', 'round', 'project', 'poll', 'measurement', 'batch'] as const;
export type LifecycleKind = (typeof lifecycleKinds)[number];

export const lifecycles = {
  pilot: { workflowType: 'pilotLifecycle', owner: 'projects', idPrefix: 'pil' },
  round: { workflowType: 'roundLifecycle', owner: 'projects', idPrefix: 'rnd' },
  project: { workflowType: 'projectLifecycle', owner: 'projects', idPrefix: 'prj' },
  poll: { workflowType: 'pollLifecycle', owner: 'ballots', idPrefix: 'pol' },
  measurement: { workflowType: 'measurementLifecycle', owner: 'projects', idPrefix: 'mea' },
  batch: { workflowType: 'batchLifecycle', owner: 'payments', idPrefix: 'bat' },
} as const satisfies Record<LifecycleKind, { workflowType: string; owner: string; idPrefix: string }>;

/** The kind of a lifecycle by its id; null when the id is of none. */
export const kindOfId = (lifecycleId: string): LifecycleKind | null =>
  lifecycleKinds.find((kind) => lifecycleId.startsWith(`${lifecycles[kind].idPrefix}-`)) ?? null;

/** Task queue of all lifecycles and their activities. */
export const TASK_QUEUE = 'talkoot-lifecycles';

/** Workflow id of a lifecycle: one lifecycle has one workflow id for ever. */
export const workflowIdOf = (kind: LifecycleKind, lifecycleId: string): string => `${kind}/${lifecycleId}`;

/** Instant as RFC 3339 UTC text: the only form in which states, updates and signals carry time. */
export type Instant = string;

/** Who is waited for: a role, or somebody by their relation to the project. */
export type Awaited = Role | 'champion' | 'lead' | 'team' | 'system';

/** A person acting in one capacity. The id is opaque. */
export interface ActingPerson {
  readonly id: string;
  readonly as: Awaited;
}

/**
 * A decision as the owning service sends it: an Update named `name` with this as its only argument.
 * The update id is `decisionId` = hash(actor, route, Idempotency-Key).
 */
export interface Command<Name extends string = string, Data = unknown> {
  readonly decisionId: string;
  readonly bodyHash: string;
  readonly name: Name;
  readonly actor: ActingPerson;
  readonly data: Data;
}

/** A fact reported to a lifecycle by signal `name`, deduplicated by `factId`. */
export interface Fact<Name extends string = string, Data = unknown> {
  readonly factId: string;
  readonly name: Name;
  readonly data: Data;
}

/** What a decision answers to the person who made it. */
export interface DecisionAnswer {
  readonly lifecycleId: string;
  readonly phase: string;
  /** Number of the step that recorded the decision. */
  readonly step: number;
  readonly awaiting: Awaited | null;
  readonly dueAt: Instant | null;
}

/** Error types (ApplicationFailure.type) with which a validator refuses; each is a problem code as well. */
export const refusalCodes = [
  'wrong-phase',
  'not-awaited',
  'same-person-twice',
  'already-decided',
  'not-on-team',
  'hash-mismatch',
  'too-many-members',
  'unknown-milestone',
  'appeal-used',
  'no-change-requested',
  'invalid-change',
  'suspended',
] as const;
export type RefusalCode = (typeof refusalCodes)[number];

/** What may be done to a running wait by two authorised people with a public reason. */
export type WaitChangeKind = 'extend' | 'suspend' | 'resume' | 'rectify';

export interface WaitChange {
  readonly change: WaitChangeKind;
  /** New due instant, for extend and rectify. */
  readonly due?: Instant;
  readonly reason: TextRef;
}

/** Roles that may request or confirm a change of a wait. Two different people are needed. */
export const waitChangers = [
  'sponsor',
  'appeal-body',
  'poll-officer',
  'budget-authority',
] as const satisfies Role[];

/** A wait in progress. Everything that a restart needs to go on waiting is here. */
export interface Wait {
  readonly name: string;
  readonly awaiting: Awaited;
  readonly since: Instant;
  readonly zone: string;
  readonly remindAt: Instant | null;
  readonly due: Instant;
  /** Whom an overdue wait goes to, and when, in order. */
  readonly escalations: readonly { readonly to: Role; readonly at: Instant }[];
  /** When an escalated wait is given up; null where the wait ends at `due`. */
  readonly lapseAt: Instant | null;
  readonly reminded: boolean;
  /** How many escalations have been made. */
  readonly escalated: number;
  readonly overdue: boolean;
  readonly suspendedSince: Instant | null;
  readonly requestedChange: (WaitChange & { readonly by: string }) | null;
  /** Always null: a wait that has ended leaves the state. */
  readonly outcome: null;
}

/** How one wait behaves; its durations come from the charter's calendar under the same name. */
export interface WaitSpec {
  readonly awaiting: Awaited;
  /**
   * At the due instant: `lapse` ends it as 'lapsed'; `proceed` ends it as 'proceed' (a window closes);
   * `escalate` marks it overdue and goes up the ladder, then ends it as 'lapsed' when the grace is over.
   */
  readonly atDue: 'lapse' | 'proceed' | 'escalate';
  readonly escalatesTo: readonly Role[];
}

/** How many ids of facts and decisions a state remembers. */
export const SEEN_BOUND = 64;

/** Fields that every lifecycle's state carries; the state is the workflow's only input. */
export interface LifecycleState<Kind extends LifecycleKind = LifecycleKind, Phase extends string = string> {
  readonly schema: 1;
  readonly kind: Kind;
  readonly id: string;
  readonly municipalityId: string;
  readonly pilotId: string;
  readonly roundId: string | null;
  readonly projectId: string | null;
  readonly phase: Phase;
  /** Name of the wait that the phase has come to; null while only the worker has something to do. */
  readonly stage: string | null;
  /** The wait of `stage`, once its deadline is computed. */
  readonly wait: Wait | null;
  /** A wait that runs beside the main one and ends by itself, such as for the champion's answer. */
  readonly sideStage: string | null;
  readonly side: Wait | null;
  /** Number of the latest recorded step; 0 before the first. */
  readonly step: number;
  /** Ids of the facts and decisions already taken in, newest last, at most {@link SEEN_BOUND}. */
  readonly seenFacts: readonly string[];
  /** Named results that later phases need: ids, amounts, codes. See `LifecycleFacts` for each kind. */
  readonly facts: Readonly<Record<string, unknown>>;
}

/** What can happen to a wait short of ending it. The wait is named in the step's `data.wait`. */
export const waitEffects = [
  'reminded',
  'overdue',
  'escalated',
  'extended',
  'suspended',
  'resumed',
  'rectified',
] as const;
export type WaitEffect = (typeof waitEffects)[number];

/** One recorded step of a lifecycle, sent by the worker to the owning service; unique on (lifecycleId, number). */
export interface RecordedStep {
  readonly number: number;
  /**
   * Decision, fact, deadline or phase that caused it: 'permit', 'poll-decided', 'running'. Of a wait:
   * `<wait>-opened`, `-reminded`, `-overdue`, `-escalated`, and `-lapsed` or `-closed` when time ended it.
   */
  readonly name: string;
  readonly cause: 'decision' | 'fact' | 'deadline' | 'phase';
  readonly from: string;
  readonly phase: string;
  readonly command: Command | null;
  /** What the step did to the running wait, where it did something; decides which event is published. */
  readonly waitEffect: WaitEffect | null;
  /** Ids, amounts and codes that the owning service stores with its public record. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly at: Instant;
}

/** Typed search attributes of every lifecycle, as registered at the server. */
export const searchAttributes = {
  municipality: { name: 'TalkootMunicipality', type: 'KEYWORD' },
  pilot: { name: 'TalkootPilot', type: 'KEYWORD' },
  round: { name: 'TalkootRound', type: 'KEYWORD' },
  phase: { name: 'TalkootPhase', type: 'KEYWORD' },
  awaiting: { name: 'TalkootAwaiting', type: 'KEYWORD' },
  overdue: { name: 'TalkootOverdue', type: 'BOOL' },
  due: { name: 'TalkootDue', type: 'DATETIME' },
} as const;

/** Signal by which an operator has everything tried again at once that was refused for good. */
export const TRY_AGAIN = 'try-again';

/** Query answered by every lifecycle: its whole current state. */
export const STATE_QUERY = 'state';

/** A fresh state of a lifecycle. */
export function initialState<K extends LifecycleKind>(
  kind: K,
  ids: {
    id: string;
    municipalityId: string;
    pilotId: string;
    roundId?: string | null;
    projectId?: string | null;
    facts?: Record<string, unknown>;
  },
): LifecycleState<K> {
  return {
    schema: 1,
    kind,
    id: ids.id,
    municipalityId: ids.municipalityId,
    pilotId: ids.pilotId,
    roundId: ids.roundId ?? null,
    projectId: ids.projectId ?? null,
    phase: 'new',
    stage: null,
    wait: null,
    sideStage: null,
    side: null,
    step: 0,
    seenFacts: [],
    facts: ids.facts ?? {},
  };
}
