import type { PollKey } from '@talkoot/ballot-protocol';
import { Schema } from 'mongoose';
import type { ClientSession, Connection } from 'mongoose';
import type { KeyMaking } from './key.ts';

interface KeyDocument extends KeyMaking {
  /** The poll. */
  _id: string;
}

const packages = [Schema.Types.Mixed];
const schema = new Schema<KeyDocument>(
  {
    _id: String,
    round1: packages,
    round2: packages,
    confirmations: packages,
    key: Schema.Types.Mixed,
    shares: packages,
    destroyed: packages,
  },
  { versionKey: false, collection: 'keymakings' },
);

const nothing: KeyMaking = {
  round1: [],
  round2: [],
  confirmations: [],
  key: null,
  shares: [],
  destroyed: [],
};

/** What a trustee can give, by the name of its list. */
export type Gift = 'round1' | 'round2' | 'confirmations' | 'shares' | 'destroyed';

/** One document for each poll whose trustees gave anything. */
export function keyStore(connection: Connection) {
  const makings = connection.model<KeyDocument>('KeyMaking', schema);
  return {
    async find(pollId: string, session?: ClientSession): Promise<KeyMaking> {
      const found = await makings.findById(pollId, null, session ? { session } : {}).lean();
      if (!found) return nothing;
      const { _id, ...making } = found;
      return { ...nothing, ...making };
    },

    /** Two that give at once conflict, and one of them looks again. */
    async add<G extends Gift>(
      pollId: string,
      list: G,
      gift: KeyMaking[G][number],
      session: ClientSession,
    ): Promise<void> {
      await makings.updateOne(
        { _id: pollId },
        { $push: { [list]: gift } },
        {
          session,
          upsert: true,
        },
      );
    },

    async setKey(pollId: string, key: PollKey, session: ClientSession): Promise<void> {
      await makings.updateOne({ _id: pollId }, { $set: { key } }, { session });
    },
  };
}
