import { deciders, SEEN_BOUND, terminalPhases } from '@talkoot/workflow-contracts';
import type {
  Command,
  Fact,
  Instant,
  LifecycleKind,
  RecordedStep,
  StateOf,
  Wait,
  WaitCommandData,
  WaitName,
} from '@talkoot/workflow-contracts';
import { refuse } from './decisions.ts';
import type { CommandRule, Decisions, Move, Refusal } from './decisions.ts';
import { confirmChange, requestChange } from './wait.change.ts';
import { afterDeadline, specOf } from './wait.ts';
import type { Deadline } from './wait.ts';

/** The main wait, or the one beside it. */
export type Place = 'wait' | 'side';

/** The state after a step, and the step as the public record takes it. */
export interface Outcome<K extends LifecycleKind> {
  readonly state: StateOf<K>;
  readonly step: RecordedStep;
  /** The waits that the step ended, or began anew. */
  readonly left: readonly Place[];
}
type StepInfo = Pick<RecordedStep, 'name' | 'cause'> &
  Partial<Pick<RecordedStep, 'command' | 'waitEffect' | 'data'>>;
/** Where a move leads, before it is numbered as a step. */
type Moved<K extends LifecycleKind> = Pick<Outcome<K>, 'state' | 'left'>;

export const isRefusal = (verdict: object): verdict is Refusal => 'refuse' in verdict;

/** The rule by which a validator refuses and a handler claims: the same, twice. */
export function decideCommand<K extends LifecycleKind>(
  decisions: Decisions<K>,
  state: StateOf<K>,
  command: Command,
  now: Instant,
): Outcome<K> | Refusal {
  if (state.seenFacts.includes(command.decisionId)) return refuse('already-decided');
  if (command.name === 'request-change' || command.name === 'confirm-change') {
    return decideChange(decisions, state, command, now);
  }
  const rule = commandRule(decisions, command.name);
  if (!rule?.in.includes(state.phase)) return refuse('wrong-phase');
  if (rule.during && !isDuring(rule, state)) return refuse('not-awaited');
  const capacities = (deciders[state.kind] as Record<string, readonly string[]>)[command.name];
  if (!capacities?.includes(command.actor.as)) return refuse('not-awaited');
  if (state.wait?.suspendedSince && !isBeside(rule, state)) return refuse('suspended');
  const verdict = rule.decide(state, command as Command<string, never>);
  if (isRefusal(verdict)) return verdict;
  const info = { name: command.name, cause: 'decision', command, data: verdict.data ?? {} } as const;
  const { left, state: next } = moved(state, verdict);
  return stepped({ left, state: seen(next, command.decisionId) }, state, info, now);
}

function commandRule<K extends LifecycleKind>(
  decisions: Decisions<K>,
  name: string,
): CommandRule<K, never> | undefined {
  return (decisions.commands as Readonly<Record<string, CommandRule<K, never>>>)[name];
}

function isDuring<K extends LifecycleKind>(rule: CommandRule<K, never>, state: StateOf<K>): boolean {
  const during = rule.during ?? [];
  return [state.stage, state.sideStage].some((stage) => stage !== null && during.includes(stage));
}

/** Only the wait beside the main one awaits it: its time goes on while the main one is suspended. */
function isBeside<K extends LifecycleKind>(
  { during = [] }: CommandRule<K, never>,
  { stage, sideStage }: StateOf<K>,
): boolean {
  const includes = (one: WaitName<K> | null) => one !== null && during.includes(one);
  return includes(sideStage) && !includes(stage);
}

function decideChange<K extends LifecycleKind>(
  decisions: Decisions<K>,
  state: StateOf<K>,
  command: Command,
  now: Instant,
): Outcome<K> | Refusal {
  if (!state.wait) return refuse('not-awaited');
  const promised = promisedEnd(decisions, state, state.wait);
  const { due } = command.data as Partial<WaitCommandData['confirm-change']>;
  if (promised && due !== undefined && Date.parse(due) < Date.parse(promised)) {
    return refuse('invalid-change');
  }
  const changed =
    command.name === 'request-change'
      ? requestChange(state.wait, command as Command<string, WaitCommandData['request-change']>)
      : confirmChange(state.wait, command as Command<string, WaitCommandData['confirm-change']>, now);
  if (isRefusal(changed)) return changed;
  const next = seen({ ...state, wait: changed.wait }, command.decisionId);
  const info = { cause: 'decision', command, waitEffect: changed.effect, data: changed.data } as const;
  return stepped({ state: next, left: [] }, state, { name: command.name, ...info }, now);
}

/** The end that was promised when the wait began, and that it cannot be brought before. */
function promisedEnd<K extends LifecycleKind>(
  { binding, timing }: Decisions<K>,
  state: StateOf<K>,
  { name, since }: Wait,
): Instant | undefined {
  const promised = binding?.find((one) => one === name);
  return promised && timing?.[promised]?.(state, since).due;
}

