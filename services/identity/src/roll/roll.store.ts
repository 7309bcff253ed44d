import { DomainError } from '@talkoot/http-service';
import { Schema } from 'mongoose';
import type { ClientSession, Connection } from 'mongoose';
import { issuancePhases } from '../certificate/issuance.ts';
import type { IssuancePhase, ManifestBinding, SealedLot } from '../certificate/issuance.ts';
import type { DeskTotal } from '../certificate/issuance.store.ts';
import type { StoredKey } from '../certificate/key.custody.ts';
import { saltLength } from './roll.ts';
import type { RollCommitments } from './roll.ts';

interface RollDocument {
  /** The poll. */
  _id: string;
  municipalityId: string;
  roll: number;
  /** Only how many: who gains from the result is nobody's business here. */
  excluded: number;
  rollHash: string;
  organisation: string;
  logKey: string;
  modulus: string;
  /** Null once closing began: the key is destroyed. */
  sealedKey: Buffer | null;
  /** Null until the poll has its key. */
  lot: SealedLot | null;
  phase: IssuancePhase;
  /** Null until there is a manifest. */
  binding: ManifestBinding | null;
  /** How many entries are in the log of issued certificates. */
  logged: number;
  /** How many certificates were issued; set when issuing is closed. */
  issued: number | null;
  desks: readonly DeskTotal[];
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

const bindingSchema = new Schema<ManifestBinding>(
  {
    m: String,
    origin: String,
    batchSize: Number,
    certificatesClose: { type: String, default: null },
    witnesses: [{ _id: false, name: String, publicKey: String }],
  },
  { _id: false },
);
const lotSchema = new Schema<SealedLot>(
  { pollKey: String, commitment: String, sealed: String },
  { _id: false },
);
const rollSchema = new Schema<RollDocument>(
  {
    _id: String,
    municipalityId: String,
    roll: Number,
    excluded: Number,
    rollHash: String,
    organisation: String,
    logKey: String,
    modulus: String,
    sealedKey: { type: Buffer, default: null },
    lot: { type: lotSchema, default: null },
    phase: { type: String, enum: issuancePhases },
    binding: { type: bindingSchema, default: null },
    logged: { type: Number, default: 0 },
    issued: { type: Number, default: null },
    desks: [{ _id: false, desk: String, issued: Number }],
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

/** Reading one entry reads its whole part. */
const PART = 100;

/** Everything of a poll's roll but its entries and the key that signs. */
export type Roll = Omit<RollDocument, '_id' | 'sealedKey'> & { readonly pollId: string };
/** A roll at its freezing. */
export interface NewRoll {
  readonly pollId: string;
  readonly municipalityId: string;
  readonly excluded: number;
  readonly organisation: string;
  readonly logKey: string;
  /** In the order of the ids, each once. */
  readonly people: readonly string[];
  readonly commitments: RollCommitments;
  readonly key: StoredKey;
}

export function rollStore(connection: Connection) {
  const rolls = connection.model<RollDocument>('Roll', rollSchema);
  const parts = connection.model<RollPartDocument>('RollPart', partSchema);
  const published = connection.model<CommitmentsDocument>('RollCommitments', commitmentsSchema);
  const withoutKey = { sealedKey: 0 } as const;
  const shown = ({ _id, ...rest }: Omit<RollDocument, 'sealedKey'>): Roll => ({ pollId: _id, ...rest });
  return {
    async find(pollId: string, session?: ClientSession): Promise<Roll | null> {
      const found = await rolls.findById(pollId, withoutKey, session ? { session } : {}).lean();
      return found && shown(found);
    },

    /**
     * The roll of a poll of this municipality.
     * @throws DomainError `not-found`
     */
    async findIn(place: { readonly municipalityId: string; readonly pollId: string }): Promise<Roll> {
      const roll = await this.find(place.pollId);
      if (roll?.municipalityId !== place.municipalityId) throw new DomainError('not-found');
      return roll;
    },

    /** The key that signs, as it is stored; null once closing began. */
    async sealedKeyOf(pollId: string): Promise<Uint8Array | null> {
      const found = await rolls.findById(pollId, { sealedKey: 1 }).lean();
      return found?.sealedKey ? bytesOf(found.sealedKey) : null;
    },

    /** Keeps what was sealed for the lot, while there is no manifest yet; the first stays. */
    async setLot(pollId: string, lot: SealedLot): Promise<void> {
      await rolls.updateOne({ _id: pollId, phase: 'frozen', lot: null }, { $set: { lot } });
    },

    async freeze({ people, commitments, key, ...roll }: NewRoll, session: ClientSession): Promise<Roll> {
      const { pollId, ...rest } = roll;
      const document = {
        _id: pollId,
        ...rest,
        modulus: key.modulus,
        lot: null,
        roll: people.length,
        rollHash: commitments.hash,
        phase: 'frozen' as const,
        binding: null,
        logged: 0,
        issued: null,
        desks: [],
      };
      await rolls.insertMany([{ ...document, sealedKey: key.sealedKey }], { session });
      await published.insertMany([{ _id: pollId, file: commitments.file }], { session });
      const documents: RollPartDocument[] = [];
      for (let at = 0; at < people.length; at += PART) {
        const some = people.slice(at, at + PART);
        const salts = commitments.salts.subarray(at * saltLength, (at + PART) * saltLength);
        const _id = `${pollId}/${documents.length}`;
        documents.push({ _id, pollId, first: some[0]!, people: some, salts });
      }
      if (documents.length > 0) await parts.collection.insertMany(documents as never[], { session });
      return shown(document);
    },

    /** What is published of a roll: 32 bytes for each entry, ascending. */
    async commitmentsOf(pollId: string): Promise<Uint8Array<ArrayBuffer>> {
      const found = await published.findById(pollId).lean();
      return Uint8Array.from(found ? bytesOf(found.file) : []);
    },

    /** Nothing of who is not on the roll. The salt is null once it was destroyed. */
    async entryOf(pollId: string, personId: string): Promise<{ readonly salt: Uint8Array | null } | null> {
      const part = await parts
        .findOne({ pollId, first: { $lte: personId } }, { people: 1, salts: 1 })
        .sort({ first: -1 })
        .lean();
      const place = part?.people.indexOf(personId) ?? -1;
      if (!part || place < 0) return null;
      const salts = part.salts && bytesOf(part.salts);
      return { salt: salts?.subarray(place * saltLength, (place + 1) * saltLength) ?? null };
    },

    /** Binds a poll to its manifest; false if it is bound or closed already. */
    async bind(pollId: string, binding: ManifestBinding, session: ClientSession): Promise<boolean> {
      const filter = { _id: pollId, phase: 'frozen' } as const;
      const bound = await rolls.updateOne(filter, { $set: { binding, phase: 'opening' } }, { session });
      return bound.modifiedCount === 1;
    },

    /** From now on certificates may be issued, unless closing was quicker. */
    async open(pollId: string): Promise<void> {
      await rolls.updateOne({ _id: pollId, phase: 'opening' }, { $set: { phase: 'open' } });
    },

    /** Ends signing for ever: destroys the key. */
    async beginClosing(pollId: string): Promise<void> {
      const filter = { _id: pollId, phase: { $ne: 'closed' } } as const;
      await rolls.updateOne(filter, { $set: { phase: 'closing', sealedKey: null } });
    },

    /** Goes with what is appended to the log; false when that is final. */
    async countLogged(pollId: string, logged: number, session: ClientSession): Promise<boolean> {
      const filter = { _id: pollId, phase: { $ne: 'closed' } } as const;
      return (await rolls.updateOne(filter, { $set: { logged } }, { session })).matchedCount === 1;
    },

    /** Destroys the salts and keeps the numbers, unless the log grew meanwhile; the first ones stay. */
    async close(pollId: string, issued: number, desks: readonly DeskTotal[]): Promise<void> {
      await parts.updateMany({ pollId, salts: { $exists: true } }, { $unset: { salts: 1 } });
      const filter = { _id: pollId, phase: 'closing', logged: issued } as const;
      await rolls.updateOne(filter, { $set: { phase: 'closed', issued, desks } });
    },
  };
}
export type RollStore = ReturnType<typeof rollStore>;

/** Bytes as they are read without mongoose's documents: the driver wraps them. */
function bytesOf(stored: Buffer | { readonly buffer: Uint8Array }): Uint8Array {
  return Buffer.isBuffer(stored) ? stored : stored.buffer;
}
