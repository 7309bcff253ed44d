import { DomainError } from '@talkoot/http-service';
import type { Logger } from '@talkoot/http-service';
import type { Connection } from 'mongoose';
import { attend } from './attending.ts';
import { boardClient } from './board.client.ts';
import { keptLeafStore } from './kept.leaf.store.ts';
import type { MissingLeaf } from './kept.leaf.store.ts';
import { relayOf } from './relay.ts';
import type { OwnWitness } from './relayed.poll.ts';
import { relayedPolls } from './relayed.polls.ts';
import { relayedPollStore } from './relayed.poll.store.ts';
import { roundsOf } from './rounds.ts';
import type { RelayedBoard } from '../witness.ts';

export interface BallotRelayParts {
  readonly connection: Connection;
  readonly witness: OwnWitness;
  readonly board: RelayedBoard;
  readonly log: Logger;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** The auditor's relay of ballots: everything its routes work with. */
export function ballotRelay({ connection, witness, board: relayed, log, now }: BallotRelayParts) {
  const board = boardClient(relayed.url.replace(/\/+$/, ''), relayed.deadlineMs);
  const leaves = keptLeafStore(connection);
  const polls = relayedPolls({ board, store: relayedPollStore(connection), witness, log, now });
  const attending = { board, polls, leaves, now };
  const rounds = roundsOf({
    busy: () => leaves.polls(),
    attend: (pollId) => attend(attending, pollId),
    before: () => polls.learnSeen(),
    rests: relayed.rests,
    log,
    now: () => performance.now(),
    random: Math.random,
  });
  const relay = relayOf({ ...attending, kept: rounds.kept });

  return {
    take: (pollId: string, leaf: Uint8Array) => relay.take(pollId, leaf),

    /** A checkpoint of this log was cosigned. */
    saw: (origin: string) => polls.saw(origin),

    /** Hands on and looks after what is kept, until it is stopped. */
    watch: () => rounds.start(),

    /**
     * What was given in time and is not on the board, ascending by hash.
     * @param after a hash in hexadecimal
     * @throws DomainError `casting-not-over`, `not-found`, `poll-not-relayed`
     */
    async missing(pollId: string, after: string | undefined, limit: number): Promise<MissingLeaf[]> {
      const poll = await polls.get(pollId);
      const isOver = (await polls.isOver(pollId)) || (await polls.stageOf(poll)) !== 'casting';
      if (!isOver) throw new DomainError('casting-not-over');
      return leaves.missing(pollId, after, limit);
    },
  };
}
export type BallotRelay = ReturnType<typeof ballotRelay>;
