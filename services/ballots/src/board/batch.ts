import { chooseBatch, compareBytes } from '@talkoot/ballot-protocol';
import type { WaitingLeaf } from '@talkoot/ballot-protocol';
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

/** Keys that a half is drawn from, of which each has fifty leaves at most: choosing must not hold up the event loop. */
const mostDrawnFrom = 4_096;
/** Most leaves in one transaction. */
const mostAtOnce = 10_000;
/** Most times that closing may go round: enough for millions of leaves, and for rivals. */
const mostRounds = 1_000;

/**
 * Publishes the leaves of a random half of the keys that wait, if enough do. A checkpoint stands before and after: leaves ascend
 * between two checkpoints, so nothing is appended to a batch whose own is still missing.
 * @returns how many keys wait then; null if a rival was faster, or the poll has closed
 * @throws LogError
 */
export async function publishHalf(parts: BatchParts, poll: SealedPoll): Promise<number | null> {
  const { pollId, log, binding } = poll;
  const { batchSize } = binding.manifest.board;
  const { size: at } = await log.checkpoint();
  const waiting = await drawn(parts, pollId, Math.max(2 * batchSize, mostDrawnFrom));
  const batch = chooseBatch({ waiting, batchSize, closing: false, random: randomBytes(32) });
  if (batch.length > 0) await log.requireCurrent('afresh');
  for (let done = 0; done < batch.length; done += mostAtOnce) {
    const part = batch.slice(done, done + mostAtOnce);
    const isPublished = await unlessForestalled(parts, async (session) => {
      if ((await parts.gates.stateOf(pollId, session)) !== 'open') return false;
      await append(parts, poll, at + done, part, session);
      return true;
    });
    if (!isPublished) return null;
    await log.checkpoint();
  }
  const published = new Set(batch.map(hexOf));
  return keysOf(waiting.filter(({ hash }) => !published.has(hexOf(hash))));
}

/** All that waits; of more than so many keys those that follow a random place on the ring of keys. */
async function drawn({ leaves }: BatchParts, pollId: string, most: number): Promise<WaitingLeaf[]> {
  const place = randomBytes(32);
  const found: WaitingLeaf[] = [];
  let keys = 0;
  for (const range of [{ from: place }, { below: place }]) {
    for await (const leaf of leaves.waiting(pollId, range)) {
      const last = found.at(-1);
      if (!last || compareBytes(last.key, leaf.key) !== 0) keys += 1;
      if (keys > most) return found;
      found.push(leaf);
    }
  }
  return found;
}

const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const keysOf = (waiting: readonly WaitingLeaf[]) => new Set(waiting.map(({ key }) => hexOf(key))).size;

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
  const { batch, isLast } = await someOf(leaves.waiting(poll.pollId, { session }));
  if (batch.length > 0) await append(parts, poll, at, batch, session);
  if (isLast) await gates.seal(poll.pollId, at + batch.length, session);
  return isLast;
}

/** As many leaves as one transaction takes, ascending. */
async function someOf(waiting: AsyncIterable<WaitingLeaf>) {
  const batch: Uint8Array[] = [];
  for await (const { hash } of waiting) {
    if (batch.length === mostAtOnce) return { batch: batch.toSorted(compareBytes), isLast: false };
    batch.push(hash);
  }
  return { batch: batch.toSorted(compareBytes), isLast: true };
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
