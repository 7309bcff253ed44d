import { createHash } from 'node:crypto';
import type { Random } from './random.ts';

/** Thrown into the code of a process that has crashed: whatever it still tries, nothing reaches the outside. */
export class Crashed extends Error {
  override readonly name = 'Crashed';
}

/** A caller that got no answer: what it asked for may have happened or not. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}

/** A rule that must hold does not. */
export class Violation extends Error {
  override readonly name = 'Violation';
}

/** Runs code and may lose all of its memory at any moment. People and other systems are processes that never do. */
export interface Process {
  readonly name: string;
  alive: boolean;
}

interface Action {
  readonly process: Process;
  readonly label: string;
  readonly due: number;
  readonly isReady: () => boolean;
  readonly act: () => unknown;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

/** How often things go wrong, as probabilities for one step. All are zero once the world is calm. */
export interface Faults {
  /** A process dies before or after what it was about to do. */
  readonly crash: number;
  /** A request or its answer is lost. */
  readonly loss: number;
  /** A message comes twice. */
  readonly repeat: number;
  /** The database aborts a transaction for no fault of its own. */
  readonly abort: number;
}

export interface WorldOptions {
  readonly random: Random;
  readonly faults: Faults;
  /** After so many steps nothing goes wrong any more. */
  readonly calmAfter: number;
  /** A run that takes longer has come to no rest. */
  readonly mostSteps: number;
  readonly startsAt: number;
  /** Called when a process has crashed. */
  readonly onCrash: (process: Process) => void;
  readonly mayCrash: (process: Process) => boolean;
}

const nothingWrong: Faults = { crash: 0, loss: 0, repeat: 0, abort: 0 };
const LAST_EVENTS = 60;

/**
 * One run: a clock and a scheduler. Whatever reaches outside of its own memory is an action that waits here; one at a time is
 * taken, by chance, and everything that follows from it happens before the next is. So a run is a function of its seed.
 */
export class World {
  readonly random: Random;
  readonly #options: WorldOptions;
  readonly #waiting: Action[] = [];
  readonly #hash = createHash('sha256');
  readonly #last: string[] = [];
  #now: number;
  #step = 0;
  #failure: Error | null = null;

  constructor(options: WorldOptions) {
    this.#options = options;
    this.random = options.random;
    this.#now = options.startsAt;
  }

  get now(): number {
    return this.#now;
  }
  get step(): number {
    return this.#step;
  }
  get isCalm(): boolean {
    return this.#step >= this.#options.calmAfter;
  }
  get faults(): Faults {
    return this.isCalm ? nothingWrong : this.#options.faults;
  }
  /** The latest events, oldest first. */
  get lastEvents(): readonly string[] {
    return this.#last;
  }

  /** Does something outside of the process's own memory when its turn comes. */
  perform<T>(
    process: Process,
    label: string,
    act: () => T,
    when: { readonly isReady?: () => boolean; readonly due?: number } = {},
  ): Promise<T> {
    if (!process.alive) return Promise.reject(new Crashed(process.name));
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const { isReady = always, due = 0 } = when;
    this.#waiting.push({ process, label, due, isReady, act, resolve, reject });
    return promise;
  }

  /** Waits until it is so, or until so many milliseconds have passed; answers whether it is so. */
  async until(process: Process, label: string, isSo: () => boolean, ms = Infinity): Promise<boolean> {
    const end = this.#now + ms;
    const isReady = () => this.#now >= end || isSo();
    return this.perform(process, label, isSo, { isReady, ...(ms === Infinity ? {} : { due: end }) });
  }

  sleep(process: Process, ms: number): Promise<void> {
    const due = this.#now + ms;
    return this.perform(process, 'wakes', nothing, { due, isReady: () => this.#now >= due });
  }

  /** Runs beside everything else; the run fails when this does, unless its process crashed. */
  spawn(name: string, work: () => Promise<void>): void {
    work().catch((error: unknown) => {
      if (!(error instanceof Crashed)) this.fail(name, error);
    });
  }

  fail(where: string, error: unknown): void {
    this.#failure ??=
      error instanceof Violation
        ? error
        : new Violation(`${where}: ${error instanceof Error ? error.message : String(error)}`, {
            cause: error,
          });
  }

  /** A line of the history: part of its hash, and shown when the run fails. */
  tell(line: string): void {
    this.#hash.update(line).update('\n');
    this.#last.push(`${String(this.#step).padStart(5)}  ${line}`);
    if (this.#last.length > LAST_EVENTS) this.#last.shift();
  }

  crash(process: Process): void {
    this.tell(`${process.name} crashes`);
    process.alive = false;
    for (const action of this.#waiting.filter((one) => one.process === process)) {
      this.#waiting.splice(this.#waiting.indexOf(action), 1);
      action.reject(new Crashed(process.name));
    }
    this.#options.onCrash(process);
  }

  /**
   * Takes one action after the other until the end is reached.
   * @param look called after each step; throws where a rule does not hold
   * @throws Violation
   */
  async run(isOver: () => boolean, look: () => void): Promise<void> {
    for (;;) {
      await everythingThatFollows();
      if (this.#failure) throw this.#failure;
      if (isOver()) return;
      if (this.#step >= this.#options.mostSteps) throw new Violation(`no rest after ${this.#step} steps`);
      this.#take(this.#next());
      look();
    }
  }

  /** SHA-256 of the whole history and of what it led to. */
  digest(outcome: string): string {
    return this.#hash.copy().update(outcome).digest('hex');
  }

  #next(): Action {
    let ready = this.#waiting.filter((one) => one.isReady());
    if (ready.length === 0) {
      const due = this.#waiting.map((one) => one.due).filter((at) => at > this.#now);
      if (due.length === 0) throw new Violation(`nothing can happen: ${this.#stuck()}`);
      this.#now = Math.min(...due);
      ready = this.#waiting.filter((one) => one.isReady());
    }
    return this.random.pick(ready);
  }

  #stuck(): string {
    return this.#waiting.map(({ process, label }) => `${process.name} waits for ${label}`).join('; ');
  }

  #take(action: Action): void {
    const { process, label } = action;
    this.#step += 1;
    this.#now += this.random.between(1, 40);
    this.#waiting.splice(this.#waiting.indexOf(action), 1);
    const dies = this.#options.mayCrash(process) && this.random.chance(this.faults.crash);
    if (dies && this.random.chance(0.5)) {
      action.reject(new Crashed(process.name));
      this.crash(process);
      return;
    }
    this.tell(`${process.name}: ${label}`);
    try {
      const value = action.act() as never;
      if (dies) action.reject(new Crashed(process.name));
      else action.resolve(value);
    } catch (error) {
      this.tell(`${process.name}: ${label} fails: ${error instanceof Error ? error.message : String(error)}`);
      action.reject(dies ? new Crashed(process.name) : error);
    }
    if (dies) this.crash(process);
  }
}

const always = () => true;
const nothing = () => undefined;

/** All promises that can go on have gone on once the event loop comes round. */
const everythingThatFollows = () => new Promise<void>((resolve) => setImmediate(resolve));
