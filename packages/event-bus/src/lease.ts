import { randomUUID } from 'node:crypto';
import type { Connection, mongo } from 'mongoose';
import { databaseOf } from './outbox.rows.ts';

const DUPLICATE_KEY = 11000;

interface LeaseDocument {
  _id: string;
  holder: string;
  /** Rises with each change of holder. */
  epoch: number;
  expiresAt: Date;
}

/** The right to be the only active relay of a database, for a while. */
export interface Lease {
  /** Takes or renews the lease. False while another holds it. */
  take(): Promise<boolean>;
  /** Whether the lease is certainly still ours, by a clock that never jumps. */
  held(): boolean;
  release(): Promise<void>;
}

/**
 * A lease in the database, timed by the database's clock alone. The holder trusts it for less time
 * than the database grants, counted from before the request.
 */
export function leaseOn(connection: Connection, name: string, ttlMs: number): Lease {
  const holder = randomUUID();
  let trustedUntil = 0;
  let created = false;
  const leases = () => databaseOf(connection).collection<LeaseDocument>('relayleases');
  return {
    async take() {
      const askedAt = performance.now();
      if (!created) await createIfMissing(leases(), name);
      created = true;
      const taken = await leases().findOneAndUpdate(
        { _id: name, $expr: { $or: [{ $eq: ['$holder', holder] }, { $lt: ['$expiresAt', '$$NOW'] }] } },
        [
          {
            $set: {
              epoch: { $cond: [{ $eq: ['$holder', holder] }, '$epoch', { $add: ['$epoch', 1] }] },
              holder,
              expiresAt: { $add: ['$$NOW', ttlMs] },
            },
          },
        ],
        { writeConcern: { w: 'majority' } },
      );
      trustedUntil = taken ? askedAt + ttlMs * 0.9 : 0;
      return taken !== null;
    },
    held: () => performance.now() < trustedUntil,
    async release() {
      trustedUntil = 0;
      await leases().updateOne({ _id: name, holder }, { $set: { expiresAt: new Date(0) } });
    },
  };
}

async function createIfMissing(leases: mongo.Collection<LeaseDocument>, name: string): Promise<void> {
  try {
    await leases.insertOne({ _id: name, holder: '', epoch: 0, expiresAt: new Date(0) });
  } catch (error) {
    if ((error as { code?: unknown }).code !== DUPLICATE_KEY) throw error;
  }
}
