import { ApiProblem, ServiceUnreachable } from '@talkoot/api-contracts';
import { BoardError, lastSequence } from '@talkoot/ballot-protocol';
import type { Manifest } from '@talkoot/ballot-protocol';
import { leafHashesOf, standingBoard } from '@talkoot/ballot-protocol/device';
import { verifySignature } from '@talkoot/ballot-protocol/node';
import { randomBytes } from 'node:crypto';
import type { BoardClient } from './board.client.ts';
import { handingOf, isBroken, isPastHope } from './handing.ts';
import type { KeptLeaf, KeptLeafStore } from './kept.leaf.store.ts';
import type { RelayedPoll } from './relayed.poll.ts';
import type { RelayedPolls } from './relayed.polls.ts';

export interface AttendingParts {
  readonly board: BoardClient;
  readonly polls: RelayedPolls;
  readonly leaves: KeptLeafStore;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Most leaves of a poll that are handed on, or complained about, in one turn. */
const mostInTurn = 1_000;
const mostAtOnce = 8;
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/**
 * Does for a poll what can be done now: hands on what the board has not promised; once casting is over, looks for all leaves on
 * the board, forgets those that are there and complains about promised ones that are not. May be repeated and interrupted
 * anywhere.
 * @returns whether anything came of it
 */
export async function attend(parts: AttendingParts, pollId: string): Promise<boolean> {
  const { polls, leaves, now } = parts;
  if (await polls.isOver(pollId)) return false;
  const poll = await polls.get(pollId);
  const stage = await polls.stageOf(poll);
  const handedOn = stage === 'over' ? 0 : await handOn(parts, poll);
  if (stage === 'casting') return handedOn > 0;
  const found = await forgetPublished(parts, poll);
  if (stage === 'closed') return (await complain(parts, poll)) + (found ?? 0) + handedOn > 0;
  const { windows } = poll.binding.manifest;
  if (found === null && !isPastHope(windows, { learned: poll.learned, now: now() })) return false;
  await leaves.reduce(pollId);
  await polls.setOver(pollId);
  return true;
}

/** From a random place on, so that one leaf that the board never answers does not keep the others. */
async function waiting(
  { leaves }: AttendingParts,
  { place: { pollId } }: RelayedPoll,
  which: 'promised' | 'unpromised',
): Promise<KeptLeaf[]> {
  const some = await leaves.waiting(pollId, which, { after: randomBytes(32), limit: mostInTurn });
  return some.length > 0 ? some : leaves.waiting(pollId, which, { limit: mostInTurn });
}

/** @returns how many leaves the board has promised or refused */
async function handOn(parts: AttendingParts, poll: RelayedPoll): Promise<number> {
  const all = await waiting(parts, poll, 'unpromised');
  let done = 0;
  for (let at = 0; at < all.length; at += mostAtOnce) {
    const answers = await Promise.all(
      all.slice(at, at + mostAtOnce).map((leaf) => handOnOne(parts, poll, leaf)),
    );
    done += answers.filter((answer) => answer === 'done').length;
    // It is away: the others wait for the next turn.
    if (answers.every((answer) => answer === 'silent')) break;
  }
  return done;
}

async function handOnOne(
  { board, leaves }: AttendingParts,
  { place, binding, promiser }: RelayedPoll,
  { hash, leaf }: KeptLeaf,
): Promise<'done' | 'silent' | 'refused'> {
  const answer = await board.cast(place.pollId, leaf, promiser);
  const handing = handingOf(answer, binding.manifest.windows, true);
  if (answer.answer === 'promised') await leaves.promise(hash, answer.promise);
  else if (handing === 'forget') await leaves.forget([hash]);
  else return answer.answer;
  return 'done';
}

/**
 * Looks for all kept leaves of a poll among all hashes of its board.
 * @returns how many were there; null if the board shows nothing that its witnesses signed
 */
async function forgetPublished(
  { board, leaves }: AttendingParts,
  { place: { pollId }, binding }: RelayedPoll,
): Promise<number | null> {
  const kept = new Set<string>();
  for await (const hash of leaves.hashes(pollId)) kept.add(hex(hash));
  const found: Uint8Array[] = [];
  try {
    const note = await board.checkpoint(pollId);
    const checkpoint = standingBoard(binding.manifest, note, verifySignature);
    if (checkpoint.size > mostLeaves(binding.manifest)) return null;
    for await (const hash of leafHashesOf(checkpoint, (tile) => board.tile(pollId, tile))) {
      if (kept.has(hex(hash))) found.push(Uint8Array.from(hash));
    }
  } catch (error) {
    const isOfBoard =
      error instanceof BoardError || error instanceof ApiProblem || error instanceof ServiceUnreachable;
    if (!isOfBoard) throw error;
    return null;
  }
  for (let at = 0; at < found.length; at += mostInTurn) await leaves.forget(found.slice(at, at + mostInTurn));
  return found.length;
}

/** More than everybody on the roll can cast, and complaints can bring: no such board is read. */
const mostLeaves = ({ issuers }: Manifest): number =>
  lastSequence * Math.max(...issuers.map(({ rollSize }) => rollSize)) + 20_000;

/** @returns how many complaints the board took */
async function complain(parts: AttendingParts, poll: RelayedPoll): Promise<number> {
  const all = await waiting(parts, poll, 'promised');
  let taken = 0;
  for (let at = 0; at < all.length; at += mostAtOnce) {
    const some = all.slice(at, at + mostAtOnce);
    const answers = await Promise.all(some.map((leaf) => complainOne(parts, poll, leaf)));
    taken += answers.filter((isTaken) => isTaken).length;
  }
  return taken;
}

/** The same leaf again, as every device would send it; and if the board does not have it, leaf and promise. */
async function complainOne(
  { board, leaves, now }: AttendingParts,
  { place: { pollId }, binding, promiser }: RelayedPoll,
  { hash, leaf, promise }: KeptLeaf,
): Promise<boolean> {
  const again = await board.cast(pollId, leaf, promiser);
  if (!isBroken(again, binding.manifest.windows, now())) return false;
  const answer = await board.complain(pollId, Buffer.concat([leaf, promise!]));
  if (answer === 'taken') await leaves.setMissing(hash);
  return answer === 'taken';
}
