import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { identify, type ProcessIdentity } from './process-identity.ts';
import { lastLines, openLog } from './process-log.ts';
import type { ProcessPlan } from './process-plan.ts';
import { afterExit, type RestartHistory, type RestartPolicy } from './restart.ts';
import { NotReady, StartInterrupted } from './supervisor.errors.ts';
import { killGroup, stopGroup } from './stop-process.ts';

export type ProcessState = 'stopped' | 'starting' | 'ready' | 'restarting' | 'failed';

/** Called on every change of a process: state, pid, or both. */
export type OnChange = (process: SupervisedProcess) => void;

const probeEvery = 100;

/** One process that is kept running until it is told to stop. */
export class SupervisedProcess {
  readonly plan: ProcessPlan;
  readonly log: string;
  identity: ProcessIdentity | undefined;
  state: ProcessState = 'stopped';
  restarts = 0;
  /** Why the process last left, such as "exited with 1". */
  lastExit: string | undefined;
  readonly #policy: RestartPolicy;
  readonly #onChange: OnChange;
  #child: ChildProcess | undefined;
  #history: RestartHistory = { exitsInARow: 0, everReady: false };
  #stopping = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(plan: ProcessPlan, log: string, policy: RestartPolicy, onChange: OnChange) {
    this.plan = plan;
    this.log = log;
    this.#policy = policy;
    this.#onChange = onChange;
  }

  /** Starts the process and resolves when it serves. @throws NotReady */
  async start(): Promise<void> {
    this.#stopping = false;
    this.#history = { exitsInARow: 0, everReady: false };
    await this.#launch();
    await this.waitReady(this.plan.readyWithin);
  }

  /** Resolves when the process serves. @throws NotReady after `within` milliseconds, or when it was given up */
  async waitReady(within: number): Promise<void> {
    const deadline = Date.now() + within;
    while (this.state !== 'ready') {
      if (this.state === 'failed') throw this.#notReady(`it keeps leaving: ${this.lastExit}`);
      if (this.#stopping) throw new StartInterrupted();
      if (Date.now() > deadline) throw this.#notReady(`no answer within ${within / 1000} s`);
      await delay(probeEvery / 2);
    }
  }

  /** Kills the process and resolves when it is gone. The supervisor starts it again. */
  async kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill(signal);
    await gone;
  }

  /** Stops the process and everything it started, and keeps it stopped. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    const { identity } = this;
    if (identity) await stopGroup(identity, this.plan.stopWithin);
    this.#child = undefined;
    this.identity = undefined;
    this.#become('stopped');
  }

  async #launch(): Promise<void> {
    this.#become('starting');
    try {
      await this.plan.prepare?.();
    } catch (error) {
      return this.#exited(0, `could not be prepared: ${String(error)}`);
    }
    if (this.#stopping) return;
    const startedAt = Date.now();
    const child = this.#spawn();
    this.#child = child;
    let gone = false;
    const leave = (why: string): void => {
      if (gone) return;
      gone = true;
      this.#exited(Date.now() - startedAt, why);
    };
    child.once('error', (error) => leave(error.message));
    child.once('exit', (code, signal) => leave(`exited with ${signal ?? code}`));
    this.identity = child.pid === undefined ? undefined : identify(child.pid);
    this.#become('starting');
    void this.#watchReadiness(child);
  }

  #spawn(): ChildProcess {
    const { command, args, directory, environment } = this.plan;
    const log = openLog(this.log);
    // A process group of its own: Ctrl-C reaches the supervisor only, which stops in the right order.
    const child = spawn(command, args, {
      cwd: directory,
      env: environment,
      stdio: ['ignore', log, log],
      detached: true,
    });
    closeSync(log);
    return child;
  }

  async #watchReadiness(child: ChildProcess): Promise<void> {
    while (this.#child === child && this.state === 'starting') {
      const serves = await this.plan.probe().catch(() => false);
      if (this.#child !== child || this.#stopping) return;
      if (serves) {
        this.#history = { ...this.#history, everReady: true };
        return this.#become('ready');
      }
      await delay(probeEvery);
    }
  }

  #exited(ranFor: number, why: string): void {
    // What the process started itself goes with it, or the next start meets its own past.
    if (this.identity) killGroup(this.identity.pid);
    this.#child = undefined;
    this.identity = undefined;
    this.lastExit = why;
    if (this.#stopping) return;
    const decision = afterExit(this.#history, ranFor, this.#policy);
    if (decision.kind === 'give up') return this.#become('failed');
    this.#history = decision.history;
    this.restarts += 1;
    this.#become('restarting');
    this.#timer = setTimeout(() => void this.#launch(), decision.delay);
  }

  #become(state: ProcessState): void {
    this.state = state;
    this.#onChange(this);
  }

  #notReady(why: string): NotReady {
    return new NotReady(this.plan.name, why, this.log, lastLines(this.log));
  }
}
