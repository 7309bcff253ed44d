import { restAfter } from '@talkoot/ballot-protocol/device';
import { isConnectivityError } from '@talkoot/http-service';
import type { Logger } from '@talkoot/http-service';
import { setTimeout as sleep } from 'node:timers/promises';

export interface RoundsParts {
  /** Polls that something is kept of. */
  readonly busy: () => Promise<readonly string[]>;
  /** @returns whether anything came of it */
  readonly attend: (pollId: string) => Promise<boolean>;
  /** Done in every round. */
  readonly before: () => Promise<void>;
  readonly rests: Rests;
  readonly log: Logger;
  /** Milliseconds, of a clock that nobody sets. */
  readonly now: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** In milliseconds: between two turns of a poll, while nothing comes of them and at most; between two rounds. */
export interface Rests {
  readonly first: number;
  readonly longest: number;
  readonly round: number;
}

interface Turn {
  at: number;
  /** How often in a row nothing came of it. */
  vain: number;
}

const mostPolls = 10_000;
const mostAtOnce = 4;
/** How often what other processes kept is looked for, in milliseconds. */
const lookAroundMs = 60_000;

/** Attends to polls in turn, each the less often the longer nothing comes of it. */
export function roundsOf(parts: RoundsParts) {
  const { now, log } = parts;
  const turns = new Map<string, Turn>();
  let lookedAround = -Infinity;

  function add(pollId: string, at: number): void {
    if (!turns.has(pollId) && turns.size < mostPolls) turns.set(pollId, { at, vain: 0 });
  }

  async function attend(pollId: string): Promise<void> {
    const turn = turns.get(pollId)!;
    const came = await parts.attend(pollId).catch((error: unknown) => {
      // Nothing here names a leaf.
      if (!isConnectivityError(error)) log.error({ err: error, pollId }, 'a poll was not attended to');
      return false;
    });
    turn.vain = came ? 0 : turn.vain + 1;
    turn.at = now() + restAfter(turn.vain, parts.rests, parts.random());
  }

  async function lookAround(): Promise<void> {
    const busy = new Set(await parts.busy());
    for (const pollId of turns.keys()) if (!busy.has(pollId)) turns.delete(pollId);
    for (const pollId of busy) add(pollId, now());
  }

  async function round(): Promise<void> {
    await parts.before();
    if (now() >= lookedAround + lookAroundMs) {
      await lookAround();
      lookedAround = now();
    }
    const due = [...turns].filter(([, { at }]) => at <= now()).map(([pollId]) => pollId);
    for (let at = 0; at < due.length; at += mostAtOnce) {
      await Promise.all(due.slice(at, at + mostAtOnce).map(attend));
    }
  }

  return {
    /** A leaf of this poll was kept, and is being handed on by who kept it: its turn comes later. */
    kept: (pollId: string) => add(pollId, now() + parts.rests.longest / 2),

    /** Goes on until it is stopped; resolves once the last round has ended. */
    start(): () => Promise<void> {
      const stopping = new AbortController();
      const running = (async () => {
        while (!stopping.signal.aborted) {
          await round().catch((error: unknown) => {
            if (!isConnectivityError(error)) log.error({ err: error }, 'a round of the relay failed');
          });
          await sleep(parts.rests.round, undefined, { signal: stopping.signal }).catch(() => undefined);
        }
      })();
      return async () => {
        stopping.abort();
        await running;
      };
    },
  };
}
