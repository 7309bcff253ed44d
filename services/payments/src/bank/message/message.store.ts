import type { TextRef } from '@talkoot/api-contracts';
import type { bankMessageStates } from '@talkoot/api-contracts/payments';
import type { ClientSession, Connection } from 'mongoose';
import type { QuarantineCode } from './message.ts';

/** One person says that nothing of a message is to be booked; another one confirms it by its hash. */
export interface Dismissal {
  readonly reason: TextRef;
  readonly by: string;
  readonly sha256: string;
  readonly at: Date;
  readonly confirmedBy: string | null;
}

export interface BankMessageDocument {
  /** Follows from municipality and content: the same file is one document. */
  _id: string;
  municipalityId: string;
  kind: 'status' | 'notification' | 'unknown';
  messageId: string | null;
  namespace: string;
  sha256: string;
  state: (typeof bankMessageStates)[number];
  code: QuarantineCode | null;
  /** Stays on record, also when the message is taken in later. */
  dismissal: Dismissal | null;
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
    /** False when it is not in quarantine any more. */
    async proposeDismissal(session: ClientSession, _id: string, dismissal: Dismissal): Promise<boolean> {
      const filter = { _id, state: 'quarantined' as const };
      return (await messages.updateOne(filter, { $set: { dismissal } }, { session })).matchedCount === 1;
    },
    /** False when it is not in quarantine any more, or for the person who proposed it. */
    async dismiss(session: ClientSession, _id: string, dismissal: Dismissal): Promise<boolean> {
      const { sha256, confirmedBy } = dismissal;
      const proposed = { 'dismissal.sha256': sha256, 'dismissal.by': { $ne: confirmedBy! } };
      const filter = { _id, state: 'quarantined' as const, ...proposed };
      const written = await messages.updateOne(
        filter,
        { $set: { state: 'dismissed', dismissal } },
        { session },
      );
      return written.matchedCount === 1;
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
