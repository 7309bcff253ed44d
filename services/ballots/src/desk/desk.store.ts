import type { IssuerDesks } from '@talkoot/api-contracts/ballots';
import { Schema } from 'mongoose';
import type { ClientSession, Connection } from 'mongoose';
import type { BegunDesk, DeskTotal } from './desk.ts';

interface DeskTotalDocument extends DeskTotal {
  /** `<poll>/<desk>`. */
  _id: string;
  pollId: string;
}
interface DesksBegunDocument {
  /** The poll. */
  _id: string;
  desks: readonly BegunDesk[];
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
const begunSchema = new Schema<DesksBegunDocument>(
  { _id: String, desks: [{ _id: false, desk: String, by: String }] },
  { versionKey: false, collection: 'desksbegun' },
);
const issuedSchema = new Schema<DesksIssuedDocument>(
  { _id: String, issuers: [Schema.Types.Mixed] },
  { versionKey: false, collection: 'desksissued' },
);

const idOf = (pollId: string, desk: string) => `${pollId}/${desk}`;

/** What people said that desks entered, and what both issuers said that desks issued. */
export function deskStore(connection: Connection) {
  const totals = connection.model<DeskTotalDocument>('DeskTotal', totalSchema);
  const begun = connection.model<DesksBegunDocument>('DesksBegun', begunSchema);
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

    /** Desks of which a total was stated. */
    async begunIn(pollId: string, session: ClientSession): Promise<readonly BegunDesk[]> {
      return (await begun.findById(pollId, null, { session }).lean())?.desks ?? [];
    },

    /** Two that begin at once conflict, and one of them looks again: nobody passes the limit in a crowd. */
    async begin(pollId: string, { desk, by }: BegunDesk, session: ClientSession): Promise<void> {
      await begun.updateOne({ _id: pollId }, { $push: { desks: { desk, by } } }, { session, upsert: true });
    },

    /** All of a poll: those where certificates were issued, and a thousand others at most. */
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
