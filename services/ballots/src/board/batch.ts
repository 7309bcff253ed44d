import { chooseBatch } from '@talkoot/ballot-protocol';
import { inTransaction } from '@talkoot/http-service';
import { LogError } from '@talkoot/witnessed-log';
import type { ClientSession, Connection } from 'mongoose';
import { randomBytes } from 'node:crypto';
import type { GateStore } from '../casting/gate.store.ts';
import type { LeafStore } from '../casting/leaf.store.ts';
import type { SealedPoll } from './sealed.poll.ts';

export interface BatchParts {
  readonly connection: Connection;
  readonly gates: GateStore;
  readonly leaves: LeafStore;
}

/** Most waiting leaves that a half is drawn from: choosing must not hold up the event loop. */
const mostDrawnFrom = 4_096;
/** Most leaves in one transaction. */
const mostAtOnce = 10_000;
/** Most times that closing may go round: enough for millions of leaves, and for rivals. */
const mostRounds = 1_000;

/**
 * Publishes a random half of what waits, if enough waits. A checkpoint stands before and after: leaves ascend between two
 * checkpoints, so nothing is appended to a batch whose own is still missing.
 * @returns how many wait then; null if a rival was faster, or the poll has closed
 * @throws LogError
 */
export async function publishHalf(parts: BatchParts, poll: SealedPoll): Promise<number | null> {
  const { pollId, log, binding } = poll;
  const { batchSize } = binding.manifest.board;
  const { size: at } = await log.checkpoint();
  const pending = await drawn(parts, pollId, Math.max(2 * batchSize, mostDrawnFrom));
  const batch = chooseBatch({ pending, batchSize, closing: false, random: randomBytes(32) });
  if (batch.length === 0) return pending.length;
  await log.requireCurrent('afresh');
  const isPublished = await unlessForestalled(parts, async (session) => {
    if ((await parts.gates.stateOf(pollId, session)) !== 'open') return false;
    await append(parts, poll, at, batch, session);
    return true;
  });
  if (!isPublished) return null;
  await log.checkpoint();
  return pending.length - batch.length;
}

/** All that waits; of more than `limit` those that follow a random place on the ring of hashes. */
async function drawn({ leaves }: BatchParts, pollId: string, limit: number): Promise<Uint8Array[]> {
  const place = randomBytes(32);
  const first = await leaves.waiting(pollId, limit, { from: place });
  const left = limit - first.length;
  return left === 0 ? first : [...first, ...(await leaves.waiting(pollId, left, { below: place }))];
}

/**
 * Publishes all that waits of a closed poll, some thousands at a time, and seals the board in the transaction that appends
 * the last of it. May be repeated, and interrupted anywhere.
 * @throws LogError
 */
export async function publishRest(parts: BatchParts, poll: SealedPoll): Promise<void> {
  for (let round = 0; round < mostRounds; round += 1) {
    const { size: at } = await poll.log.checkpoint();
    await poll.log.requireCurrent('afresh');
    const isSealed = await unlessForestalled(parts, (session) => publishSome(parts, poll, at, session));
    if (!isSealed) continue;
    await poll.log.checkpoint();
    return;
  }
  throw new Error(`The board of ${poll.pollId} does not come to an end`);
}

async function publishSome(
  parts: BatchParts,
  poll: SealedPoll,
  at: number,
  session: ClientSession,
): Promise<boolean> {
  const { gates, leaves } = parts;
  if ((await gates.stateOf(poll.pollId, session)) !== 'closed') return true;
  const pending = await leaves.waiting(poll.pollId, mostAtOnce + 1, { session });
  const batch = pending.slice(0, mostAtOnce);
  const isLast = batch.length === pending.length;
  if (batch.length > 0) await append(parts, poll, at, batch, session);
  if (isLast) await gates.seal(poll.pollId, at + batch.length, session);
  return isLast;
}

/** Appends ascending hashes to the board that has `at` leaves, and marks them published. */
async function append(
  { leaves }: BatchParts,
  { pollId, log }: SealedPoll,
  at: number,
  batch: readonly Uint8Array[],
  session: ClientSession,
): Promise<void> {
  await log.append(at, batch, session);
  await leaves.markPublished(pollId, batch, at, session);
}

/** What a transaction answers; null if the log has grown meanwhile. */
export async function unlessForestalled<T>(
  { connection }: Pick<BatchParts, 'connection'>,
  work: (session: ClientSession) => Promise<T>,
): Promise<T | null> {
  try {
    return await inTransaction(connection, work);
  } catch (error) {
    if (error instanceof LogError && error.code === 'append-conflict') return null;
    throw error;
  }
}
