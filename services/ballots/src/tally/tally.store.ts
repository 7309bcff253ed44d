import type { PollResult } from '@talkoot/api-contracts/ballots';
import { Schema } from 'mongoose';
import type { ClientSession, Connection } from 'mongoose';
import type { StoredFile } from '../publication/file.store.ts';

interface TallyDocument {
  /** The poll. */
  _id: string;
  /** The text that was hashed and is answered. */
  result: string;
  /** What the count wrote. */
  files: readonly StoredFile[];
  /** In place of the result once the poll is annulled. */
  annulled: string | null;
}

const schema = new Schema<TallyDocument>(
  { _id: String, result: String, files: [Schema.Types.Mixed], annulled: String },
  { versionKey: false, collection: 'tallies' },
);

export function tallyStore(connection: Connection) {
  const tallies = connection.model<TallyDocument>('Tally', schema);
  const options = (session?: ClientSession) => (session ? { session } : {});
  return {
    /** What came of a poll; of one that was annulled, that. */
    async find(pollId: string, session?: ClientSession): Promise<PollResult | null> {
      const found = await tallies.findById(pollId, null, options(session)).lean();
      return found && (JSON.parse(found.annulled ?? found.result) as PollResult);
    },

    /** Files that the count wrote; none before it. */
    async filesOf(pollId: string): Promise<readonly StoredFile[]> {
      return (await tallies.findById(pollId, { files: 1 }).lean())?.files ?? [];
    },

    /** Stores a result and its files; the first stay. @returns whether these did */
    async put(result: PollResult, files: readonly StoredFile[], session?: ClientSession): Promise<boolean> {
      const first = { result: JSON.stringify(result), files: [...files], annulled: null };
      const filter = { _id: result.pollId };
      const { upsertedCount } = await tallies.updateOne(
        filter,
        { $setOnInsert: first },
        { upsert: true, ...options(session) },
      );
      return upsertedCount === 1;
    },

    /** Takes the place of the result, or of the one that there will never be. */
    async annul(result: PollResult, session: ClientSession): Promise<void> {
      const text = JSON.stringify(result);
      await tallies.updateOne(
        { _id: result.pollId },
        { $set: { annulled: text }, $setOnInsert: { result: text, files: [] } },
        { upsert: true, session },
      );
    },
  };
}
export type TallyStore = ReturnType<typeof tallyStore>;
