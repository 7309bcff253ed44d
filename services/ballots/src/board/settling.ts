import { compareBytes, leafLength } from '@talkoot/ballot-protocol';
import type { ClientSession } from 'mongoose';
import type { ComplaintStore, KeptComplaint } from '../complaint/complaint.store.ts';
import { unlessForestalled } from './batch.ts';
import type { BatchParts } from './batch.ts';
import type { SealedPoll } from './sealed.poll.ts';

export interface SettlingParts extends BatchParts {
  readonly complaints: ComplaintStore;
}

const mostRounds = 100;

/**
 * Publishes the leaves of complaints that are not on a sealed board, as its last batch, and makes it final. May be repeated,
 * and interrupted anywhere.
 *
 * Whatever else a promised leaf is, it is published: one that passes no check shows what the board promised. Only a leaf of
 * another length cannot be, since the published board has no place for it; the complaint stays, and no verification passes.
 * @throws LogError
 */
export async function settleComplaints(parts: SettlingParts, poll: SealedPoll): Promise<void> {
  for (let round = 0; round < mostRounds; round += 1) {
    const { size: at } = await poll.log.checkpoint();
    await poll.log.requireCurrent('afresh');
    const isSettled = await unlessForestalled(parts, (session) => publishPromised(parts, poll, at, session));
    if (!isSettled) continue;
    await poll.log.checkpoint();
    return;
  }
  throw new Error(`The complaints of ${poll.pollId} do not come to an end`);
}

async function publishPromised(
  { gates, leaves, complaints }: SettlingParts,
  { pollId, binding, log }: SealedPoll,
  at: number,
  session: ClientSession,
): Promise<true> {
  if ((await gates.stateOf(pollId, session)) !== 'sealed') return true;
  const length = leafLength(binding.manifest);
  const promised = (await complaints.all(pollId, session)).filter(({ leaf }) => leaf.length === length);
  const states = await leaves.statesOf(
    pollId,
    promised.map(({ hash }) => hash),
    session,
  );
  const stateOf = ({ hash }: KeptComplaint) => states.get(Buffer.from(hash).toString('hex'));
  const stored = promised.filter((one) => stateOf(one) === 'waiting').map(({ hash }) => hash);
  const lost = promised.filter((one) => stateOf(one) === undefined);
  const batch = [...stored, ...lost.map(({ hash }) => hash)].toSorted(compareBytes);
  if (batch.length > 0) await log.append(at, batch, session);
  if (stored.length > 0) await leaves.markPublished(pollId, stored, at, session);
  if (lost.length > 0) await leaves.addPublished(pollId, lost, at, session);
  await gates.settle(pollId, session);
  return true;
}
