import type { ProcessName, StackHandle } from '@talkoot/local-stack';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Report, Step } from './progress.ts';

/** In this order each is killed, round after round; which one begins follows from the seed. */
const victims: readonly ProcessName[] = [
  'identity',
  'auditor',
  'witness',
  'worker',
  'ballots',
  'kafka',
  'projects',
  'temporal',
  'payments',
  'mongod',
];
/** Soon after a step began, so that most kills meet it at work. */
const PAUSE_MS = [50, 800] as const;
/** A step that takes long sees more of them. */
const REST_MS = [6_000, 15_000] as const;
const BACK_WITHIN_MS = 90_000;

export interface Kill {
  readonly process: ProcessName;
  /** From the beginning of its step, in milliseconds. */
  readonly pauseMs: number;
  /** From this kill to the next one in the same step. */
  readonly restMs: number;
}

/** The kills of a seed, without end: the same seed gives the same kills after the same pauses. */
export function* killsOf(seed: number): Generator<Kill, never> {
  let state = (seed >>> 0) + 0x9e3779b9;
  const next = () => {
    // mulberry32: a small generator whose whole state is one 32-bit number.
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const within = ([from, to]: readonly [number, number]) => Math.round(from + next() * (to - from));
  const first = Math.floor(next() * victims.length);
  for (let turn = 0; ; turn += 1) {
    const process = victims[(first + turn) % victims.length]!;
    yield { process, pauseMs: within(PAUSE_MS), restMs: within(REST_MS) };
  }
}

/**
 * Kills processes with SIGKILL in turn while the demo runs; the supervisor restarts them. At least one in every second
 * step, so that a whole run meets the loss of each. One is back before the next one dies.
 */
export class Chaos {
  readonly kills: ProcessName[] = [];
  readonly #stack: StackHandle;
  readonly #coming: Generator<Kill, never>;
  #back: Promise<void> = Promise.resolve();

  constructor(stack: StackHandle, seed: number) {
    this.#stack = stack;
    this.#coming = killsOf(seed);
  }

  /** The same steps, with kills in every second one. */
  during(steps: readonly Step[]): Step[] {
    return steps.map((step, at) =>
      at % 2 === 0 ? step : { ...step, run: (report) => this.#haunt(step, report) },
    );
  }

  /** Every process is back when this resolves. */
  async end(): Promise<void> {
    await this.#back;
  }

  async #haunt(step: Step, report: Report): Promise<void> {
    const over = new AbortController();
    const killing = this.#killUntil(over.signal, report);
    try {
      await step.run(report);
    } finally {
      over.abort();
      await killing;
    }
  }

  async #killUntil(over: AbortSignal, report: Report): Promise<void> {
    await this.#back;
    let kill = this.#coming.next().value;
    await sleep(kill.pauseMs);
    await this.#kill(kill.process, report);
    while (!over.aborted) {
      await sleep(kill.restMs, undefined, { signal: over }).catch(() => undefined);
      await this.#back;
      if (over.aborted) return;
      kill = this.#coming.next().value;
      await this.#kill(kill.process, report);
    }
  }

  async #kill(process: ProcessName, report: Report): Promise<void> {
    report.say(`SIGKILL to ${process}`);
    await this.#stack.kill(process, 'SIGKILL');
    this.kills.push(process);
    this.#back = this.#stack.waitReady(process, BACK_WITHIN_MS);
    // Whoever waits for it hears of it; nobody has to.
    this.#back.catch(() => undefined);
  }
}
