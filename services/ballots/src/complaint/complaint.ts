import { isValidComplaint } from '@talkoot/ballot-protocol';
import { leafHash } from '@talkoot/ballot-protocol/node';
import { DomainError, inTransaction } from '@talkoot/http-service';
import type { ClientSession, Connection } from 'mongoose';
import type { SealedPoll } from '../board/sealed.poll.ts';
import type { LeafState } from '../casting/gate.ts';
import type { GateStore } from '../casting/gate.store.ts';
import type { LeafStore } from '../casting/leaf.store.ts';
import type { ComplaintStore, KeptComplaint } from './complaint.store.ts';

export interface ComplaintParts {
  readonly connection: Connection;
  readonly gates: GateStore;
  readonly leaves: LeafStore;
  readonly complaints: ComplaintStore;
}

const promiseLength = 64;
/** Longer leaves are of no poll, and no publication could hold them. */
const mostLeafBytes = 65_536;
/** Most complaints of a poll that are kept. */
const mostKept = 10_000;
/** Most of them that ask for what is there anyway: they must not take the place of others. */
const mostIdle = 1_000;

/** Whether one more complaint is kept. Without room, one about a leaf that is stored loses nothing; another does. */
export function placeFor(leaf: LeafState, kept: number): 'kept' | 'needless' | 'refused' {
  if (leaf === 'waiting' || leaf === 'on-board') return kept < mostIdle ? 'kept' : 'needless';
  return kept < mostKept ? 'kept' : 'refused';
}

/**
 * Takes a complaint: a leaf and the board's promise to publish it. It is valid whatever else the leaf is.
 * @returns whether the leaf is on the board already
 * @throws DomainError `complaint-unfounded`, `poll-not-open`, `complaints-over`, `too-many-complaints`
 */
export async function complain(
  parts: ComplaintParts,
  poll: SealedPoll,
  body: Uint8Array,
): Promise<{ readonly leafHash: Uint8Array; readonly onBoard: boolean }> {
  const leaf = body.subarray(0, -promiseLength);
  const promise = body.subarray(-promiseLength);
  const isLeaf = leaf.length > 0 && leaf.length <= mostLeafBytes;
  if (!isLeaf || !isValidComplaint({ leaf, promise }, poll.promiser))
    throw new DomainError('complaint-unfounded');
  const verdict = await poll.check(leaf);
  const publicKey = verdict.accepted ? verdict.leaf.publicKey : null;
  const complaint = { hash: leafHash(leaf), leaf, promise, publicKey };
  const state = await inTransaction(parts.connection, (session) =>
    keep(parts, poll.pollId, complaint, session),
  );
  return { leafHash: complaint.hash, onBoard: state === 'on-board' };
}

async function keep(
  { gates, leaves, complaints }: ComplaintParts,
  pollId: string,
  complaint: KeptComplaint,
  session: ClientSession,
): Promise<LeafState> {
  const state = await leaves.stateOf(pollId, complaint.hash, session);
  if (await complaints.isKept(pollId, complaint.hash, session)) return state;
  const gate = await gates.find(pollId, session);
  if (gate === null) throw new DomainError('poll-not-open');
  if (gate.state === 'settled') {
    if (state === 'on-board') return state;
    throw new DomainError('complaints-over');
  }
  const place = placeFor(state, gate.complaints);
  if (place === 'refused') throw new DomainError('too-many-complaints');
  if (place === 'needless') return state;
  await gates.countComplaint(pollId, session);
  await complaints.add(pollId, complaint, session);
  return state;
}
