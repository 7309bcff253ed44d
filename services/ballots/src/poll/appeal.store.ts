import { Schema } from 'mongoose';
import type { ClientSession, Connection } from 'mongoose';

interface AppealDecisionDocument {
  /** Of the decision. */
  _id: string;
  pollId: string;
  upheld: boolean;
}

const schema = new Schema<AppealDecisionDocument>(
  { _id: String, pollId: String, upheld: Boolean },
  { versionKey: false, collection: 'appealdecisions' },
);

/** What appeal bodies decided, recorded where they are authenticated and before any workflow hears of it. */
export function appealStore(connection: Connection) {
  const decisions = connection.model<AppealDecisionDocument>('AppealDecision', schema);
  return {
    /** The first one stays under its id. */
    async record(decisionId: string, pollId: string, upheld: boolean): Promise<void> {
      await decisions.updateOne({ _id: decisionId }, { $setOnInsert: { pollId, upheld } }, { upsert: true });
    },

    async isUpheld(decisionId: string, pollId: string, session: ClientSession): Promise<boolean> {
      return (await decisions.exists({ _id: decisionId, pollId, upheld: true }).session(session)) !== null;
    },
  };
}
export type AppealStore = ReturnType<typeof appealStore>;
