import { inTransaction } from '@talkoot/http-service';
import { Schema } from 'mongoose';
import type { Connection } from 'mongoose';
import { mayBegin } from './desk.ts';
import type { Desk } from './desk.ts';

interface DesksDocument {
  /** The poll. */
  _id: string;
  desks: readonly Desk[];
}

const schema = new Schema<DesksDocument>(
  { _id: String, desks: [{ _id: false, desk: String, by: String }] },
  { versionKey: false, collection: 'issuancedesks' },
);

/** One document for each poll of which certificates were issued at desks: whoever begins a desk collides with others who do. */
export function deskStore(connection: Connection) {
  const polls = connection.model<DesksDocument>('IssuanceDesks', schema);
  return {
    /** Whether a clerk may issue at a desk: at one that has begun, or at a new one, which then has. */
    async admit(pollId: string, { desk, by }: Desk): Promise<boolean> {
      if (await polls.exists({ _id: pollId, 'desks.desk': desk })) return true;
      return inTransaction(connection, async (session) => {
        const desks = (await polls.findById(pollId, null, { session }).lean())?.desks ?? [];
        if (desks.some((one) => one.desk === desk)) return true;
        if (!mayBegin(desks, by)) return false;
        const push = { $push: { desks: { desk, by } } };
        await polls.updateOne({ _id: pollId }, push, { session, upsert: true });
        return true;
      });
    },
  };
}
