import type { PayrollReceipt } from '@talkoot/api-contracts/payments';
import type { ClientSession, Connection } from 'mongoose';
import { receiptKey } from './payroll.ts';
import type { ExceptionCode } from './payroll.ts';

export interface ReceiptDocument {
  /** `<municipality>/<run>/<obligation>`: one obligation has one receipt of one run. */
  _id: string;
  municipalityId: string;
  obligationId: string;
  attemptId: string;
  receipt: PayrollReceipt;
  takenBy: string;
  at: Date;
}

export interface ExceptionDocument {
  /** Follows from what the receipt says: the same one is put aside once. */
  _id: string;
  municipalityId: string;
  code: ExceptionCode;
  receipt: PayrollReceipt;
  /** Minor units of the receipt's currency. */
  uncovered: number | null;
  /** Who took it in first. */
  takenBy: string;
  at: Date;
  state: 'open' | 'closed';
  note: string | null;
  closedBy: string | null;
}

const collections = (connection: Connection) => ({
  receipts: connection.collection<ReceiptDocument>('payrollreceipts'),
  exceptions: connection.collection<ExceptionDocument>('payrollexceptions'),
});

export async function preparePayroll(connection: Connection): Promise<void> {
  const { receipts, exceptions } = collections(connection);
  await receipts.createIndex({ municipalityId: 1, obligationId: 1, _id: 1 });
  await receipts.createIndex({ municipalityId: 1, 'receipt.date': 1, _id: 1 });
  await receipts.createIndex({ municipalityId: 1, 'receipt.run': 1, _id: 1 });
  await exceptions.createIndex({ municipalityId: 1, state: 1, _id: 1 });
}

export const receiptIdOf = (municipalityId: string, receipt: PayrollReceipt): string =>
  `${municipalityId}/${receiptKey(receipt)}`;

/** What the payroll office answered, and what of it fits no payment. */
export function payrollStore(connection: Connection) {
  const { receipts, exceptions } = collections(connection);
  const page = (filter: object, after: string | undefined) => ({
    ...filter,
    ...(after === undefined ? {} : { _id: { $gt: after } }),
  });
  return {
    async taken(session: ClientSession, municipalityId: string, asked: readonly PayrollReceipt[]) {
      const ids = asked.map((one) => receiptIdOf(municipalityId, one));
      const found = await receipts.find({ _id: { $in: ids } }, { session }).toArray();
      return new Map(found.map(({ receipt }) => [receiptKey(receipt), receipt]));
    },
    async insertReceipts(session: ClientSession, documents: ReceiptDocument[]): Promise<void> {
      if (documents.length > 0) await receipts.insertMany(documents, { session });
    },
    /** Whether a person took in a receipt of what is owed. */
    hasTaken: async (municipalityId: string, obligationId: string, takenBy: string): Promise<boolean> =>
      (await receipts.findOne({ municipalityId, obligationId, takenBy })) !== null,
    listReceipts(
      filter: { municipalityId: string; obligationId?: string | undefined; run?: string | undefined },
      after: string | undefined,
      limit: number,
    ) {
      const { municipalityId, obligationId, run } = filter;
      const given = {
        municipalityId,
        ...(obligationId === undefined ? {} : { obligationId }),
        ...(run === undefined ? {} : { 'receipt.run': run }),
      };
      return receipts.find(page(given, after)).sort({ _id: 1 }).limit(limit).toArray();
    },
    /** Of payments that were made in a calendar year. */
    listPaid(municipalityId: string, year: number, after: string | undefined, limit: number) {
      const date = { $gte: `${year}-01-01`, $lte: `${year}-12-31` };
      const paid = { municipalityId, 'receipt.date': date, 'receipt.status': 'paid' as const };
      return receipts.find(page(paid, after)).sort({ _id: 1 }).limit(limit).toArray();
    },
    /** Puts receipts aside; one that is there stays as it is. */
    async putAside(session: ClientSession, documents: readonly ExceptionDocument[]): Promise<void> {
      for (const { _id, ...document } of documents) {
        await exceptions.updateOne({ _id }, { $setOnInsert: document }, { upsert: true, session });
      }
    },
    listExceptions(
      filter: { municipalityId: string; state?: 'open' | 'closed' | undefined },
      after: string | undefined,
      limit: number,
    ) {
      const { municipalityId, state } = filter;
      const given = { municipalityId, ...(state === undefined ? {} : { state }) };
      return exceptions.find(page(given, after)).sort({ _id: 1 }).limit(limit).toArray();
    },
    findException: (municipalityId: string, exceptionId: string) =>
      exceptions.findOne({ _id: exceptionId, municipalityId }),
    /** Null when there is no such open one. */
    closeException: (
      municipalityId: string,
      exceptionId: string,
      closing: { readonly note: string; readonly closedBy: string },
    ) =>
      exceptions.findOneAndUpdate(
        { _id: exceptionId, municipalityId, state: 'open' },
        { $set: { state: 'closed', ...closing } },
        { returnDocument: 'after' },
      ),
  };
}
export type PayrollStore = ReturnType<typeof payrollStore>;
