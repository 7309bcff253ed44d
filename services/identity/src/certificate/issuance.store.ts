import { Schema } from 'mongoose';
import type { Connection } from 'mongoose';

/**
 * That a blinded message was signed, and nothing that tells when: no time, no ObjectId. The collection is clustered by
 * its id, so that not even its order on disk is that of issuing.
 */
interface IssuanceDocument {
  /** `<poll>/<person>`: one for ever. */
  _id: string;
  pollId: string;
  /** SHA-256 of the one blinded message that is signed. */
  blindedSha256: string;
}

const schema = new Schema<IssuanceDocument>(
  { _id: String, pollId: String, blindedSha256: String },
  { versionKey: false, collection: 'issuances' },
);
// Mongoose knows this option; its types do not.
schema.set('clusteredIndex' as never, { key: { _id: 1 }, unique: true, name: 'issuances' } as never);
schema.index({ pollId: 1 });

const idOf = (pollId: string, personId: string) => `${pollId}/${personId}`;

export function issuanceStore(connection: Connection) {
  const issuances = connection.model<IssuanceDocument>('Issuance', schema);
  return {
    /** Durable when it resolves; false when another blinded message was recorded before. */
    async record(pollId: string, personId: string, blindedSha256: string): Promise<boolean> {
      const _id = idOf(pollId, personId);
      try {
        await issuances.insertMany([{ _id, pollId, blindedSha256 }]);
        return true;
      } catch (error) {
        if ((error as { code?: unknown }).code !== 11_000) throw error;
        return (await issuances.exists({ _id, blindedSha256 })) !== null;
      }
    },

    async exists(pollId: string, personId: string): Promise<boolean> {
      return (await issuances.exists({ _id: idOf(pollId, personId) })) !== null;
    },

    count: (pollId: string) => issuances.countDocuments({ pollId }),
  };
}
