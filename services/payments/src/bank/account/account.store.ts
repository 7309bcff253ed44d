import type { ClientSession, Connection } from 'mongoose';

export interface DebtorAccountDocument {
  _id: string;
  municipalityId: string;
  currency: string;
  name: string;
  iban: string;
  bic: string | null;
  state: 'proposed' | 'in-force' | 'former';
  proposedBy: string;
  confirmedBy: string | null;
  proposedAt: Date;
}

const collectionOf = (connection: Connection) =>
  connection.collection<DebtorAccountDocument>('debtoraccounts');

export async function prepareDebtorAccounts(connection: Connection): Promise<void> {
  const accounts = collectionOf(connection);
  await accounts.createIndex(
    { municipalityId: 1, currency: 1 },
    { name: 'one-in-force', unique: true, partialFilterExpression: { state: 'in-force' } },
  );
  await accounts.createIndex({ municipalityId: 1, _id: 1 });
  await accounts.createIndex({ municipalityId: 1, iban: 1 });
}

/** Accounts that municipalities pay from. Nothing of one changes but its state, as payment files refer to it. */
export function debtorAccountStore(connection: Connection) {
  const accounts = collectionOf(connection);
  return {
    insert: (session: ClientSession, account: DebtorAccountDocument) =>
      accounts.insertOne(account, { session }),
    find: (municipalityId: string, accountId: string, session: ClientSession) =>
      accounts.findOne({ _id: accountId, municipalityId }, { session }),
    inForce: (municipalityId: string, currency: string, session: ClientSession) =>
      accounts.findOne({ municipalityId, currency, state: 'in-force' }, { session }),
    /** Those of these numbers from which payments are or were made. */
    confirmed: (municipalityId: string, ibans: readonly string[], session: ClientSession) =>
      accounts
        .find({ municipalityId, iban: { $in: [...ibans] }, state: { $ne: 'proposed' } }, { session })
        .toArray(),
    list: (municipalityId: string, after: string | undefined, limit: number) =>
      accounts
        .find({ municipalityId, ...(after === undefined ? {} : { _id: { $gt: after } }) })
        .sort({ _id: 1 })
        .limit(limit)
        .toArray(),
    /** Puts a proposed account in force in place of the former one. */
    async confirm(
      session: ClientSession,
      account: DebtorAccountDocument,
      confirmedBy: string,
    ): Promise<void> {
      const { _id, municipalityId, currency } = account;
      const former = { municipalityId, currency, state: 'in-force' as const };
      await accounts.updateMany(former, { $set: { state: 'former' } }, { session });
      await accounts.updateOne({ _id }, { $set: { state: 'in-force', confirmedBy } }, { session });
    },
  };
}
export type DebtorAccountStore = ReturnType<typeof debtorAccountStore>;
