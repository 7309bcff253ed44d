import { leafHash } from '@talkoot/ballot-protocol/node';
import { DomainError } from '@talkoot/http-service';
import type { BoardClient } from './board.client.ts';
import { handingOf, isInTime } from './handing.ts';
import type { BoardAnswer, Refusal } from './handing.ts';
import type { KeptLeafStore } from './kept.leaf.store.ts';
import type { RelayedPoll } from './relayed.poll.ts';
import type { RelayedPolls } from './relayed.polls.ts';

export interface RelayParts {
  readonly board: BoardClient;
  readonly polls: RelayedPolls;
  readonly leaves: KeptLeafStore;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Told of each poll that a leaf was kept of. */
  readonly kept: (pollId: string) => void;
}

/** What becomes of a leaf: the board's promise, or it is kept until the board answers. */
export interface Taken {
  readonly leafHash: Uint8Array;
  readonly promise: Uint8Array | null;
}

/** Most leaves that may be checked, stored and handed on at once. */
const mostAtOnce = 2_000;
/** Most leaves of one poll that are kept; a voter has 50 places. */
const mostKept = 100_000;
/** How long a count of what is kept is believed, in milliseconds. */
const countedForMs = 5_000;

/** Takes leaves for the board. */
export function relayOf(parts: RelayParts) {
  const room = roomOf(parts);
  let underWay = 0;
  return {
    /**
     * Keeps a leaf of this poll that is in order, hands it on, and answers what the board answered. The same leaf again may be
     * answered with the promise by then.
     * @throws DomainError any of the problems of `relayBallot`
     */
    async take(pollId: string, bytes: Uint8Array): Promise<Taken> {
      if (underWay >= mostAtOnce) throw new DomainError('too-many-ballots-at-once');
      underWay += 1;
      try {
        return await take({ ...parts, room }, pollId, bytes);
      } finally {
        underWay -= 1;
      }
    },
  };
}

type Working = RelayParts & { readonly room: ReturnType<typeof roomOf> };

async function take(parts: Working, pollId: string, bytes: Uint8Array): Promise<Taken> {
  const { board, polls, leaves } = parts;
  const poll = await polls.get(pollId);
  const verdict = await poll.check(bytes);
  if (!verdict.accepted) {
    const { refusal } = verdict;
    throw new DomainError(refusal === 'leaf-length-wrong' ? 'leaf-malformed' : refusal);
  }
  const hash = leafHash(bytes);
  const before = await leaves.find(pollId, hash);
  if (before?.promise) return { leafHash: hash, promise: before.promise };
  const { publicKey, sequence } = verdict.leaf;
  const unkept = before ? null : await keep(parts, poll, { hash, poll: pollId, publicKey, sequence, bytes });
  const answer = await board.cast(pollId, bytes, poll.promiser);
  if (unkept !== null) return { leafHash: hash, promise: promiseIn(answer, unkept) };
  return { leafHash: hash, promise: await handed(parts, poll, hash, answer, before !== null) };
}

/**
 * @returns null if it is kept, or the code that says why it is not: then it is handed on at once or not at all
 * @throws DomainError `sequence-already-used`
 */
async function keep(
  { leaves, polls, room, now, kept }: Working,
  poll: RelayedPoll,
  leaf: Parameters<KeptLeafStore['keep']>[0],
): Promise<'board-silent' | 'relay-full' | null> {
  const { windows } = poll.binding.manifest;
  const stage = windows === null ? await polls.lastStageOf(poll) : 'casting';
  if (!isInTime(windows, stage, now())) return 'board-silent';
  if (!(await room.isThere(leaf.poll))) return 'relay-full';
  if ((await leaves.keep(leaf)) === 'taken') throw new DomainError('sequence-already-used');
  room.used(leaf.poll);
  kept(leaf.poll);
  return null;
}

/** @throws DomainError the board's own refusal, or `otherwise` where it said nothing */
function promiseIn(answer: BoardAnswer, otherwise: string): Uint8Array {
  if (answer.answer === 'promised') return answer.promise;
  throw answer.problem ? inItsWords(answer.problem) : new DomainError(otherwise);
}

/** @returns the promise, or null while the leaf is kept. @throws DomainError the board's refusal, if the leaf is forgotten */
async function handed(
  { leaves, polls }: Working,
  { binding, place }: RelayedPoll,
  hash: Uint8Array,
  answer: BoardAnswer,
  wasKept: boolean,
): Promise<Uint8Array | null> {
  const handing = handingOf(answer, binding.manifest.windows, wasKept);
  if (answer.answer === 'promised') {
    await leaves.promise(hash, answer.promise);
    return answer.promise;
  }
  if (handing === 'keep' || answer.answer === 'silent') return null;
  await leaves.forget([hash]);
  if (answer.problem.code === 'poll-closed') await polls.heardClosed(place.pollId);
  throw inItsWords(answer.problem);
}

const inItsWords = ({ code, detail }: Refusal) => new DomainError(code, detail);

/** Room for leaves of each poll, counted every few seconds, and by what was kept since. */
function roomOf({ leaves, now }: Pick<RelayParts, 'leaves' | 'now'>) {
  const counted = new Map<string, { until: number; kept: number }>();
  return {
    async isThere(pollId: string): Promise<boolean> {
      let count = counted.get(pollId);
      if (!count || count.until <= now()) {
        count = { until: now() + countedForMs, kept: await leaves.count(pollId) };
        counted.delete(pollId);
        counted.set(pollId, count);
        if (counted.size > 1_000) counted.delete(counted.keys().next().value!);
      }
      return count.kept < mostKept;
    },

    used(pollId: string): void {
      const count = counted.get(pollId);
      if (count) count.kept += 1;
    },
  };
}
