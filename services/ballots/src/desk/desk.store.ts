import type { IssuerDesks } from '@talkoot/api-contracts/ballots';
import { Schema } from 'mongoose';
import type { ClientSession, Connection } from 'mongoose';
import type { DeskTotal } from './desk.ts';

interface DeskTotalDocument extends DeskTotal {
  /** `<poll>/<desk>`. */
  _id: string;
  pollId: string;
}
interface DesksIssuedDocument {
  /** The poll. */
  _id: string;
  issuers: readonly IssuerDesks[];
}

const totalSchema = new Schema<DeskTotalDocument>(
  { _id: String, pollId: String, desk: String, stated: Schema.Types.Mixed, confirmed: Number },
  { versionKey: false, collection: 'desktotals', minimize: false },
);
totalSchema.index({ pollId: 1, desk: 1 });
const issuedSchema = new Schema<DesksIssuedDocument>(
  { _id: String, issuers: [Schema.Types.Mixed] },
  { versionKey: false, collection: 'desksissued' },
);

const idOf = (pollId: string, desk: string) => `${pollId}/${desk}`;

/** What people said that desks entered, and what both issuers said that desks issued. */
export function deskStore(connection: Connection) {
  const totals = connection.model<DeskTotalDocument>('DeskTotal', totalSchema);
  const issued = connection.model<DesksIssuedDocument>('DesksIssued', issuedSchema);
  const totalOf = ({ desk, stated, confirmed }: DeskTotal): DeskTotal => ({ desk, stated, confirmed });
  return {
    async find(pollId: string, desk: string, session: ClientSession): Promise<DeskTotal | null> {
      const found = await totals.findById(idOf(pollId, desk), null, { session }).lean();
      return found && totalOf(found);
    },

    /** Two that are put at once conflict, and one of them looks again. */
    async put(pollId: string, total: DeskTotal, session: ClientSession): Promise<void> {
      const { desk, stated, confirmed } = total;
      const set = { $set: { pollId, desk, stated, confirmed } };
      await totals.updateOne({ _id: idOf(pollId, desk) }, set, { session, upsert: true });
    },

    async count(pollId: string, session: ClientSession): Promise<number> {
      return totals.countDocuments({ pollId }, { session });
    },

    /** All of a poll; there are no more than `mostDesks`. */
    async all(pollId: string, session?: ClientSession): Promise<DeskTotal[]> {
      return (await totals.find({ pollId }, null, session ? { session } : {}).lean()).map(totalOf);
    },

    /** Records what both issuers counted; the first answers stay. */
    async setIssued(pollId: string, issuers: readonly IssuerDesks[]): Promise<void> {
      const set = { $setOnInsert: { issuers: [...issuers] } };
      await issued.updateOne({ _id: pollId }, set, { upsert: true });
    },

    /** Null while certificates are still issued. */
    async issuedBy(pollId: string, session?: ClientSession): Promise<readonly IssuerDesks[] | null> {
      const found = await issued.findById(pollId, null, session ? { session } : {}).lean();
      return found && found.issuers;
    },
  };
}
export type DeskStore = ReturnType<typeof deskStore>;
