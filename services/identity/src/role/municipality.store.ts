import { DomainError } from '@talkoot/http-service';
import { Schema } from 'mongoose';
import type { ClientSession, Connection } from 'mongoose';

interface MunicipalityDocument {
  _id: string;
  name: string;
  timeZone: string;
}
export interface Municipality {
  readonly municipalityId: string;
  readonly name: string;
  readonly timeZone: string;
}

const schema = new Schema<MunicipalityDocument>(
  { _id: String, name: String, timeZone: String },
  { versionKey: false, collection: 'municipalities' },
);

export function municipalityStore(connection: Connection) {
  const municipalities = connection.model<MunicipalityDocument>('Municipality', schema);
  const shown = ({ _id, name, timeZone }: MunicipalityDocument): Municipality => ({
    municipalityId: _id,
    name,
    timeZone,
  });
  return {
    /** @throws DomainError `municipality-exists` */
    async add({ municipalityId, name, timeZone }: Municipality, session: ClientSession): Promise<void> {
      if (await municipalities.findById(municipalityId, null, { session })) {
        throw new DomainError('municipality-exists');
      }
      await municipalities.insertMany([{ _id: municipalityId, name, timeZone }], { session });
    },

    /** Adds it unless it exists. */
    async ensure({ municipalityId, name, timeZone }: Municipality): Promise<void> {
      const filter = { _id: municipalityId };
      await municipalities.updateOne(filter, { $setOnInsert: { name, timeZone } }, { upsert: true });
    },

    async list(after: string | undefined, limit: number): Promise<Municipality[]> {
      const filter = after === undefined ? {} : { _id: { $gt: after } };
      return (await municipalities.find(filter).sort({ _id: 1 }).limit(limit).lean()).map(shown);
    },

    async areKnown(ids: readonly string[]): Promise<boolean> {
      const distinct = [...new Set(ids)];
      return (await municipalities.countDocuments({ _id: { $in: distinct } })) === distinct.length;
    },

    /** @throws DomainError `not-found` */
    async zoneOf(municipalityId: string): Promise<string> {
      const found = await municipalities.findById(municipalityId).lean();
      if (!found) throw new DomainError('not-found');
      return found.timeZone;
    },
  };
}
