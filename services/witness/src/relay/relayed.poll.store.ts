import { Schema } from 'mongoose';
import type { Connection } from 'mongoose';
import type { PollPhase } from './handing.ts';

interface RelayedPollDocument {
  /** The poll. */
  _id: string;
  manifest: string;
  learned: Date;
  /** What the board last said of it, once that was more than that casting goes on. */
  said?: PollPhase;
  /** Everything was done that can be. */
  over?: true;
}

const schema = new Schema<RelayedPollDocument>(
  { _id: String, manifest: String, learned: Date, said: String, over: Boolean as never },
  { versionKey: false, collection: 'relayed_polls' },
);

export interface StoredPoll {
  readonly manifest: string;
  readonly learned: Date;
  readonly said: PollPhase | null;
  readonly over: boolean;
}

/** Polls whose manifests were proven. */
export function relayedPollStore(connection: Connection) {
  const polls = connection.model<RelayedPollDocument>('RelayedPoll', schema);
  return {
    async find(pollId: string): Promise<StoredPoll | null> {
      const found = await polls.findById(pollId).lean();
      if (!found) return null;
      const { manifest, learned, said = null, over = false } = found;
      return { manifest, learned, said, over };
    },

    /** The first manifest stays: there is one proven. */
    async add(pollId: string, manifest: string, learned: Date): Promise<void> {
      const set = { $setOnInsert: { manifest, learned } };
      await polls.updateOne({ _id: pollId }, set, { upsert: true });
    },

    async heard(pollId: string, said: PollPhase): Promise<void> {
      await polls.updateOne({ _id: pollId }, { $set: { said } });
    },

    async setOver(pollId: string): Promise<void> {
      await polls.updateOne({ _id: pollId }, { $set: { over: true } });
    },

    /** Whether there is room for one more. */
    async hasRoom(most: number): Promise<boolean> {
      return (await polls.estimatedDocumentCount()) < most;
    },
  };
}
export type RelayedPollStore = ReturnType<typeof relayedPollStore>;
