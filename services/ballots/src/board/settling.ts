import {
  canonicalJson,
  closingRecord,
  compareBytes,
  encodeComplaints,
  leafHash,
  leafLength,
} from '@talkoot/ballot-protocol';
import type { ClientSession } from 'mongoose';
import type { ComplaintStore, KeptComplaint } from '../complaint/complaint.store.ts';
import { desksOf, issuedAt, publishedDesks } from '../desk/desk.ts';
import type { DeskStore } from '../desk/desk.store.ts';
import { requireMoment } from '../poll/poll.windows.ts';
import { unlessForestalled } from './batch.ts';
import type { BatchParts } from './batch.ts';
import type { Closing, ClosingStore } from './closing.store.ts';
import type { SealedPoll } from './sealed.poll.ts';

export interface SettlingParts extends BatchParts {
  readonly complaints: ComplaintStore;
  readonly desks: DeskStore;
  readonly closings: ClosingStore;
  readonly now: () => Date;
}

const mostRounds = 100;

/**
 * Publishes the leaves of complaints that are not on a sealed board, as its last batch, and makes it final: its last leaf is
 * the record of all complaints and of what desks counted, which nothing changes any more. May be repeated, and interrupted
 * anywhere.
 *
 * Whatever else a promised leaf is, it is published: one that passes no check shows what the board promised. Only a leaf of
 * another length cannot be, since the published board has no place for it; the complaint stays, and no verification passes.
 * @throws LogError; DomainError `windows-bind`
 */
export async function settleComplaints(parts: SettlingParts, poll: SealedPoll): Promise<void> {
  requireMoment(poll.binding.manifest.windows, 'complaintsClose', parts.now());
  for (let round = 0; round < mostRounds; round += 1) {
    const { size: at } = await poll.log.checkpoint();
    await poll.log.requireCurrent('afresh');
    const isSettled = await unlessForestalled(parts, (session) => closeWith(parts, poll, at, session));
    if (!isSettled) continue;
    await poll.log.checkpoint();
    return;
  }
  throw new Error(`The complaints of ${poll.pollId} do not come to an end`);
}

async function closeWith(
  parts: SettlingParts,
  poll: SealedPoll,
  at: number,
  session: ClientSession,
): Promise<true> {
  const { gates, complaints, closings } = parts;
  const { pollId, log } = poll;
  if ((await gates.stateOf(pollId, session)) !== 'sealed') return true;
  const kept = await complaints.all(pollId, session);
  const closing = await closingOf(parts, poll, kept, session);
  const batch = await publishPromised(parts, poll, { at, kept }, session);
  await log.append(at, [...batch, leafHash(Buffer.from(closing.record))], session);
  await closings.add(pollId, closing, session);
  await gates.settle(pollId, session);
  return true;
}

/** What the board is closed with. Complaints are kept as they are: settling collides with whoever makes another. */
async function closingOf(
  { desks }: SettlingParts,
  { pollId, binding }: SealedPoll,
  kept: readonly KeptComplaint[],
  session: ClientSession,
): Promise<Closing> {
  const issued = issuedAt(await desks.issuedBy(pollId, session));
  const published = canonicalJson(publishedDesks(desksOf(await desks.all(pollId, session), issued)));
  const record = closingRecord(binding.m, encodeComplaints(kept), published);
  return { record: Buffer.from(record).toString(), desks: Buffer.from(published).toString() };
}

/** @returns the hashes of promised leaves that were not on the board, ascending; they are marked as published */
async function publishPromised(
  { leaves }: SettlingParts,
  { pollId, binding }: SealedPoll,
  { at, kept }: { readonly at: number; readonly kept: readonly KeptComplaint[] },
  session: ClientSession,
): Promise<Uint8Array[]> {
  const length = leafLength(binding.manifest);
  const promised = kept.filter(({ leaf }) => leaf.length === length);
  const states = await leaves.statesOf(
    pollId,
    promised.map(({ hash }) => hash),
    session,
  );
  const stateOf = ({ hash }: KeptComplaint) => states.get(Buffer.from(hash).toString('hex'));
  const stored = promised.filter((one) => stateOf(one) === 'waiting').map(({ hash }) => hash);
  const lost = promised.filter((one) => stateOf(one) === undefined);
  if (stored.length > 0) await leaves.markPublished(pollId, stored, at, session);
  if (lost.length > 0) await leaves.addPublished(pollId, lost, at, session);
  return [...stored, ...lost.map(({ hash }) => hash)].toSorted(compareBytes);
}
