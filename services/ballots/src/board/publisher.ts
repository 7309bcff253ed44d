import type { Logger } from '@talkoot/http-service';
import { setTimeout as sleep } from 'node:timers/promises';
import { publishHalf } from './batch.ts';
import type { BatchParts } from './batch.ts';
import type { SealedPoll, SealedPolls } from './sealed.poll.ts';

export interface PublisherParts extends BatchParts {
  readonly sealed: SealedPolls;
  readonly log: Logger;
}

/** What one process knows of the leaves of a poll that wait. */
interface Backlog {
  /** Keys that waited when somebody last looked; null when nobody can tell. */
  seen: number | null;
  /** Leaves that this process stored since then: no more keys than that came. */
  added: number;
  /** Nothing was published lately though enough waited: left to the next round of `watch`. */
  isStuck: boolean;
  isResting: boolean;
  running: Promise<void> | null;
}

const mostPolls = 1_000;
const mostAtOnce = 8;
const watchMs = 5_000;
/** From a look at what waits to the next: a crowd then makes larger batches, and fewer of them. */
const restMs = 1_000;

/** Whether enough keys may wait for a batch. What other processes stored is found by `watch`. */
export function mayBeDue({ seen, added }: Pick<Backlog, 'seen' | 'added'>, batchSize: number): boolean {
  return seen === null || seen + added >= 2 * batchSize;
}

function isDue(backlog: Backlog, { binding }: SealedPoll): boolean {
  const { isStuck, isResting } = backlog;
  return !isStuck && !isResting && mayBeDue(backlog, binding.manifest.board.batchSize);
}

/** Publishes batches beside the casting, one at a time for each poll; several processes may do so. */
export function publisher(parts: PublisherParts) {
  const backlogs = new Map<string, Backlog>();

  function backlogOf(pollId: string): Backlog {
    const before = backlogs.get(pollId);
    if (before) return before;
    if (backlogs.size >= mostPolls) forgetOne();
    const backlog: Backlog = { seen: null, added: 0, isStuck: false, isResting: false, running: null };
    backlogs.set(pollId, backlog);
    return backlog;
  }

  function forgetOne(): void {
    for (const [pollId, { running }] of backlogs) if (!running) return void backlogs.delete(pollId);
  }

  /** Joins what is running. Never rejects: what is not published now waits for the next round. */
  function run(poll: SealedPoll): Promise<void> {
    const backlog = backlogOf(poll.pollId);
    backlog.running ??= publishDue(parts, poll, backlog)
      .catch((error: unknown) => {
        backlog.isStuck = true;
        parts.log.warn({ err: error, pollId: poll.pollId }, 'a board was not published');
      })
      .finally(() => {
        backlog.running = null;
        void rest(poll, backlog);
      });
    return backlog.running;
  }

  async function rest(poll: SealedPoll, backlog: Backlog): Promise<void> {
    backlog.isResting = true;
    await sleep(restMs, undefined, { ref: false });
    backlog.isResting = false;
    // What nobody could tell is left to `watch`.
    if (backlog.seen !== null && isDue(backlog, poll)) void run(poll);
  }

  async function lookAfter(pollId: string): Promise<void> {
    const poll = await parts.sealed.get(pollId);
    if (poll) await run(poll);
  }

  async function lookAround(): Promise<void> {
    const open = await parts.gates.openPolls(mostPolls);
    for (let at = 0; at < open.length; at += mostAtOnce) {
      await Promise.all(open.slice(at, at + mostAtOnce).map(lookAfter));
    }
  }

  return {
    /** Told of each leaf that this process stored; starts publishing when a batch is due. */
    stored(poll: SealedPoll): void {
      const backlog = backlogOf(poll.pollId);
      backlog.added += 1;
      if (isDue(backlog, poll)) void run(poll);
    },

    /** Publishes a batch now if one is due, also of what other processes stored, or left behind. */
    run,

    /** Looks after all open polls every few seconds, until stopped: after failures, restarts and other processes. */
    watch(): () => Promise<void> {
      const stop = new AbortController();
      const rounds = (async () => {
        while (!stop.signal.aborted) {
          await lookAround().catch((error: unknown) =>
            parts.log.warn({ err: error }, 'boards were not looked after'),
          );
          await sleep(watchMs, undefined, { signal: stop.signal }).catch(() => undefined);
        }
      })();
      return () => (stop.abort(), rounds);
    },
  };
}

async function publishDue(parts: BatchParts, poll: SealedPoll, backlog: Backlog): Promise<void> {
  backlog.added = 0;
  backlog.seen = await publishHalf(parts, poll);
  backlog.isStuck = false;
}
