import { Schema } from 'mongoose';
import type { ClientSession, Connection, mongo } from 'mongoose';
import type { Vote } from './ballot.ts';

/**
 * A ballot: a key that names nobody, the certificates that it may vote, and what it says. Its id is its receipt; there
 * is no ObjectId, no time and no counter. The collection is clustered by the id, so that not even its order on disk is
 * that of casting.
 */
interface BallotDocument {
  _id: string;
  poll: string;
  publicKey: string;
  certificates: readonly string[];
  sequence: number;
  vote: Vote;
  signature: string;
  /** Sent again while the poll was open: the request that stored it may not take it back any more. */
  confirmed?: true;
  /** Came too late: it never counts, and it stays so that the same ballot sent again fares no better. */
  withdrawn?: true;
  /** Set once, when the poll is sealed; a ballot without it does not count. */
  counted?: true;
  /** Set then as well: another ballot of its key, with a higher sequence, counts in its place. */
  replaced?: true;
}

const schema = new Schema<BallotDocument>(
  {
    _id: String,
    poll: String,
    publicKey: String,
    certificates: [String],
    sequence: Number,
    vote: Schema.Types.Mixed,
    signature: String,
    confirmed: Boolean,
    withdrawn: Boolean,
    counted: Boolean,
    replaced: Boolean,
  },
  { versionKey: false, collection: 'ballots' },
);
// Mongoose knows this option; its types do not.
schema.set('clusteredIndex' as never, { key: { _id: 1 }, unique: true, name: 'receipt' } as never);
schema.index({ poll: 1, publicKey: 1, sequence: 1 }, { unique: true });

export interface StoredBallot {
  readonly receipt: string;
  readonly poll: string;
  readonly publicKey: string;
  readonly certificates: readonly string[];
  readonly sequence: number;
  readonly vote: Vote;
  readonly signature: string;
}

const notWithdrawn = { withdrawn: { $exists: false } } as const;

export function ballotStore(connection: Connection) {
  const model = connection.model<BallotDocument>('Ballot', schema);
  // Straight to the driver: this is the one busy place.
  const ballots = () => model.collection as unknown as mongo.Collection<BallotDocument>;
  const durable = { writeConcern: { w: 'majority', journal: true } } as const;
  return {
    /** Stores a ballot durably. `taken`: its key and sequence were used before, for this ballot or another. */
    async insert({ receipt, ...ballot }: StoredBallot): Promise<'stored' | 'taken'> {
      try {
        await ballots().insertOne({ _id: receipt, ...ballot }, durable);
        return 'stored';
      } catch (error) {
        if ((error as { code?: unknown }).code === 11_000) return 'taken';
        throw error;
      }
    },

    /**
     * Whether the ballot is in, whether the count has it, and whether another one of its key counts in its place; null
     * when it is not there or came too late.
     */
    async find(
      pollId: string,
      receipt: string,
    ): Promise<{ readonly counted: boolean; readonly replaced: boolean } | null> {
      const filter = { _id: receipt, poll: pollId, ...notWithdrawn };
      const found = await ballots().findOne(filter, { projection: { counted: 1, replaced: 1 } });
      return found && { counted: found.counted ?? false, replaced: found.replaced ?? false };
    },

    /** Keeps a ballot that was sent again from being withdrawn; false when it is not in. */
    async confirm(pollId: string, receipt: string): Promise<boolean> {
      const filter = { _id: receipt, poll: pollId, ...notWithdrawn };
      const { matchedCount } = await ballots().updateOne(filter, { $set: { confirmed: true } }, durable);
      return matchedCount === 1;
    },

    /** Withdraws a ballot that came too late; false when somebody relies on it or the count has it. */
    async withdraw(receipt: string): Promise<boolean> {
      const free = { _id: receipt, counted: { $exists: false }, confirmed: { $exists: false } };
      return (await ballots().updateOne(free, { $set: { withdrawn: true } }, durable)).matchedCount === 1;
    },

    /** Marks the ballots that are in, and those of them that a later one of the same key replaces. */
    async markCounted(pollId: string, session: ClientSession): Promise<void> {
      await ballots().updateMany({ poll: pollId, ...notWithdrawn }, { $set: { counted: true } }, { session });
      const repeated = ballots().aggregate<{ readonly _id: string; readonly last: number }>(
        [
          { $match: { poll: pollId, counted: true } },
          { $group: { _id: '$publicKey', last: { $max: '$sequence' }, cast: { $sum: 1 } } },
          { $match: { cast: { $gt: 1 } } },
        ],
        { session },
      );
      const writes = (await repeated.toArray()).map(({ _id: publicKey, last }) => ({
        updateMany: {
          filter: { poll: pollId, publicKey, sequence: { $lt: last }, counted: true as const },
          update: { $set: { replaced: true as const } },
        },
      }));
      if (writes.length > 0) await ballots().bulkWrite(writes, { session });
    },

    /** The counted ballots in the order of their receipts, with nothing of their keys and certificates. */
    async *counted(pollId: string): AsyncGenerator<{ readonly receipt: string; readonly vote: Vote }> {
      const cursor = ballots()
        .find(
          { poll: pollId, counted: true, replaced: { $exists: false } },
          { projection: { vote: 1 }, batchSize: 2_000 },
        )
        .sort({ _id: 1 });
      for await (const { _id, vote } of cursor) yield { receipt: _id, vote };
    },
  };
}
export type BallotStore = ReturnType<typeof ballotStore>;
