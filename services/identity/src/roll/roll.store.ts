import { Schema } from 'mongoose';
import type { ClientSession, Connection } from 'mongoose';
import type { StoredIssuerKey } from '../certificate/issuer.key.ts';
import type { RollCommitments } from './roll.ts';

interface RollDocument {
  /** The poll. */
  _id: string;
  municipalityId: string;
  roll: number;
  /** Only how many: who gains from the result is nobody's business here. */
  excluded: number;
  rollHash: string;
  modulus: string;
  /** Null once issuing is closed: the key is destroyed. */
  sealedKey: Buffer | null;
  /** How many certificates were issued; set when issuing is closed. */
  issued: number | null;
}
/** A stretch of a roll in the order of the ids. Together they are the snapshot. */
interface RollPartDocument {
  _id: string;
  pollId: string;
  first: string;
  people: string[];
  /** 32 bytes for each of the people; removed when issuing is closed. */
  salts?: Buffer;
}
/** The commitments of a whole roll, ascending: what is published of it. */
interface CommitmentsDocument {
  /** The poll. */
  _id: string;
  file: Buffer;
}

const rollSchema = new Schema<RollDocument>(
  {
    _id: String,
    municipalityId: String,
    roll: Number,
    excluded: Number,
    rollHash: String,
    modulus: String,
    sealedKey: { type: Buffer, default: null },
    issued: { type: Number, default: null },
  },
  { versionKey: false, collection: 'rolls' },
);
const partSchema = new Schema<RollPartDocument>(
  { _id: String, pollId: String, first: String, people: [String], salts: Buffer },
  { versionKey: false, collection: 'rollparts' },
);
partSchema.index({ pollId: 1, first: -1 });
const commitmentsSchema = new Schema<CommitmentsDocument>(
  { _id: String, file: Buffer },
  { versionKey: false, collection: 'rollcommitments' },
);

const PART = 500;
const SALT = 32;

export type Roll = Omit<RollDocument, '_id' | 'sealedKey'> & {
  readonly pollId: string;
  readonly sealedKey: Uint8Array | null;
};
/** A roll at its freezing. */
export interface NewRoll {
  readonly pollId: string;
  readonly municipalityId: string;
  readonly excluded: number;
  /** In the order of the ids, each once. */
  readonly people: readonly string[];
  readonly commitments: RollCommitments;
  readonly key: StoredIssuerKey;
}

export function rollStore(connection: Connection) {
  const rolls = connection.model<RollDocument>('Roll', rollSchema);
  const parts = connection.model<RollPartDocument>('RollPart', partSchema);
  const published = connection.model<CommitmentsDocument>('RollCommitments', commitmentsSchema);
  const shown = (found: RollDocument | null): Roll | null => {
    if (!found) return null;
    const { _id, sealedKey, ...rest } = found;
    return { pollId: _id, ...rest, sealedKey: sealedKey && bytesOf(sealedKey) };
  };
  return {
    async find(pollId: string, session?: ClientSession): Promise<Roll | null> {
      return shown(await rolls.findById(pollId, null, session ? { session } : {}).lean());
    },

    async freeze({ people, commitments, key, ...roll }: NewRoll, session: ClientSession): Promise<Roll> {
      const { pollId, municipalityId, excluded } = roll;
      const document = {
        _id: pollId,
        municipalityId,
        excluded,
        roll: people.length,
        rollHash: commitments.hash,
        modulus: key.modulus,
        sealedKey: key.sealed,
        issued: null,
      };
      await rolls.insertMany([document], { session });
      await published.insertMany([{ _id: pollId, file: commitments.file }], { session });
      const documents: RollPartDocument[] = [];
      for (let at = 0; at < people.length; at += PART) {
        const some = people.slice(at, at + PART);
        const salts = commitments.salts.subarray(at * SALT, (at + PART) * SALT);
        const _id = `${pollId}/${documents.length}`;
        documents.push({ _id, pollId, first: some[0]!, people: some, salts });
      }
      if (documents.length > 0) await parts.collection.insertMany(documents as never[], { session });
      return shown(document)!;
    },

    /** What is published of a roll: 32 bytes for each entry, ascending. */
    async commitmentsOf(pollId: string): Promise<Buffer> {
      const found = await published.findById(pollId).lean();
      return found ? Buffer.from(bytesOf(found.file)) : Buffer.alloc(0);
    },

    async has(pollId: string, personId: string): Promise<boolean> {
      const part = await parts
        .findOne({ pollId, first: { $lte: personId } }, { people: 1 })
        .sort({ first: -1 })
        .lean();
      return part?.people.includes(personId) ?? false;
    },

    /** Closes issuing and destroys the key and the salts; the first number stays. */
    async close(pollId: string, issued: number): Promise<Roll | null> {
      await rolls.updateOne({ _id: pollId, issued: null }, { $set: { issued, sealedKey: null } });
      await parts.updateMany({ pollId, salts: { $exists: true } }, { $unset: { salts: 1 } });
      return shown(await rolls.findById(pollId).lean());
    },
  };
}

/** Bytes as they are read without mongoose's documents: the driver wraps them. */
function bytesOf(stored: Buffer | { readonly buffer: Uint8Array }): Uint8Array {
  return Buffer.isBuffer(stored) ? stored : stored.buffer;
}
