import type { TextRef } from '@talkoot/api-contracts';
import type { ClientSession, Connection } from 'mongoose';

export interface SpendingDocument {
  _id: string;
  municipalityId: string;
  pilotId: string;
  projectId: string;
  amount: number;
  currency: string;
  state: 'recorded' | 'accepted' | 'refused';
  purpose: string;
  milestoneId: string | null;
  invoiceReference: string | null;
  procurementReference: string | null;
  contractorId: string | null;
  refusal: TextRef | null;
  recordedBy: string;
  decidedBy: string | null;
  recordedAt: Date;
  decidedAt: Date | null;
}

const spendingOf = (connection: Connection) => connection.collection<SpendingDocument>('spending');

export async function prepareSpending(connection: Connection): Promise<void> {
  await spendingOf(connection).createIndex({ projectId: 1, recordedAt: 1, _id: 1 });
}

export function spendingStore(connection: Connection) {
  const spending = spendingOf(connection);
  return {
    /** Whom a project pays as contractors, or may pay. Refused spending pays nobody: recorded again, it is asked about again. */
    async contractorsOf(projectId: string): Promise<string[]> {
      const ids = await spending.distinct('contractorId', { projectId, state: { $ne: 'refused' } });
      return ids.filter((id) => id !== null);
    },
    insert: (session: ClientSession, document: SpendingDocument) => spending.insertOne(document, { session }),
    find: (municipalityId: string, spendingId: string, session?: ClientSession) =>
      spending.findOne({ _id: spendingId, municipalityId }, session ? { session } : {}),

    /** Decides recorded spending once; null when it was decided already. */
    decide(
      session: ClientSession,
      spendingId: string,
      decision: Pick<SpendingDocument, 'state' | 'decidedBy' | 'decidedAt' | 'refusal'>,
    ) {
      return spending.findOneAndUpdate(
        { _id: spendingId, state: 'recorded' },
        { $set: decision },
        { session, returnDocument: 'after' },
      );
    },
    list(
      scope: { municipalityId: string; projectId: string },
      after: { at: Date; id: string } | undefined,
      limit: number,
    ) {
      const later = after && [
        { recordedAt: { $gt: after.at } },
        { recordedAt: after.at, _id: { $gt: after.id } },
      ];
      return spending
        .find({ ...scope, ...(later ? { $or: later } : {}) })
        .sort({ recordedAt: 1, _id: 1 })
        .limit(limit)
        .toArray();
    },
  };
}
export type SpendingStore = ReturnType<typeof spendingStore>;
