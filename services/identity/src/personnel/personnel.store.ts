import { DomainError } from '@talkoot/http-service';
import { Schema } from 'mongoose';
import type { ClientSession, Connection } from 'mongoose';

interface PersonnelDocument {
  /** `<municipality>/<person>`: one number for each. */
  _id: string;
  municipalityId: string;
  personId: string;
  personnelNumber: string;
}
export type Personnel = Pick<PersonnelDocument, 'personId' | 'personnelNumber'>;

const schema = new Schema<PersonnelDocument>(
  { _id: String, municipalityId: String, personId: String, personnelNumber: String },
  { versionKey: false, collection: 'personnel' },
);
schema.index({ municipalityId: 1, personnelNumber: 1 }, { unique: true });
schema.index({ municipalityId: 1, personId: 1 });
schema.index({ personId: 1 });

const DUPLICATE_KEY = 11_000;

/** Under which number the personnel system of a municipality knows a person. */
export function personnelStore(connection: Connection) {
  const personnel = connection.model<PersonnelDocument>('Personnel', schema);
  const shown = ({ personId, personnelNumber }: PersonnelDocument): Personnel => ({
    personId,
    personnelNumber,
  });
  const idOf = (municipalityId: string, personId: string) => `${municipalityId}/${personId}`;
  return {
    /** @throws DomainError `personnel-number-taken` */
    async put(municipalityId: string, { personId, personnelNumber }: Personnel): Promise<void> {
      const set = { municipalityId, personId, personnelNumber };
      const write = personnel.updateOne(
        { _id: idOf(municipalityId, personId) },
        { $set: set },
        { upsert: true },
      );
      await write.catch((error: unknown) => {
        const taken = (error as { code?: unknown }).code === DUPLICATE_KEY;
        throw taken ? new DomainError('personnel-number-taken') : error;
      });
    },

    async list(municipalityId: string, after: string | undefined, limit: number): Promise<Personnel[]> {
      const beyond = after === undefined ? {} : { personId: { $gt: after } };
      const rows = await personnel
        .find({ municipalityId, ...beyond })
        .sort({ personId: 1 })
        .limit(limit)
        .lean();
      return rows.map(shown);
    },

    async findMany(municipalityId: string, personIds: readonly string[]): Promise<Personnel[]> {
      const rows = await personnel.find({ municipalityId, personId: { $in: [...personIds] } }).lean();
      return rows.map(shown);
    },

    /** Gives one person's numbers to another, who keeps their own. */
    async reassign(from: string, to: string, session: ClientSession): Promise<void> {
      const held = await personnel.find({ personId: from }, null, { session }).lean();
      for (const { municipalityId, personnelNumber } of held) {
        await personnel.deleteOne({ _id: idOf(municipalityId, from) }, { session });
        const kept = { municipalityId, personId: to, personnelNumber };
        const filter = { _id: idOf(municipalityId, to) };
        await personnel.updateOne(filter, { $setOnInsert: kept }, { upsert: true, session });
      }
    },
  };
}
