import { Schema } from 'mongoose';
import type { Connection } from 'mongoose';

/**
 * That a certificate was issued, and nothing that tells which or when: no serial, no time, no ObjectId. The
 * collection is clustered by its id, so that not even its order on disk is that of issuing.
 */
interface IssuanceDocument {
  /** `<poll>/<person>`: one for ever. */
  _id: string;
  pollId: string;
  /** Sealed under the device's secret; removed when issuing is closed. */
  sealed?: Buffer;
}

const schema = new Schema<IssuanceDocument>(
  { _id: String, pollId: String, sealed: Buffer },
  { versionKey: false, collection: 'issuances' },
);
// Mongoose knows this option; its types do not.
schema.set('clusteredIndex' as never, { key: { _id: 1 }, unique: true, name: 'issuances' } as never);
schema.index({ pollId: 1 });

const idOf = (pollId: string, personId: string) => `${pollId}/${personId}`;

export function issuanceStore(connection: Connection) {
  const issuances = connection.model<IssuanceDocument>('Issuance', schema);
  return {
    /** Records the issuance durably; false when there was one before. */
    async record(pollId: string, personId: string, sealed: Buffer): Promise<boolean> {
      try {
        await issuances.insertMany([{ _id: idOf(pollId, personId), pollId, sealed }]);
        return true;
      } catch (error) {
        if ((error as { code?: unknown }).code === 11_000) return false;
        throw error;
      }
    },

    async exists(pollId: string, personId: string): Promise<boolean> {
      return (await issuances.exists({ _id: idOf(pollId, personId) })) !== null;
    },

    async sealedOf(pollId: string, personId: string): Promise<Buffer | null> {
      const found = await issuances.findById(idOf(pollId, personId));
      return found?.sealed ?? null;
    },

    count: (pollId: string) => issuances.countDocuments({ pollId }),

    async forgetSealed(pollId: string): Promise<void> {
      await issuances.updateMany({ pollId, sealed: { $exists: true } }, { $unset: { sealed: 1 } });
    },
  };
}
