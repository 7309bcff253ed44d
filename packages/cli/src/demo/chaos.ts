import type { ProcessName, StackHandle } from '@talkoot/local-stack';
import { setTimeout as sleep } from 'node:timers/promises';

/** In this order each is killed, round after round; which one begins follows from the seed. */
const victims: readonly ProcessName[] = [
  'identity',
  'worker',
  'ballots',
  'kafka',
  'projects',
  'temporal',
  'payments',
  'mongod',
];
const SHORTEST_PAUSE_MS = 1_500;
const LONGEST_PAUSE_MS = 6_000;
const BACK_WITHIN_MS = 90_000;

export interface Kill {
  readonly process: ProcessName;
  readonly pauseMs: number;
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
  const first = Math.floor(next() * victims.length);
  for (let turn = 0; ; turn += 1) {
    const process = victims[(first + turn) % victims.length]!;
    const pauseMs = Math.round(SHORTEST_PAUSE_MS + next() * (LONGEST_PAUSE_MS - SHORTEST_PAUSE_MS));
    yield { process, pauseMs };
  }
}

/** Kills processes with SIGKILL in turn while the demo runs; the supervisor restarts them. */
export class Chaos {
  readonly kills: ProcessName[] = [];
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;

  constructor(stack: StackHandle, seed: number, say: (text: string) => void) {
    this.#running = this.#run(stack, seed, say);
  }

  /** Ends the killing; every process is back when this resolves. */
  async end(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(stack: StackHandle, seed: number, say: (text: string) => void): Promise<void> {
    for (const { process, pauseMs } of killsOf(seed)) {
      await sleep(pauseMs, undefined, { signal: this.#stop.signal }).catch(() => undefined);
      if (this.#stop.signal.aborted) return;
      say(`SIGKILL to ${process}`);
      await stack.kill(process, 'SIGKILL');
      this.kills.push(process);
      await stack.waitReady(process, BACK_WITHIN_MS);
    }
  }
}
