import { Schema } from 'mongoose';
import type { Connection } from 'mongoose';
import type { StoredFile } from './file.store.ts';

interface PublicationDocument {
  /** The poll. */
  _id: string;
  files: readonly StoredFile[];
  /** Nothing is left of other writings of its files. */
  swept: boolean;
}

const schema = new Schema<PublicationDocument>(
  { _id: String, files: [Schema.Types.Mixed], swept: Boolean },
  { versionKey: false, collection: 'publications' },
);

/** Which files a poll has published. */
export function publicationStore(connection: Connection) {
  const publications = connection.model<PublicationDocument>('Publication', schema);
  return {
    async find(pollId: string): Promise<readonly StoredFile[] | null> {
      return (await publications.findById(pollId).lean())?.files ?? null;
    },

    /** Records the files of a poll; the first stay. @returns what stands */
    async put(pollId: string, files: readonly StoredFile[]): Promise<readonly StoredFile[]> {
      await publications.updateOne(
        { _id: pollId },
        { $setOnInsert: { files: [...files], swept: false } },
        { upsert: true },
      );
      return (await this.find(pollId))!;
    },

    /** Polls whose other writings may not be swept yet, `limit` of them at most. */
    async unswept(limit: number): Promise<string[]> {
      const found = await publications.find({ swept: false }, { _id: 1 }).limit(limit).lean();
      return found.map(({ _id }) => _id);
    },

    async setSwept(pollId: string): Promise<void> {
      await publications.updateOne({ _id: pollId }, { $set: { swept: true } });
    },
  };
}
