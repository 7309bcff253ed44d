import type { PollResult } from '@talkoot/api-contracts/ballots';
import { Schema } from 'mongoose';
import type { ClientSession, Connection } from 'mongoose';

interface TallyDocument {
  /** The poll. */
  _id: string;
  /** Canonical enough: the text that was hashed and is answered. */
  result: string;
}

const schema = new Schema<TallyDocument>(
  { _id: String, result: String },
  { versionKey: false, collection: 'tallies' },
);

export function tallyStore(connection: Connection) {
  const tallies = connection.model<TallyDocument>('Tally', schema);
  return {
    async find(pollId: string, session?: ClientSession): Promise<PollResult | null> {
      const found = await tallies.findById(pollId, null, session ? { session } : {}).lean();
      return found && (JSON.parse(found.result) as PollResult);
    },

    /** Stores a result; the first stays. */
    async put(result: PollResult): Promise<PollResult> {
      const text = JSON.stringify(result);
      await tallies.updateOne({ _id: result.pollId }, { $setOnInsert: { result: text } }, { upsert: true });
      return (await this.find(result.pollId))!;
    },
  };
}
export type TallyStore = ReturnType<typeof tallyStore>;
