import type {
  Command,
  DecisionAnswer,
  Fact,
  LifecycleKind,
  LifecycleState,
  RefusalCode,
  StateOf,
  Wait,
  WaitName,
} from '@talkoot/workflow-contracts';
import {
  allHandlersFinished,
  ApplicationFailure,
  condition,
  continueAsNew,
  setCurrentDetails,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities/activities.ts';
import {
  decideCommand,
  isRefusal,
  isTerminal,
  openedWait,
  passDeadline,
  takeFact,
  takeStep,
} from './decide.ts';
import type { Outcome, Place } from './decide.ts';
import type { Decisions, Move } from './decisions.ts';
import { callActivity, pauseBefore, refusalOf } from './effects.ts';
import type { ActivityName } from './effects.ts';
import { noticeOf } from './notice.ts';
import { Queue } from './queue.ts';
import { describe, Signposts } from './visibility.ts';
import type { Work } from './visibility.ts';
import { nextDeadline } from './wait.ts';
import type { Deadline } from './wait.ts';

/** A run continues as new beyond so many events, even when the server does not suggest it yet. */
const HISTORY_BOUND = 1_000;

/**
 * A notice refused for good is given up after so many attempts, within some hours: the step is on public record, and a
 * reminder that cannot be delivered must not keep a lifecycle from its end.
 */
const NOTICE_ATTEMPTS = 12;

/** What an activity answered, or why it was refused for good. */
type Answer<N extends ActivityName> =
  | { readonly done: Awaited<ReturnType<Activities[N]>> }
  | { readonly trouble: string };
type PlacedDeadline = Deadline & { readonly place: Place };

const now = (): string => new Date().toISOString();

/**
 * One running lifecycle: its state, and the only ways in which that changes. Every change is claimed synchronously by a pure
 * decision, then recorded in order at the owning service. The state alone is enough to go on from.
 */
export class Lifecycle<K extends LifecycleKind> {
  #state: StateOf<K>;
  readonly #decisions: Decisions<K>;
  readonly #records = new Queue();
  readonly #notices = new Queue();
  readonly #signposts = new Signposts();
  readonly #work = new Set<Work>();
  #page: string | null = null;
  #nudges = 0;
  /** Whose deadline is being computed; null again when that wait is left meanwhile. */
  #opening: Place | null = null;

  constructor(decisions: Decisions<K>, state: LifecycleState) {
    this.#decisions = decisions;
    this.#state = state as unknown as StateOf<K>;
  }

  get state(): StateOf<K> {
    return this.#state;
  }

  get facts(): StateOf<K>['facts'] {
    return this.#state.facts;
  }

  /** Whose activity it is: all that services need to know of the lifecycle. */
  get about() {
    const { id, municipalityId, pilotId, roundId, projectId } = this.#state;
    return { id, municipalityId, pilotId, roundId, projectId };
  }

  /** True in this phase when no wait is left in it and the worker's part comes next. */
  isIdleIn(phase: StateOf<K>['phase']): boolean {
    return this.#state.phase === phase && this.#state.stage === null;
  }

  isAt(...stages: WaitName<K>[]): boolean {
    const { stage } = this.#state;
    return stage !== null && stages.includes(stage);
  }

  /** Enters the first phase of a new lifecycle; a resumed one only shows where it stands. */
  begin(): void {
    if (this.#state.phase === 'new') {
      const move = this.#decisions.begin(this.#state, now());
      void this.#claim(takeStep(this.#state, move.name ?? move.phase ?? 'begun', move, now()));
    } else this.#show();
  }

  /** Refuses what the state does not allow; changes nothing. */
  check(command: Command): void {
    const verdict = decideCommand(this.#decisions, this.#state, command, now());
    if (isRefusal(verdict)) throw refusal(verdict.refuse, command);
  }

  /** Takes a decision: claimed before the first await, answered once it is recorded. */
  async decide(command: Command): Promise<DecisionAnswer> {
    const verdict = decideCommand(this.#decisions, this.#state, command, now());
    if (isRefusal(verdict)) throw refusal(verdict.refuse, command);
    const { state, step } = verdict;
    await this.#claim(verdict);
    return {
      lifecycleId: state.id,
      phase: state.phase,
      step: step.number,
      awaiting: state.wait?.awaiting ?? null,
      dueAt: state.wait?.due ?? null,
    };
  }

  take(fact: Fact): void {
    const outcome = takeFact(this.#decisions, this.#state, fact, now());
    if (outcome) void this.#claim(outcome);
  }

  /** Tries again at once whatever was refused for good. */
  tryAgain(): void {
    this.#nudges += 1;
  }

  /** The worker's own step: an effect gave a result, or the next phase begins. */
  advance(name: string, move: Move<K>): void {
    void this.#claim(takeStep(this.#state, name, move, now()));
  }

  /**
   * Has a service do something, for as long as it takes, once every step before is on record: services answer by what
   * is recorded. `summary` is what operators read.
   */
  async effect<N extends ActivityName>(
    summary: string,
    name: N,
    ...args: Parameters<Activities[N]>
  ): Promise<Awaited<ReturnType<Activities[N]>>> {
    await condition(() => this.#records.idle);
    const wasOver = this.isOver;
    const answer = await this.#perform(summary, name, ...args);
    // Somebody ended the lifecycle meanwhile: its story, which awaits this, goes no further.
    return this.isOver && !wasOver ? new Promise<never>(() => undefined) : answer;
  }

  /** Follows the story, whatever it waits for, until it is told or somebody ends the lifecycle. */
  async untilOver(story: Promise<void>): Promise<void> {
    await Promise.race([story, condition(() => this.isOver)]);
  }

  async #perform<N extends ActivityName>(
    summary: string,
    name: N,
    ...args: Parameters<Activities[N]>
  ): Promise<Awaited<ReturnType<Activities[N]>>> {
    const answer = await this.#tryUpTo(Infinity, summary, name, args);
    if ('trouble' in answer) throw ApplicationFailure.nonRetryable(answer.trouble, 'given-up');
    return answer.done;
  }

  async #tryUpTo<N extends ActivityName>(
    attempts: number,
    summary: string,
    name: N,
    args: Parameters<Activities[N]>,
  ): Promise<Answer<N>> {
    let answer = await this.#attempt(summary, name, args);
    const since = now();
    for (let made = 1; 'trouble' in answer && made < attempts; made += 1) {
      await this.#pause({ summary, since, trouble: answer.trouble }, made);
      answer = await this.#attempt(summary, name, args);
    }
    return answer;
  }

  /** Calls an activity once; answers the trouble when it was refused for good. */
  async #attempt<N extends ActivityName>(
    summary: string,
    name: N,
    args: Parameters<Activities[N]>,
  ): Promise<Answer<N>> {
    const done = this.#begin({ summary, since: now(), trouble: null });
    try {
      return { done: await callActivity(name, summary, args) };
    } catch (error) {
      const trouble = refusalOf(error);
      if (trouble === null) throw error;
      return { trouble };
    } finally {
      done();
    }
  }

  /** Waits while the lifecycle is in one of these stages: opens their waits, lets time pass, continues as new. */
  hold(...stages: WaitName<K>[]): Promise<void> {
    return this.holdWhile(() => this.isAt(...stages));
  }

  /** Like {@link hold}, for as long as the state says so. */
  async holdWhile(isHeld: (state: StateOf<K>) => boolean): Promise<void> {
    while (isHeld(this.#state)) {
      const place = this.#unopened();
      if (place) await this.#open(place);
      else await this.#letTimePass();
      if (this.#isLong()) await this.renew();
    }
  }

  /** Continues as new from the state alone, once everything begun is finished. Call it from the main function only. */
  async renew(): Promise<void> {
    await this.#settle();
    await continueAsNew<(state: LifecycleState) => Promise<unknown>>(this.#state);
  }

  /** Leaves the workflow once everything is recorded and answered. */
  async finish(): Promise<{ phase: string; step: number }> {
    await this.#settle();
    const { phase, step } = this.#state;
    return { phase, step };
  }

  get isOver(): boolean {
    return isTerminal(this.#state.kind, this.#state.phase);
  }

  async #settle(): Promise<void> {
    await condition(() => allHandlersFinished() && this.#records.idle && this.#notices.idle);
  }

  #isLong(): boolean {
    const { continueAsNewSuggested, historyLength } = workflowInfo();
    return continueAsNewSuggested || historyLength > HISTORY_BOUND;
  }

  #claim({ state, step, left }: Outcome<K>): Promise<void> {
    this.#state = state;
    if (this.#opening && left.includes(this.#opening)) this.#opening = null;
    this.#show();
    return this.#records.add(async () => {
      const snapshot = state as unknown as LifecycleState;
      const { page } = await this.#perform(
        `record step ${step.number}: ${step.name}`,
        'recordStep',
        snapshot,
        step,
      );
      if (page === this.#page) return;
      this.#page = page;
      this.#show();
    });
  }

  #unopened(): Place | undefined {
    const { stage, sideStage, wait, side } = this.#state;
    if (sideStage !== null && side === null) return 'side';
    return stage !== null && wait === null ? 'wait' : undefined;
  }

  async #open(place: Place): Promise<void> {
    const { kind, pilotId, stage, sideStage } = this.#state;
    const name = (place === 'wait' ? stage : sideStage) as WaitName<K>;
    const since = now();
    const timing = this.#decisions.timing?.[name]?.(this.#state, since) ?? {};
    const opening = { kind, name, pilotId, since, ...timing };
    this.#opening = place;
    const wait = await this.#perform(`compute the deadline of ${name}`, 'openWait', opening);
    // Left meanwhile, even if to come back to it: its deadline is of no use.
    if (this.#opening !== place) return;
    this.#opening = null;
    void this.#claim(openedWait(this.#state, place, wait, now()));
  }

  async #letTimePass(): Promise<void> {
    const { step } = this.#state;
    const deadline = this.#nextDeadline();
    const isMoved = () => this.#state.step !== step || this.#isLong();
    if (deadline === null) return condition(isMoved);
    const ms = Date.parse(deadline.at) - Date.now();
    const summary = `${deadline.does}: ${this.#state[deadline.place]?.name ?? ''}`;
    if (ms > 0) await condition(isMoved, ms, { summary });
    // The timer may have come together with a decision that extended or ended the wait: ask again what is due.
    const next = this.#nextDeadline();
    if (next && Date.parse(next.at) <= Date.now()) this.#pass(next);
  }

  #nextDeadline(): PlacedDeadline | null {
    const deadlines = (['wait', 'side'] as const).flatMap((place) => {
      const wait = this.#state[place];
      const deadline = wait && nextDeadline(wait);
      return deadline ? [{ ...deadline, place }] : [];
    });
    return deadlines.sort((a, b) => Date.parse(a.at) - Date.parse(b.at))[0] ?? null;
  }

  #pass(deadline: PlacedDeadline): void {
    const wait = this.#state[deadline.place];
    if (!wait) return;
    const outcome = passDeadline(this.#decisions, this.#state, deadline.place, deadline, now());
    void this.#claim(outcome);
    if (deadline.does !== 'end') this.#notify(wait, deadline, outcome.step.number);
  }

  #notify(wait: Wait, deadline: Deadline, step: number): void {
    const notice = noticeOf(this.#state, wait, deadline, step);
    const summary = `tell ${notice.to}: ${notice.template} of ${wait.name}`;
    void this.#notices.add(async () => {
      await this.#tryUpTo(NOTICE_ATTEMPTS, summary, 'notify', [notice]);
    });
  }

  async #pause(work: Work, attempt: number): Promise<void> {
    const done = this.#begin(work);
    const before = this.#nudges;
    await condition(() => this.#nudges !== before, pauseBefore(attempt), {
      summary: `try again: ${work.summary}`,
    });
    done();
  }

  #begin(work: Work): () => void {
    this.#work.add(work);
    this.#show();
    return () => {
      this.#work.delete(work);
      this.#show();
    };
  }

  #show(): void {
    this.#signposts.show(this.#state as unknown as StateOf<LifecycleKind>);
    const { words, acts } = this.#decisions;
    const said = { phase: words?.[this.#state.phase] ?? null, acts: acts?.(this.#state) ?? [] };
    const state = this.#state as unknown as StateOf<LifecycleKind>;
    setCurrentDetails(describe(state, said, [...this.#work], this.#page));
  }
}

function refusal(code: RefusalCode, { name }: Command): ApplicationFailure {
  return ApplicationFailure.nonRetryable(`${name} is refused: ${code}`, code);
}
