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
  /** Those that waited when somebody last looked; null when nobody can tell. */
  seen: number | null;
  /** Those that this process stored since then. */
  added: number;
  /** Nothing was published lately though enough waited: left to the next round of `watch`. */
  isStuck: boolean;
  running: Promise<void> | null;
}

const mostPolls = 1_000;
const mostBatchesAtOnce = 1_000;
const mostAtOnce = 8;
const watchMs = 5_000;

/** Whether enough leaves may wait for a batch. What other processes stored is found by `watch`. */
export function mayBeDue({ seen, added }: Pick<Backlog, 'seen' | 'added'>, batchSize: number): boolean {
  return seen === null || seen + added >= 2 * batchSize;
}

function isDue(backlog: Backlog, { binding }: SealedPoll): boolean {
  const { batchSize } = binding.manifest.board;
  return !backlog.isStuck && backlog.seen !== null && mayBeDue(backlog, batchSize);
}

/** Publishes batches beside the casting, one at a time for each poll; several processes may do so. */
export function publisher(parts: PublisherParts) {
  const backlogs = new Map<string, Backlog>();

  function backlogOf(pollId: string): Backlog {
    const before = backlogs.get(pollId);
    if (before) return before;
    if (backlogs.size >= mostPolls) forgetOne();
    const backlog: Backlog = { seen: null, added: 0, isStuck: false, running: null };
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
        // What was stored since the last look joined a run that was already over.
        if (isDue(backlog, poll)) void run(poll);
      });
    return backlog.running;
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
      const { batchSize } = poll.binding.manifest.board;
      if (!backlog.isStuck && mayBeDue(backlog, batchSize)) void run(poll);
    },

    /** Publishes now what is due; also what other processes stored, or left behind. */
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
  const { batchSize } = poll.binding.manifest.board;
  for (let batches = 0; batches < mostBatchesAtOnce; batches += 1) {
    backlog.added = 0;
    backlog.seen = await publishHalf(parts, poll);
    backlog.isStuck = false;
    if (backlog.seen !== null && !mayBeDue(backlog, batchSize)) return;
    if (backlog.seen === null && (await parts.gates.stateOf(poll.pollId)) !== 'open') return;
  }
}
