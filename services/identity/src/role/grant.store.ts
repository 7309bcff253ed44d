import type { Role } from '@talkoot/api-contracts';
import { Schema } from 'mongoose';
import type { ClientSession, Connection } from 'mongoose';

interface GrantDocument {
  _id: string;
  municipalityId: string;
  personId: string;
  role: Role;
  at: Date;
  /** Who granted; null for the first operator and in a local stack. */
  by: string | null;
  revokedAt: Date | null;
  revokedBy: string | null;
}
export type Grant = Pick<GrantDocument, 'municipalityId' | 'personId' | 'role' | 'at' | 'by'> & {
  readonly grantId: string;
};

const schema = new Schema<GrantDocument>(
  {
    _id: String,
    municipalityId: String,
    personId: String,
    role: String,
    at: Date,
    by: String,
    revokedAt: { type: Date, default: null },
    revokedBy: { type: String, default: null },
  },
  { versionKey: false, collection: 'grants' },
);
schema.index(
  { municipalityId: 1, personId: 1, role: 1 },
  { unique: true, partialFilterExpression: { revokedAt: null } },
);
schema.index({ personId: 1 });
schema.index({ municipalityId: 1, _id: 1 });

const inForce = { revokedAt: null };

export function grantStore(connection: Connection) {
  const grants = connection.model<GrantDocument>('Grant', schema);
  return {
    /** False when the person has the role already. */
    async add(grant: Grant, session: ClientSession): Promise<boolean> {
      const { grantId, municipalityId, personId, role, at, by } = grant;
      const same = { municipalityId, personId, role, ...inForce };
      if (await grants.findOne(same, null, { session })) return false;
      await grants.insertMany([{ _id: grantId, municipalityId, personId, role, at, by }], { session });
      return true;
    },

    /** Adds those that are missing. */
    async addMissing(wanted: readonly Grant[], session: ClientSession): Promise<void> {
      const writes = wanted.map(({ grantId, municipalityId, personId, role, at, by }) => ({
        updateOne: {
          filter: { municipalityId, personId, role, ...inForce },
          update: { $setOnInsert: { _id: grantId, at, by, revokedBy: null } },
          upsert: true,
        },
      }));
      if (writes.length > 0) await grants.bulkWrite(writes, { session });
    },

    find: (municipalityId: string, grantId: string, session: ClientSession) =>
      grants.findOne({ _id: grantId, municipalityId }, null, { session }).lean(),

    async revoke(grantId: string, at: Date, by: string, session: ClientSession): Promise<void> {
      await grants.updateOne(
        { _id: grantId, ...inForce },
        { $set: { revokedAt: at, revokedBy: by } },
        { session },
      );
    },

    async list(
      municipalityId: string,
      page: { after: string | undefined; limit: number; role: Role | undefined },
    ): Promise<Grant[]> {
      const filter = {
        municipalityId,
        ...inForce,
        ...(page.after === undefined ? {} : { _id: { $gt: page.after } }),
        ...(page.role ? { role: page.role } : {}),
      };
      const rows = await grants.find(filter).sort({ _id: 1 }).limit(page.limit).lean();
      return rows.map(({ _id, ...rest }) => ({ grantId: _id, ...rest }));
    },

    async rolesOf(municipalityId: string, personId: string): Promise<Role[]> {
      const rows = await grants.find({ municipalityId, personId, ...inForce }).lean();
      return rows.map((row) => row.role).toSorted();
    },

    /** Roles in force of many people, in every municipality. */
    async ofPeople(
      personIds: readonly string[],
    ): Promise<Pick<Grant, 'personId' | 'municipalityId' | 'role'>[]> {
      return grants.find({ personId: { $in: [...personIds] }, ...inForce }).lean();
    },

    hasOperator: async (municipalityId: string, session: ClientSession) =>
      (await grants.findOne({ municipalityId, role: 'operator' }, null, { session })) !== null,

    /** Gives one person's roles to another. */
    async reassign(from: string, to: string, session: ClientSession): Promise<void> {
      const held = await grants.find({ personId: to, ...inForce }, null, { session }).lean();
      for (const { municipalityId, role } of held) {
        await grants.deleteMany({ personId: from, municipalityId, role, ...inForce }, { session });
      }
      await grants.updateMany({ personId: from }, { $set: { personId: to } }, { session });
    },
  };
}
export type GrantStore = ReturnType<typeof grantStore>;
