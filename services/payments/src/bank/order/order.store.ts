import type { ClientSession, Connection } from 'mongoose';

export interface BankFileDocument {
  /** The batch's id: a batch has one payment file. */
  _id: string;
  municipalityId: string;
  messageId: string;
  sha256: string;
  bytes: number;
  payments: number;
  total: number;
  currency: string;
  debtorAccountId: string;
  madeBy: string;
  madeAt: Date;
  expiresAt: Date;
}

const collectionOf = (connection: Connection) => connection.collection<BankFileDocument>('bankfiles');

export async function prepareBankFiles(connection: Connection): Promise<void> {
  await collectionOf(connection).createIndex({ municipalityId: 1, messageId: 1 }, { unique: true });
}

/** Payment files that were made for batches. */
export function bankFileStore(connection: Connection) {
  const files = collectionOf(connection);
  return {
    insert: (session: ClientSession, file: BankFileDocument) => files.insertOne(file, { session }),
    find: (municipalityId: string, batchId: string, session?: ClientSession) =>
      files.findOne({ _id: batchId, municipalityId }, session ? { session } : {}),
    findByMessageId: (municipalityId: string, messageId: string, session: ClientSession) =>
      files.findOne({ municipalityId, messageId }, { session }),
    async extend(session: ClientSession, batchId: string, expiresAt: Date): Promise<void> {
      await files.updateOne({ _id: batchId }, { $set: { expiresAt } }, { session });
    },
  };
}
export type BankFileStore = ReturnType<typeof bankFileStore>;
