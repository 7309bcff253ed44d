import { Schema } from 'mongoose';
import type { ClientSession, Connection } from 'mongoose';
import type { Gate } from './gate.ts';

interface GateDocument {
  /** The poll. */
  _id: string;
  state: Gate;
}

const schema = new Schema<GateDocument>(
  { _id: String, state: String },
  { versionKey: false, collection: 'gates' },
);

/** One small document for each poll that has been opened, read with each cast. */
export function gateStore(connection: Connection) {
  const gates = connection.model<GateDocument>('Gate', schema);
  return {
    async open(pollId: string, session: ClientSession): Promise<void> {
      await gates.insertMany([{ _id: pollId, state: 'open' }], { session });
    },

    async close(pollId: string, session: ClientSession): Promise<void> {
      const before = { _id: pollId, state: 'open' as const };
      const { matchedCount } = await gates.updateOne(before, { $set: { state: 'closed' } }, { session });
      if (matchedCount === 0) throw new Error('A poll that is not open cannot close');
    },

    /** Only for one of several rivals: false when it is sealed already. */
    async seal(pollId: string, session: ClientSession): Promise<boolean> {
      const before = { _id: pollId, state: 'closed' as const };
      const { matchedCount } = await gates.updateOne(before, { $set: { state: 'sealed' } }, { session });
      return matchedCount === 1;
    },

    /** Null before opening. */
    async stateOf(pollId: string): Promise<Gate | null> {
      return (await gates.collection.findOne({ _id: pollId as never }))?.['state'] ?? null;
    },
  };
}
export type GateStore = ReturnType<typeof gateStore>;
