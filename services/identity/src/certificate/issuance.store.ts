import { Schema } from 'mongoose';
import type { ClientSession, Connection } from 'mongoose';

/**
 * That a blinded message may be signed, and nothing that tells when: no time, no ObjectId, no number. The collection is
 * clustered by its id, so that not even its order on disk is that of issuing.
 */
interface IssuanceDocument {
  /** `<poll>/<person>`: one for ever. */
  _id: string;
  pollId: string;
  /** SHA-256 of the one blinded message that is signed. */
  blindedSha256: string;
  /** Where it was issued, if at a desk. */
  desk?: string;
  /** Roll value of the entry, hexadecimal, until it is in the log. */
  waiting?: string;
}
/** Roll values that the log got together. The log is public, and so is this. */
interface BatchDocument {
  /** `<poll>/<leaves before, in ten digits>`. */
  _id: string;
  pollId: string;
  /** 32 bytes each, ascending. */
  values: Buffer;
}

// Mongoose knows the option; its types do not.
const clustered = (collection: string) =>
  ({
    versionKey: false,
    collection,
    clusteredIndex: { key: { _id: 1 }, unique: true, name: collection },
  }) as object;
const schema = new Schema<IssuanceDocument>(
  { _id: String, pollId: String, blindedSha256: String, desk: String, waiting: String },
  clustered('issuances'),
);
const isWaiting = { waiting: { $exists: true } } as const;
schema.index({ pollId: 1 }, { name: 'waiting', partialFilterExpression: isWaiting });
schema.index({ pollId: 1, desk: 1 }, { partialFilterExpression: { desk: { $exists: true } } });
const batchSchema = new Schema<BatchDocument>(
  { _id: String, pollId: String, values: Buffer },
  clustered('issuancebatches'),
);

const idOf = (pollId: string, personId: string) => `${pollId}/${personId}`;

export interface Issuance {
  readonly blindedSha256: string;
  readonly desk: string | null;
}
export interface DeskTotal {
  readonly desk: string;
  readonly issued: number;
}

export function issuanceStore(connection: Connection) {
  const issuances = connection.model<IssuanceDocument>('Issuance', schema);
  const batches = connection.model<BatchDocument>('IssuanceBatch', batchSchema);
  return {
    /**
     * Durable when it resolves; false when another message, or another channel, was recorded before.
     * @param rollValue of the person's entry: 32 bytes
     */
    async record(
      pollId: string,
      personId: string,
      { blindedSha256, desk }: Issuance,
      rollValue: Uint8Array,
    ): Promise<boolean> {
      const _id = idOf(pollId, personId);
      const waiting = Buffer.from(rollValue).toString('hex');
      try {
        const place = desk === null ? {} : { desk };
        // Past mongoose, whose checks would cost as much as the rest: everything in it is made here.
        await issuances.collection.insertOne({ _id, pollId, blindedSha256, ...place, waiting } as never);
        return true;
      } catch (error) {
        if ((error as { code?: unknown }).code !== 11_000) throw error;
        return (await issuances.exists({ _id, blindedSha256, desk })) !== null;
      }
    },

    async find(
      pollId: string,
      personId: string,
    ): Promise<{ readonly desk: string | null; readonly isWaiting: boolean } | null> {
      const found = await issuances.findById(idOf(pollId, personId)).lean();
      return found && { desk: found.desk ?? null, isWaiting: found.waiting !== undefined };
    },

    /** Whether at least so many wait for the log. */
    async waitAtLeast(pollId: string, number: number): Promise<boolean> {
      return (await issuances.countDocuments({ pollId, ...isWaiting }, { limit: number })) >= number;
    },

    /** Roll values that are not in the log yet, in no order that says anything. */
    async waiting(pollId: string, session: ClientSession): Promise<Uint8Array[]> {
      const found = await issuances.find({ pollId, ...isWaiting }, { waiting: 1 }, { session }).lean();
      return found.map(({ waiting }) => Buffer.from(waiting!, 'hex'));
    },

    /** Keeps a batch as the log has it, with everything that waits. */
    async markLogged(
      pollId: string,
      leavesBefore: number,
      values: readonly Uint8Array[],
      session: ClientSession,
    ): Promise<void> {
      const _id = `${pollId}/${String(leavesBefore).padStart(10, '0')}`;
      await batches.insertMany([{ _id, pollId, values: Buffer.concat(values) }], { session });
      const marked = await issuances.updateMany(
        { pollId, ...isWaiting },
        { $unset: { waiting: 1 } },
        { session },
      );
      if (marked.modifiedCount !== values.length) {
        throw new Error(`${marked.modifiedCount} waited for a batch of ${values.length}`);
      }
    },

    /** Roll values in the order of the log. */
    async logged(pollId: string): Promise<Uint8Array<ArrayBuffer>> {
      const found = await batches
        .find({ _id: { $gt: `${pollId}/`, $lt: `${pollId}0` } })
        .sort({ _id: 1 })
        .lean();
      return Buffer.concat(found.map(({ values }) => bytesOf(values)));
    },

    /** Of what is in the log. */
    async deskTotals(pollId: string): Promise<DeskTotal[]> {
      const found = await issuances.aggregate<{ _id: string; issued: number }>([
        { $match: { pollId, desk: { $exists: true }, waiting: { $exists: false } } },
        { $group: { _id: '$desk', issued: { $sum: 1 } } },
        { $sort: { _id: 1 } },
      ]);
      return found.map(({ _id, issued }) => ({ desk: _id, issued }));
    },
  };
}
export type IssuanceStore = ReturnType<typeof issuanceStore>;

/** Bytes as they are read without mongoose's documents: the driver wraps them. */
function bytesOf(stored: Buffer | { readonly buffer: Uint8Array }): Uint8Array {
  return Buffer.isBuffer(stored) ? stored : stored.buffer;
}
