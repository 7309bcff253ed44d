import type { Certificate } from '@talkoot/api-contracts/identity';
import { Schema } from 'mongoose';
import type { ClientSession, Connection, mongo } from 'mongoose';
import type { Vote } from './ballot.ts';

/**
 * A ballot: a certificate that names nobody, and what it says. Its id is its receipt; there is no ObjectId, no time
 * and no counter. The collection is clustered by the id, so that not even its order on disk is that of casting.
 */
interface BallotDocument {
  _id: string;
  poll: string;
  certificate: Certificate;
  vote: Vote;
  /** Sent again while the poll was open: the request that stored it may not take it back any more. */
  confirmed?: true;
  /** Came too late: it never counts, and it stays so that the same ballot sent again fares no better. */
  withdrawn?: true;
  /** Set once, when the poll is sealed; a ballot without it does not count. */
  counted?: true;
}

const schema = new Schema<BallotDocument>(
  {
    _id: String,
    poll: String,
    certificate: Schema.Types.Mixed,
    vote: Schema.Types.Mixed,
    confirmed: Boolean,
    withdrawn: Boolean,
    counted: Boolean,
  },
  { versionKey: false, collection: 'ballots' },
);
// Mongoose knows this option; its types do not.
schema.set('clusteredIndex' as never, { key: { _id: 1 }, unique: true, name: 'receipt' } as never);
schema.index({ 'certificate.serial': 1 }, { unique: true });
schema.index({ poll: 1 });

export interface StoredBallot {
  readonly receipt: string;
  readonly poll: string;
  readonly certificate: Certificate;
  readonly vote: Vote;
}

const notWithdrawn = { withdrawn: { $exists: false } } as const;

export function ballotStore(connection: Connection) {
  const model = connection.model<BallotDocument>('Ballot', schema);
  // Straight to the driver: this is the one busy place.
  const ballots = () => model.collection as unknown as mongo.Collection<BallotDocument>;
  const durable = { writeConcern: { w: 'majority', journal: true } } as const;
  return {
    /** Stores a ballot durably. `taken`: its certificate was used before, for this ballot or another. */
    async insert({ receipt, ...ballot }: StoredBallot): Promise<'stored' | 'taken'> {
      try {
        await ballots().insertOne({ _id: receipt, ...ballot }, durable);
        return 'stored';
      } catch (error) {
        if ((error as { code?: unknown }).code === 11_000) return 'taken';
        throw error;
      }
    },

    /** Whether the ballot is in, and whether it is counted; null when it is not there or came too late. */
    async find(pollId: string, receipt: string): Promise<{ readonly counted: boolean } | null> {
      const filter = { _id: receipt, poll: pollId, ...notWithdrawn };
      const found = await ballots().findOne(filter, { projection: { counted: 1 } });
      return found && { counted: found.counted ?? false };
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

    /** Marks the ballots that count: those that are in. */
    async markCounted(pollId: string, session: ClientSession): Promise<void> {
      await ballots().updateMany({ poll: pollId, ...notWithdrawn }, { $set: { counted: true } }, { session });
    },

    /** The counted ballots in the order of their receipts, with nothing of their certificates. */
    async *counted(pollId: string): AsyncGenerator<{ readonly receipt: string; readonly vote: Vote }> {
      const cursor = ballots()
        .find({ poll: pollId, counted: true }, { projection: { vote: 1 }, batchSize: 2_000 })
        .sort({ _id: 1 });
      for await (const { _id, vote } of cursor) yield { receipt: _id, vote };
    },
  };
}
export type BallotStore = ReturnType<typeof ballotStore>;
