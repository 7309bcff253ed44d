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

/** Most complaints of a poll that may be under way in one process. */
const mostAtOnce = 200;

/** Whether one more complaint is kept. Without room, one about a leaf that is stored loses nothing; another does. */
export function placeFor(leaf: LeafState, kept: number): 'kept' | 'needless' | 'refused' {
  if (leaf === 'waiting' || leaf === 'on-board') return kept < mostIdle ? 'kept' : 'needless';
  return kept < mostKept ? 'kept' : 'refused';
}

export interface TakenComplaint {
  readonly leafHash: Uint8Array;
  /** Whether the leaf is on the board already. */
  readonly onBoard: boolean;
}

/** Takes complaints, those of one poll one after the other: all of them write its gate. */
export function complaintsOf(parts: ComplaintParts) {
  const inTurn = turns(mostAtOnce);
  return {
    /**
     * Takes a complaint: a leaf and the board's promise to publish it. It is valid whatever else the leaf is.
     * @throws DomainError `complaint-unfounded`, `poll-not-open`, `complaints-over`, `too-many-complaints`
     */
    complain: (poll: SealedPoll, body: Uint8Array) => complain({ ...parts, inTurn }, poll, body),
  };
}

async function complain(
  parts: ComplaintParts & { readonly inTurn: ReturnType<typeof turns> },
  poll: SealedPoll,
  body: Uint8Array,
): Promise<TakenComplaint> {
  const leaf = body.subarray(0, -promiseLength);
  const promise = body.subarray(-promiseLength);
  const isLeaf = leaf.length > 0 && leaf.length <= mostLeafBytes;
  if (!isLeaf || !isValidComplaint({ leaf, promise }, poll.promiser))
    throw new DomainError('complaint-unfounded');
  const verdict = await poll.check(leaf);
  const publicKey = verdict.accepted ? verdict.leaf.publicKey : null;
  const complaint = { hash: leafHash(leaf), leaf, promise, publicKey };
  const state = await parts.inTurn(poll.pollId, () =>
    inTransaction(parts.connection, (session) => keep(parts, poll.pollId, complaint, session)),
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

/** Runs work of one poll in turn; refuses it when `most` wait. */
export function turns(most: number) {
  const queues = new Map<string, { last: Promise<unknown>; length: number }>();
  return async <T>(pollId: string, work: () => Promise<T>): Promise<T> => {
    const queue = queues.get(pollId) ?? { last: Promise.resolve(), length: 0 };
    if (queue.length >= most) throw new DomainError('too-many-complaints');
    queues.set(pollId, queue);
    queue.length += 1;
    const done = queue.last.then(work);
    queue.last = done.catch(() => undefined);
    try {
      return await done;
    } finally {
      queue.length -= 1;
      if (queue.length === 0) queues.delete(pollId);
    }
  };
}
