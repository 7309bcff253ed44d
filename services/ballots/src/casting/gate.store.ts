import { Schema } from 'mongoose';
import type { ClientSession, Connection, mongo } from 'mongoose';
import type { Gate } from './gate.ts';

interface GateDocument {
  /** The poll. */
  _id: string;
  state: Gate;
  /** Leaves on the board when it was sealed, the manifest among them. */
  sealedSize?: number;
  /** Complaints that were kept. */
  complaints: number;
}

const schema = new Schema<GateDocument>(
  { _id: String, state: String, sealedSize: Number, complaints: Number },
  { versionKey: false, collection: 'gates' },
);

export interface FoundGate {
  readonly state: Gate;
  /** Leaves on the board when it was sealed, the manifest among them; null before. */
  readonly sealedSize: number | null;
  /** How many complaints are kept. */
  readonly complaints: number;
}

/** One small document for each poll that has been opened. */
export function gateStore(connection: Connection) {
  const model = connection.model<GateDocument>('Gate', schema);
  const gates = () => model.collection as unknown as mongo.Collection<GateDocument>;
  return {
    async open(pollId: string, session: ClientSession): Promise<void> {
      await gates().insertOne({ _id: pollId, state: 'open', complaints: 0 }, { session });
    },

    async close(pollId: string, session: ClientSession): Promise<void> {
      const before = { _id: pollId, state: 'open' as const };
      const { matchedCount } = await gates().updateOne(before, { $set: { state: 'closed' } }, { session });
      if (matchedCount === 0) throw new Error('A poll that is not open cannot close');
    },

    /** Once the board has all ballots of a closed poll: its size then. */
    async seal(pollId: string, sealedSize: number, session: ClientSession): Promise<void> {
      const set = { state: 'sealed' as const, sealedSize };
      await gates().updateOne({ _id: pollId, state: 'closed' }, { $set: set }, { session });
    },

    async settle(pollId: string, session: ClientSession): Promise<void> {
      await gates().updateOne({ _id: pollId, state: 'sealed' }, { $set: { state: 'settled' } }, { session });
    },

    /** Null before opening. */
    async find(pollId: string, session?: ClientSession): Promise<FoundGate | null> {
      const found = await gates().findOne({ _id: pollId }, session ? { session } : {});
      return (
        found && { state: found.state, sealedSize: found.sealedSize ?? null, complaints: found.complaints }
      );
    },

    /** Null before opening. */
    async stateOf(pollId: string, session?: ClientSession): Promise<Gate | null> {
      return (await this.find(pollId, session))?.state ?? null;
    },

    /** Those of these polls that have one. */
    async statesOf(pollIds: readonly string[], session: ClientSession): Promise<ReadonlyMap<string, Gate>> {
      const found = gates().find({ _id: { $in: [...pollIds] } }, { session });
      return new Map((await found.toArray()).map(({ _id, state }) => [_id, state]));
    },

    /** Polls in which ballots come in, `limit` of them at most. */
    async openPolls(limit: number): Promise<string[]> {
      const found = gates().find({ state: 'open' }, { projection: { _id: 1 }, limit });
      return (await found.toArray()).map(({ _id }) => _id);
    },

    /** Counts one more complaint. This collides with settling: a complaint is either settled or refused. */
    async countComplaint(pollId: string, session: ClientSession): Promise<void> {
      await gates().updateOne({ _id: pollId }, { $inc: { complaints: 1 } }, { session });
    },
  };
}
export type GateStore = ReturnType<typeof gateStore>;