/** A fact is taken in once; null when it is known or means nothing now. Nothing does once the lifecycle is over. */
export function takeFact<K extends LifecycleKind>(
  decisions: Decisions<K>,
  state: StateOf<K>,
  fact: Fact,
  now: Instant,
): Outcome<K> | null {
  if (state.seenFacts.includes(fact.factId) || isTerminal(state.kind, state.phase)) return null;
  type Take = (state: StateOf<K>, data: unknown) => Move<K> | null;
  const move = (decisions.facts as Readonly<Record<string, Take>>)[fact.name]?.(state, fact.data);
  if (!move) return null;
  const data = { ...(fact.data as Record<string, unknown>), ...move.data };
  const { left, state: next } = moved(state, move);
  const info = { name: fact.name, cause: 'fact', data } as const;
  return stepped({ left, state: seen(next, fact.factId) }, state, info, now);
}

/** A step of the lifecycle's own: it entered a phase, or an effect gave a result. */
export function takeStep<K extends LifecycleKind>(
  state: StateOf<K>,
  name: string,
  move: Move<K>,
  now: Instant,
): Outcome<K> {
  return stepped(moved(state, move), state, { name, cause: 'phase', data: move.data ?? {} }, now);
}

/** The deadline of the main or the side wait has come. */
export function passDeadline<K extends LifecycleKind>(
  decisions: Decisions<K>,
  state: StateOf<K>,
  place: Place,
  deadline: Deadline,
  now: Instant,
): Outcome<K> {
  const wait = state[place] as Wait;
  if (deadline.does === 'end') return endWait(decisions, state, wait, now);
  const effect = ({ remind: 'reminded', overdue: 'overdue', escalate: 'escalated' } as const)[deadline.does];
  const to = deadline.does === 'escalate' ? { to: deadline.to } : {};
  const info = {
    name: `${wait.name}-${effect}`,
    cause: 'deadline',
    waitEffect: effect,
    data: { wait: wait.name, awaiting: wait.awaiting, due: wait.due, ...to },
  } as const;
  const next = { ...state, [place]: afterDeadline(wait, deadline) };
  return stepped({ state: next, left: [] }, state, info, now);
}

function endWait<K extends LifecycleKind>(
  decisions: Decisions<K>,
  state: StateOf<K>,
  wait: Wait,
  now: Instant,
): Outcome<K> {
  const move = decisions.whenOver[wait.name as WaitName<K>](state);
  const suffix = specOf(state.kind, wait.name).atDue === 'proceed' ? 'closed' : 'lapsed';
  const data = { wait: wait.name, awaiting: wait.awaiting, due: wait.due, ...move.data };
  const name = move.name ?? `${wait.name}-${suffix}`;
  return stepped(moved(state, move), state, { name, cause: 'deadline', data }, now);
}

/** The wait of the stage is computed: from now on people can see by when. */
export function openedWait<K extends LifecycleKind>(
  state: StateOf<K>,
  place: Place,
  wait: Wait,
  now: Instant,
): Outcome<K> {
  const data = { wait: wait.name, awaiting: wait.awaiting, due: wait.due };
  const info = { name: `${wait.name}-opened`, cause: 'phase', data } as const;
  return stepped({ state: { ...state, [place]: wait }, left: [] }, state, info, now);
}

function moved<K extends LifecycleKind>(state: StateOf<K>, move: Move<K>): Moved<K> {
  const leaves = move.stage !== undefined || move.phase !== undefined;
  const side = isTerminal(state.kind, move.phase) ? null : move.sideStage;
  const next = {
    ...state,
    ...(move.phase === undefined ? {} : { phase: move.phase }),
    ...(leaves ? { stage: move.stage ?? null, wait: null } : {}),
    ...(side === undefined ? {} : { sideStage: side, side: null }),
    facts: { ...state.facts, ...move.facts },
  };
  return {
    state: next,
    left: [...(leaves ? ['wait' as const] : []), ...(side === undefined ? [] : ['side' as const])],
  };
}

export const isTerminal = (kind: LifecycleKind, phase: string | undefined): boolean =>
  (terminalPhases[kind] as readonly (string | undefined)[]).includes(phase);

function seen<K extends LifecycleKind>(state: StateOf<K>, id: string): StateOf<K> {
  return { ...state, seenFacts: [...state.seenFacts, id].slice(-SEEN_BOUND) };
}

function stepped<K extends LifecycleKind>(
  { state: next, left }: Moved<K>,
  before: StateOf<K>,
  info: StepInfo,
  now: Instant,
): Outcome<K> {
  const number = before.step + 1;
  const step: RecordedStep = {
    command: null,
    waitEffect: null,
    data: {},
    ...info,
    number,
    from: before.phase,
    phase: next.phase,
    at: now,
  };
  return { state: { ...next, step: number }, step, left };
}
