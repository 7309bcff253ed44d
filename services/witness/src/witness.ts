import type { Logger } from '@talkoot/http-service';
import { publicKeyOf } from '@talkoot/ballot-protocol';
import type { Connection } from 'mongoose';
import { cosignedStore } from './cosigning/cosigned.store.ts';
import type { WatchedLogs } from './logs/watched.ts';
import { ballotRelay } from './relay/ballot.relay.ts';
import type { Rests } from './relay/rounds.ts';

export interface WitnessParts {
  readonly connection: Connection;
  /** Name of its key. */
  readonly name: string;
  /** Seed of its Ed25519 key, 32 bytes. */
  readonly secretKey: Uint8Array;
  readonly logs: readonly WatchedLogs[];
  /** Most logs of one entry. */
  readonly limit: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Whose ballots it takes too; null for a witness and nothing else. */
  readonly board: RelayedBoard | null;
  readonly log: Logger;
}

export interface RelayedBoard {
  /** Base URL of the ballots service. */
  readonly url: string;
  /** Time in which it answers or is away, in milliseconds. */
  readonly deadlineMs: number;
  readonly rests: Rests;
}

/** Everything the routes of this service work with. */
export function witnessOf(parts: WitnessParts) {
  const { connection, name, secretKey, logs, limit, board, log, now } = parts;
  const key = { name, publicKey: publicKeyOf(secretKey) };
  const relay =
    board &&
    ballotRelay({
      connection,
      witness: { key, logs },
      board,
      log,
      now,
    });
  return { ...parts, cosigned: cosignedStore(connection, limit), relay };
}
export type Witness = ReturnType<typeof witnessOf>;
