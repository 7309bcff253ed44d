import { DomainError } from '@talkoot/http-service';
import { createHash } from 'node:crypto';
import { Schema } from 'mongoose';
import type { ClientSession, Connection } from 'mongoose';
import { isEligible } from './eligibility.ts';
import type { Eligibility, Residence } from './eligibility.ts';

export interface Resident extends Residence {
  readonly personId: string;
  /** How the population register refers to them; empty when it does not. */
  readonly reference: string;
}
/**
 * A part of a municipality's register. The register is kept in 256 parts, by a hash of the person's id: an import of
 * 50,000 people is then a transaction of 256 documents, which fits into any cache, and all or nothing.
 */
interface PartDocument {
  /** `<municipality>/<two hex digits>`. */
  _id: string;
  municipalityId: string;
  residents: Resident[];
}

const schema = new Schema<PartDocument>(
  {
    _id: String,
    municipalityId: String,
    residents: [
      {
        _id: false,
        personId: String,
        birthDate: String,
        district: String,
        validFrom: String,
        reference: { type: String, default: '' },
      },
    ],
  },
  { versionKey: false, collection: 'registerparts' },
);
schema.index({ municipalityId: 1 });

const partOf = (municipalityId: string, personId: string) =>
  `${municipalityId}/${createHash('sha256').update(personId).digest('hex').slice(0, 2)}`;

export interface ImportCounts {
  added: number;
  updated: number;
  unchanged: number;
  removed: number;
}

export function residentStore(connection: Connection) {
  const parts = connection.model<PartDocument>('RegisterPart', schema);

  async function read(filter: object, session?: ClientSession): Promise<Resident[]> {
    const found = await parts.find(filter, { residents: 1 }, session ? { session } : {}).lean();
    return found.flatMap((part) => part.residents);
  }
  async function write(
    municipalityId: string,
    ids: ReadonlySet<string>,
    all: Iterable<Resident>,
    session: ClientSession,
  ) {
    const byPart = Map.groupBy(all, (one) => partOf(municipalityId, one.personId));
    const writes = [...ids].map((id) => ({
      replaceOne: {
        filter: { _id: id },
        replacement: { municipalityId, residents: byPart.get(id) ?? [] },
        upsert: true,
      },
    }));
    if (writes.length > 0) await parts.collection.bulkWrite(writes as never, { session });
  }

  return {
    /**
     * Writes many residences; with `complete`, whoever is not among them is removed.
     * @throws DomainError `reference-taken` when two residents would have one reference
     */
    async putMany(
      municipalityId: string,
      rows: readonly Resident[],
      complete: boolean,
      session: ClientSession,
    ): Promise<ImportCounts> {
      const known = new Map((await read({ municipalityId }, session)).map((one) => [one.personId, one]));
      const next = complete ? new Map<string, Resident>() : new Map(known);
      const counts = { added: 0, updated: 0, unchanged: 0, removed: 0 };
      const touched = new Set<string>();
      for (const row of rows) {
        const change = changeOf(known.get(row.personId), row);
        counts[change] += 1;
        next.set(row.personId, row);
        if (change !== 'unchanged') touched.add(partOf(municipalityId, row.personId));
      }
      for (const personId of known.keys()) {
        if (next.has(personId)) continue;
        counts.removed += 1;
        touched.add(partOf(municipalityId, personId));
      }
      const references = [...next.values()].flatMap(({ reference }) => reference || []);
      if (new Set(references).size !== references.length) throw new DomainError('reference-taken');
      await write(municipalityId, touched, next.values(), session);
      return counts;
    },

    count: async (municipalityId: string) => (await read({ municipalityId })).length,

    async countEligible(municipalityId: string, bounds: Eligibility): Promise<number> {
      return (await read({ municipalityId })).filter((one) => isEligible(one, bounds)).length;
    },

    /** Ids of the eligible, in the order of the ids. */
    async listEligible(
      municipalityId: string,
      bounds: Eligibility,
      session: ClientSession,
    ): Promise<string[]> {
      const all = await read({ municipalityId }, session);
      return all
        .filter((one) => isEligible(one, bounds))
        .map((one) => one.personId)
        .toSorted();
    },

    /** Those of the people who live here. */
    async findMany(municipalityId: string, personIds: readonly string[]): Promise<Resident[]> {
      const wanted = new Set(personIds);
      const ids = [...new Set(personIds.map((id) => partOf(municipalityId, id)))];
      return (await read({ _id: { $in: ids } })).filter(({ personId }) => wanted.has(personId));
    },

    /** The residents that the population register refers to so. */
    async findReferred(municipalityId: string, references: readonly string[]): Promise<Resident[]> {
      if (references.length === 0) return [];
      const wanted = new Set(references);
      return (await read({ municipalityId })).filter(({ reference }) => wanted.has(reference));
    },

    async find(municipalityId: string, personId: string): Promise<Resident | null> {
      const some = await read({ _id: partOf(municipalityId, personId) });
      return some.find((one) => one.personId === personId) ?? null;
    },

    /** Which of these people really live where. */
    async livingIn(
      asked: readonly { readonly personId: string; readonly municipalityId: string }[],
    ): Promise<{ personId: string; municipalityId: string }[]> {
      const ids = [...new Set(asked.map((one) => partOf(one.municipalityId, one.personId)))];
      const found = await parts.find({ _id: { $in: ids } }).lean();
      const homes = new Set(
        found.flatMap((part) => part.residents.map((one) => `${part.municipalityId}/${one.personId}`)),
      );
      return asked.filter((one) => homes.has(`${one.municipalityId}/${one.personId}`));
    },

    /** Gives one person's residences to another. */
    async reassign(from: string, to: string, municipalityIds: readonly string[], session: ClientSession) {
      for (const municipalityId of municipalityIds) {
        const ids = new Set([partOf(municipalityId, from), partOf(municipalityId, to)]);
        const before = await read({ _id: { $in: [...ids] } }, session);
        const home = before.find((one) => one.personId === from);
        if (!home) continue;
        const others = before.filter((one) => one.personId !== from && one.personId !== to);
        await write(municipalityId, ids, [...others, { ...home, personId: to }], session);
      }
    },
  };
}
export type ResidentStore = ReturnType<typeof residentStore>;

function changeOf(before: Resident | undefined, row: Resident): 'added' | 'updated' | 'unchanged' {
  if (!before) return 'added';
  const same =
    before.birthDate === row.birthDate &&
    before.district === row.district &&
    before.validFrom === row.validFrom &&
    before.reference === row.reference;
  return same ? 'unchanged' : 'updated';
}
