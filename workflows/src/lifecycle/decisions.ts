import type {
  Command,
  CommandData,
  CommandName,
  FactData,
  FactName,
  LifecycleFacts,
  LifecycleKind,
  Phase,
  RefusalCode,
  StateOf,
  WaitName,
} from '@talkoot/workflow-contracts';

/**
 * What a decision, fact or deadline changes. A new stage (or phase) ends the running wait; naming the same stage
 * again opens its wait afresh; without stage and phase the wait goes on.
 */
export interface Move<K extends LifecycleKind> {
  readonly phase?: Phase<K>;
  readonly stage?: WaitName<K> | null;
  readonly sideStage?: WaitName<K> | null;
  readonly facts?: LifecycleFacts[K];
  /** Name of the step where it is not that of the command, fact or deadline. */
  readonly name?: string;
  /** What the public record shows of the step beside the command or fact itself. */
  readonly data?: Readonly<Record<string, unknown>>;
}

export interface Refusal {
  readonly refuse: RefusalCode;
}
export const refuse = (code: RefusalCode): Refusal => ({ refuse: code });

/** When a decision may be taken and what it does. */
export interface CommandRule<K extends LifecycleKind, Data> {
  readonly in: readonly Phase<K>[];
  /** Stages in which it is awaited; in every stage of its phases unless said. */
  readonly during?: readonly WaitName<K>[];
  readonly decide: (state: StateOf<K>, command: Command<string, Data>) => Move<K> | Refusal;
}

/** How the deadline of a wait differs from the charter's calendar for it. Either `due` itself or a count from `from`. */
export interface WaitTiming {
  readonly from?: string;
  readonly duration?: string;
  readonly due?: string;
}

/** All that moves one kind of lifecycle, as pure functions of its state. */
export interface Decisions<K extends LifecycleKind> {
  readonly kind: K;
  /** Enters the first phase at `now`. */
  readonly begin: (state: StateOf<K>, now: string) => Move<K>;
  readonly commands: { readonly [N in CommandName<K>]: CommandRule<K, CommandData[K][N]> };
  /** A fact that means nothing now is answered with null and leaves no trace. */
  readonly facts: {
    readonly [N in FactName<K>]: (state: StateOf<K>, data: FactData[K][N]) => Move<K> | null;
  };
  /** Deadlines that the lifecycle itself knows better than the calendar. */
  readonly timing?: { readonly [W in WaitName<K>]?: (state: StateOf<K>, now: string) => WaitTiming };
  /** Waits that are promised to last until the `due` of their timing: nobody rectifies them to an earlier end. */
  readonly binding?: readonly WaitName<K>[];
  /** What follows when a wait ended by time. */
  readonly whenOver: { readonly [W in WaitName<K>]: (state: StateOf<K>) => Move<K> };
  /** What its phases mean, where their names do not say it. */
  readonly words?: { readonly [P in Phase<K>]: string };
  /** What is to be done in the running wait, by whom and with which command: for operators, in Markdown. */
  readonly acts?: (state: StateOf<K>) => readonly string[];
}
