import { Schema } from 'mongoose';
import type { ClientSession, Connection, QueryFilter } from 'mongoose';
import type { Eligibility, Residence } from './eligibility.ts';

interface ResidentDocument extends Residence {
  /** `<municipality>/<person>`. */
  _id: string;
  municipalityId: string;
  personId: string;
}

const schema = new Schema<ResidentDocument>(
  {
    _id: String,
    municipalityId: String,
    personId: String,
    birthDate: String,
    district: String,
    validFrom: String,
  },
  { versionKey: false, collection: 'residents' },
);
schema.index({ municipalityId: 1, personId: 1 }, { unique: true });
schema.index({ personId: 1 });

const idOf = (municipalityId: string, personId: string) => `${municipalityId}/${personId}`;

export interface ImportCounts {
  added: number;
  updated: number;
  unchanged: number;
  removed: number;
}

export function residentStore(connection: Connection) {
  const residents = connection.model<ResidentDocument>('Resident', schema);

  const eligible = (municipalityId: string, bounds: Eligibility): QueryFilter<ResidentDocument> => ({
    municipalityId,
    birthDate: { $lte: bounds.bornOnOrBefore },
    validFrom: { $lte: bounds.livesHereSince },
    ...(bounds.districts.length > 0 ? { district: { $in: [...bounds.districts] } } : {}),
  });

  return {
    /** Writes many residences; with `complete`, whoever is not among them is removed. */
    async putMany(
      municipalityId: string,
      rows: readonly (Residence & { readonly personId: string })[],
      complete: boolean,
      session: ClientSession,
    ): Promise<ImportCounts> {
      const before = await residents.find({ municipalityId }, null, { session }).lean();
      const known = new Map(before.map((row) => [row.personId, row]));
      const counts: ImportCounts = { added: 0, updated: 0, unchanged: 0, removed: 0 };
      const writes = rows.flatMap(({ personId, birthDate, district, validFrom }) => {
        const old = known.get(personId);
        known.delete(personId);
        if (old?.birthDate === birthDate && old.district === district && old.validFrom === validFrom) {
          counts.unchanged += 1;
          return [];
        }
        counts[old ? 'updated' : 'added'] += 1;
        const replacement = { municipalityId, personId, birthDate, district, validFrom };
        const filter = { _id: idOf(municipalityId, personId) };
        return [{ replaceOne: { filter, replacement, upsert: true } }];
      });
      if (writes.length > 0) {
        await residents.collection.bulkWrite(writes as never, { session, ordered: true });
      }
      if (complete && known.size > 0) {
        const gone = [...known.keys()].map((personId) => idOf(municipalityId, personId));
        await residents.deleteMany({ _id: { $in: gone } }, { session });
        counts.removed = gone.length;
      }
      return counts;
    },

    count: (municipalityId: string) => residents.countDocuments({ municipalityId }),

    countEligible: (municipalityId: string, bounds: Eligibility) =>
      residents.countDocuments(eligible(municipalityId, bounds)),

    /** Ids of the eligible, in the order of the ids. */
    async listEligible(
      municipalityId: string,
      bounds: Eligibility,
      session: ClientSession,
    ): Promise<string[]> {
      const rows = await residents
        .find(eligible(municipalityId, bounds), { personId: 1, _id: 0 }, { session })
        .sort({ personId: 1 })
        .lean();
      return rows.map((row) => row.personId);
    },

    find: (municipalityId: string, personId: string) =>
      residents.findById(idOf(municipalityId, personId)).lean(),

    /** Municipalities in which the people live. */
    async homesOf(personIds: readonly string[]): Promise<{ personId: string; municipalityId: string }[]> {
      const rows = await residents.find({ personId: { $in: [...personIds] } }).lean();
      return rows.map(({ personId, municipalityId }) => ({ personId, municipalityId }));
    },

    /** Gives one person's residences to another. */
    async reassign(from: string, to: string, session: ClientSession): Promise<void> {
      const rows = await residents.find({ personId: from }, null, { session }).lean();
      await residents.deleteMany({ personId: from }, { session });
      for (const { municipalityId, birthDate, district, validFrom } of rows) {
        const residence = { municipalityId, personId: to, birthDate, district, validFrom };
        await residents.replaceOne({ _id: idOf(municipalityId, to) }, residence, { session, upsert: true });
      }
    },
  };
}
export type ResidentStore = ReturnType<typeof residentStore>;
