import type { Connection } from 'mongoose';
import { cosignedStore } from './cosigning/cosigned.store.ts';
import type { WatchedLogs } from './logs/watched.ts';

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
}

/** Everything the routes of this service work with. */
export function witnessOf(parts: WitnessParts) {
  return { ...parts, cosigned: cosignedStore(parts.connection, parts.limit) };
}
export type Witness = ReturnType<typeof witnessOf>;
