import type { suspenseCodes } from '@talkoot/api-contracts/payments';
import type { ClientSession, Connection } from 'mongoose';

export interface MovementDocument {
  /** `<municipality>/<bank reference>`: one movement is taken in once. */
  _id: string;
  municipalityId: string;
  endToEndId: string;
  status: 'settled' | 'rejected' | 'returned';
  at: Date;
}

export interface SuspenseDocument {
  _id: string;
  municipalityId: string;
  code: (typeof suspenseCodes)[number];
  endToEndId: string;
  status: string;
  amount: number;
  currency: string;
  bankReference: string;
  at: Date;
}

const collections = (connection: Connection) => ({
  movements: connection.collection<MovementDocument>('movements'),
  suspense: connection.collection<SuspenseDocument>('suspense'),
});

export async function prepareSettlements(connection: Connection): Promise<void> {
  const { movements, suspense } = collections(connection);
  await movements.createIndex({ municipalityId: 1, endToEndId: 1 });
  await suspense.createIndex({ municipalityId: 1, _id: 1 });
}

/** What the bank and the payroll office said, and what of it fits no payment. */
export function settlementStore(connection: Connection) {
  const { movements, suspense } = collections(connection);
  return {
    async known(session: ClientSession, ids: readonly string[]): Promise<Set<string>> {
      const found = await movements.find({ _id: { $in: [...ids] } }, { session }).toArray();
      return new Set(found.map(({ _id }) => _id));
    },
    async insertMovements(session: ClientSession, taken: MovementDocument[]): Promise<void> {
      if (taken.length > 0) await movements.insertMany(taken, { session });
    },
    async insertSuspense(session: ClientSession, item: SuspenseDocument): Promise<void> {
      await suspense.insertOne(item, { session });
    },
    listSuspense(municipalityId: string, after: string | undefined, limit: number) {
      return suspense
        .find({ municipalityId, ...(after === undefined ? {} : { _id: { $gt: after } }) })
        .sort({ _id: 1 })
        .limit(limit)
        .toArray();
    },
  };
}
export type SettlementStore = ReturnType<typeof settlementStore>;
