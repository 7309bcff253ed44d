import { Schema } from 'mongoose';
import type { ClientSession, Connection } from 'mongoose';

interface ClosingDocument {
  /** The poll. */
  _id: string;
  record: string;
  desks: string;
}

const schema = new Schema<ClosingDocument>(
  { _id: String, record: String, desks: String },
  { versionKey: false, collection: 'closings' },
);

/** What a board was closed with, to the byte: totals of desks may be stated until then, and not after. */
export interface Closing {
  /** `closing.json`, whose hash is the last leaf of the board. */
  readonly record: string;
  /** `desks.json`. */
  readonly desks: string;
}

export function closingStore(connection: Connection) {
  const closings = connection.model<ClosingDocument>('Closing', schema);
  return {
    async add(pollId: string, { record, desks }: Closing, session: ClientSession): Promise<void> {
      await closings.insertMany([{ _id: pollId, record, desks }], { session });
    },

    /** Null before complaints are settled. */
    async find(pollId: string): Promise<Closing | null> {
      const found = await closings.findById(pollId).lean();
      return found && { record: found.record, desks: found.desks };
    },
  };
}
export type ClosingStore = ReturnType<typeof closingStore>;
