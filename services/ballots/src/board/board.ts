import { leafHash } from '@talkoot/ballot-protocol/node';
import { encodeNote } from '@talkoot/ballot-protocol';
import type { Complaint } from '@talkoot/ballot-protocol';
import { DomainError } from '@talkoot/http-service';
import type { Logger } from '@talkoot/http-service';
import { logStore } from '@talkoot/witnessed-log';
import type { Connection } from 'mongoose';
import type { GateStore } from '../casting/gate.store.ts';
import type { LeafStore } from '../casting/leaf.store.ts';
import { complaintsOf } from '../complaint/complaint.ts';
import { complaintStore } from '../complaint/complaint.store.ts';
import type { DeskStore } from '../desk/desk.store.ts';
import { joined } from '../joined.ts';
import { publishRest, unlessForestalled } from './batch.ts';
import { boardProblems } from './board.problems.ts';
import { closingStore } from './closing.store.ts';
import type { Closing } from './closing.store.ts';
import { publisher } from './publisher.ts';
import { sealedPolls } from './sealed.poll.ts';
import type { BoardSetting, SealedPoll } from './sealed.poll.ts';
import { settleComplaints } from './settling.ts';

export interface BoardParts {
  readonly connection: Connection;
  readonly polls: { get(pollId: string): Promise<{ readonly manifest: string | null }> };
  readonly gates: GateStore;
  readonly leaves: LeafStore;
  readonly desks: DeskStore;
  readonly setting: BoardSetting;
  readonly log: Logger;
  readonly now: () => Date;
}

/** The bulletin boards of all polls: what is published, when, and how it is read. */
export function boardOf(given: BoardParts) {
  const { connection, gates, leaves } = given;
  const complaints = complaintStore(connection);
  const closings = closingStore(connection);
  const sealed = sealedPolls({ ...given, logs: logStore(connection) });
  const parts = { ...given, complaints, closings, sealed };
  const batches = publisher(parts);
  const taken = complaintsOf(parts);
  const underWay = joined();

  /** @throws DomainError `poll-without-board` */
  async function required(pollId: string): Promise<SealedPoll> {
    const poll = await sealed.get(pollId);
    if (!poll) throw new DomainError('poll-without-board');
    return poll;
  }

  async function close(pollId: string): Promise<{ readonly leaves: number }> {
    const poll = await requireShut(pollId);
    await boardProblems('witnesses-silent', () => publishRest(parts, poll));
    const { sealedSize } = (await gates.find(pollId))!;
    return { leaves: sealedSize! - 1 };
  }

  /** @throws DomainError `poll-not-closed` */
  async function requireShut(pollId: string): Promise<SealedPoll> {
    const poll = await sealed.get(pollId);
    const gate = poll && (await gates.stateOf(pollId));
    if (!gate || gate === 'open') throw new DomainError('poll-not-closed');
    return poll;
  }

  async function settle(pollId: string) {
    await close(pollId);
    const poll = await required(pollId);
    await boardProblems('witnesses-silent', () => settleComplaints(parts, poll));
    const ballots = await leaves.keysOnBoard(pollId);
    return { ballots, enough: ballots >= poll.binding.manifest.minima.counted };
  }

  return {
    /** What the service does in the name of a poll; null before its manifest is written. */
    pollOf: (pollId: string) => sealed.get(pollId),

    /** Told of each leaf that was stored; starts publishing beside the casting when enough wait. */
    stored: (poll: SealedPoll) => batches.stored(poll),

    /** Looks after the boards of open polls until it is stopped. */
    watch: () => batches.watch(),

    /** Publishes what is due now; what cannot be published waits. */
    async publishDue(pollId: string): Promise<void> {
      await batches.run(await required(pollId));
    },

    /**
     * Opens the board of a poll with its manifest, under a checkpoint that stands. May be repeated with the same bytes.
     * @param manifest the bytes of `manifest.json`
     * @throws DomainError `witnesses-silent`, `board-not-current`
     */
    async open(manifest: Uint8Array): Promise<void> {
      const { log } = sealed.read(manifest);
      await unlessForestalled(parts, async (session) => {
        if ((await log.head(session)).size === 0) await log.append(0, [leafHash(manifest)], session);
      });
      await boardProblems('witnesses-silent', () => log.checkpoint());
    },

    /**
     * Publishes all ballots of a poll whose gate is closed. Who asks while it is under way joins it.
     * @returns how many leaves the board has without its manifest
     * @throws DomainError `poll-not-closed`, `witnesses-silent`, `board-not-current`
     */
    close: (pollId: string) => underWay(`close ${pollId}`, () => close(pollId)),

    /**
     * Publishes what complaints showed to be missing; from then on the board is final. Who asks while it is under way joins
     * it.
     * @returns how many keys cast a ballot, and whether they reach the manifest's minimum
     * @throws DomainError `poll-not-closed`, `windows-bind`, `witnesses-silent`, `board-not-current`
     */
    settle: (pollId: string) => underWay(`settle ${pollId}`, () => settle(pollId)),

    /** @throws DomainError `complaint-unfounded`, `poll-not-open`, `complaints-over`, `too-many-complaints` */
    async complain(pollId: string, body: Uint8Array) {
      const poll = await sealed.get(pollId);
      if (!poll) throw new DomainError('poll-not-open');
      return taken.complain(poll, body);
    },

    /** All complaints that are kept, by the hash of their leaf. */
    complaintsOf: (pollId: string): Promise<Complaint[]> => complaints.all(pollId),

    /** What the board was closed with; null before complaints are settled. */
    closingOf: (pollId: string): Promise<Closing | null> => closings.find(pollId),

    /** The bytes of the board's leaves in its order, between the manifest and the closing record. */
    leavesOf: (pollId: string): AsyncIterable<Uint8Array> => leaves.published(pollId),

    /** All archived checkpoints, as PROTOCOL.md writes `board.checkpoints`. */
    archiveOf: async (pollId: string): Promise<Uint8Array> => (await required(pollId)).log.archive(),

    /** The last checkpoint that stands, as a signed note. @throws DomainError `poll-without-board` */
    async checkpointOf(pollId: string): Promise<string> {
      const standing = await (await required(pollId)).log.standing();
      if (!standing) throw new DomainError('poll-without-board');
      return new TextDecoder().decode(encodeNote(standing.note));
    },

    /** @throws DomainError `poll-without-board`, `not-found` for a tile that the checkpoint does not cover */
    async tileOf(pollId: string, level: number, path: string): Promise<Uint8Array> {
      const tile = await (await required(pollId)).log.tile(level, path);
      if (!tile) throw new DomainError('not-found');
      return tile;
    },
  };
}
export type Board = ReturnType<typeof boardOf>;
