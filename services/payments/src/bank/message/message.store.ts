import type { ClientSession, Connection } from 'mongoose';
import type { QuarantineCode } from './message.ts';

export interface BankMessageDocument {
  /** Follows from municipality and content: the same file is one document. */
  _id: string;
  municipalityId: string;
  kind: 'status' | 'notification' | 'unknown';
  messageId: string | null;
  namespace: string;
  sha256: string;
  state: 'taken-in' | 'quarantined';
  code: QuarantineCode | null;
  settled: number;
  rejected: number;
  returned: number;
  duplicates: number;
  unbooked: number;
  suspense: number;
  importedBy: string;
  at: Date;
}

const collectionOf = (connection: Connection) => connection.collection<BankMessageDocument>('bankmessages');

export async function prepareBankMessages(connection: Connection): Promise<void> {
  const messages = collectionOf(connection);
  await messages.createIndex({ municipalityId: 1, _id: 1 });
  await messages.createIndex(
    { municipalityId: 1, kind: 1, messageId: 1 },
    { name: 'taken-in-once', unique: true, partialFilterExpression: { state: 'taken-in' } },
  );
}

/** Messages of banks: taken in once, or kept in quarantine. */
export function bankMessageStore(connection: Connection) {
  const messages = collectionOf(connection);
  return {
    find: (municipalityId: string, id: string, session: ClientSession) =>
      messages.findOne({ _id: id, municipalityId }, { session }),
    takenIn: (
      message: Pick<BankMessageDocument, 'municipalityId' | 'kind' | 'messageId'>,
      session: ClientSession,
    ) => {
      const { municipalityId, kind, messageId } = message;
      return messages.findOne({ municipalityId, kind, messageId, state: 'taken-in' }, { session });
    },
    async put(session: ClientSession, { _id, ...message }: BankMessageDocument): Promise<void> {
      await messages.replaceOne({ _id }, message, { upsert: true, session });
    },
    list(
      filter: { municipalityId: string; state?: BankMessageDocument['state'] | undefined },
      after: string | undefined,
      limit: number,
    ) {
      const { municipalityId, state } = filter;
      return messages
        .find({
          municipalityId,
          ...(state === undefined ? {} : { state }),
          ...(after === undefined ? {} : { _id: { $gt: after } }),
        })
        .sort({ _id: 1 })
        .limit(limit)
        .toArray();
    },
  };
}
export type BankMessageStore = ReturnType<typeof bankMessageStore>;
