import { Schema } from 'mongoose';
import type { ClientSession, Connection } from 'mongoose';

interface RollDocument {
  /** The poll. */
  _id: string;
  municipalityId: string;
  roll: number;
  /** Only how many: who gains from the result is nobody's business here. */
  excluded: number;
  /** How many certificates were issued; set when issuing is closed. */
  issued: number | null;
}
/** A stretch of a roll in the order of the ids. Together they are the snapshot. */
interface RollPartDocument {
  _id: string;
  pollId: string;
  first: string;
  people: string[];
}

const rollSchema = new Schema<RollDocument>(
  {
    _id: String,
    municipalityId: String,
    roll: Number,
    excluded: Number,
    issued: { type: Number, default: null },
  },
  { versionKey: false, collection: 'rolls' },
);
const partSchema = new Schema<RollPartDocument>(
  { _id: String, pollId: String, first: String, people: [String] },
  { versionKey: false, collection: 'rollparts' },
);
partSchema.index({ pollId: 1, first: -1 });

const PART = 500;

export type Roll = Omit<RollDocument, '_id'> & { readonly pollId: string };

export function rollStore(connection: Connection) {
  const rolls = connection.model<RollDocument>('Roll', rollSchema);
  const parts = connection.model<RollPartDocument>('RollPart', partSchema);
  const shown = (found: RollDocument | null): Roll | null => {
    if (!found) return null;
    const { _id, ...rest } = found;
    return { pollId: _id, ...rest };
  };
  return {
    async find(pollId: string, session?: ClientSession): Promise<Roll | null> {
      return shown(await rolls.findById(pollId, null, session ? { session } : {}).lean());
    },

    /** @param people in the order of the ids, each once. */
    async freeze(roll: Omit<Roll, 'issued' | 'roll'>, people: readonly string[], session: ClientSession) {
      const { pollId, municipalityId, excluded } = roll;
      await rolls.insertMany([{ _id: pollId, municipalityId, excluded, roll: people.length }], { session });
      const documents: RollPartDocument[] = [];
      for (let at = 0; at < people.length; at += PART) {
        const some = people.slice(at, at + PART);
        documents.push({ _id: `${pollId}/${documents.length}`, pollId, first: some[0]!, people: some });
      }
      if (documents.length > 0) await parts.collection.insertMany(documents as never[], { session });
    },

    async has(pollId: string, personId: string): Promise<boolean> {
      const part = await parts
        .findOne({ pollId, first: { $lte: personId } }, { people: 1 })
        .sort({ first: -1 })
        .lean();
      return part?.people.includes(personId) ?? false;
    },

    /** Closes issuing; the first number stays. */
    async close(pollId: string, issued: number): Promise<Roll | null> {
      await rolls.updateOne({ _id: pollId, issued: null }, { $set: { issued } });
      return shown(await rolls.findById(pollId).lean());
    },
  };
}
