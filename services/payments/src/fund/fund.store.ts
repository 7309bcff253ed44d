import type { FundName } from '@talkoot/api-contracts/payments';
import type { TextRef } from '@talkoot/api-contracts';
import type { ClientSession, Connection } from 'mongoose';
import { ignoreExisting } from '../ledger/ledger.store.ts';

export interface FundsDocument {
  /** The pilot's id: a pilot has its funds opened once. */
  _id: string;
  municipalityId: string;
  currency: string;
  limit: number;
  /** The open fiscal year: what was allotted for it, and what came into it from the year before. */
  fiscalYear: number;
  allotted: Record<FundName, number>;
  carriedOver: Record<FundName, number>;
  /** As the permission opened them. */
  opened: { readonly fiscalYear: number; readonly allotted: Readonly<Record<FundName, number>> };
  openedAt: Date;
}

export interface CommitmentDocument {
  /** The project's id: a project is committed once. */
  _id: string;
  municipalityId: string;
  pilotId: string;
  roundId: string;
  /** The open fiscal year of the pilot: a commitment that is carried over goes on in the next one. */
  fiscalYear: number;
  currency: string;
  /** As first committed and reserved; raises come on top. */
  cost: number;
  pool: number;
  committed: number;
  /** Recorded spending, accepted or not; never above `committed`. */
  claimed: number;
  accepted: number;
  commitmentReturned: number;
  reserveReturned: number;
  raises: { key: string; amount: number; reason: TextRef; by: string; at: Date }[];
  closed: boolean;
  reserveClosed: boolean;
  /** What payroll took of the reserve for employer's contributions. The ledger's reserve holds it until its end. */
  contributions?: number;
  /** Counts the closings of obligations: transactions that close two of them conflict here. */
  closings?: number;
}

const collections = (connection: Connection) => ({
  funds: connection.collection<FundsDocument>('funds'),
  commitments: connection.collection<CommitmentDocument>('commitments'),
});

export async function prepareFunds(connection: Connection): Promise<void> {
  await connection.createCollection('funds').catch(ignoreExisting);
  await collections(connection).commitments.createIndex({ municipalityId: 1, pilotId: 1 });
}

/** Funds of pilots and commitments of projects. Amounts of the funds themselves are the ledger's. */
export function fundStore(connection: Connection) {
  const { funds, commitments } = collections(connection);
  return {
    insertFunds: (session: ClientSession, document: FundsDocument) => funds.insertOne(document, { session }),
    findFunds: (pilotId: string, session?: ClientSession) =>
      funds.findOne({ _id: pilotId }, session ? { session } : {}),
    /** Goes on in the next fiscal year, with all commitments of the pilot. */
    async beginYear(
      session: ClientSession,
      pilotId: string,
      year: Pick<FundsDocument, 'fiscalYear' | 'allotted' | 'carriedOver'>,
    ): Promise<void> {
      await funds.updateOne({ _id: pilotId }, { $set: year }, { session });
      await commitments.updateMany({ pilotId }, { $set: { fiscalYear: year.fiscalYear } }, { session });
    },
    insertCommitment: (session: ClientSession, document: CommitmentDocument) =>
      commitments.insertOne(document, { session }),
    findCommitment: (projectId: string, session?: ClientSession) =>
      commitments.findOne({ _id: projectId }, session ? { session } : {}),

    /** Claims a part of an open commitment; false when it does not hold that much or is closed. */
    async claim(session: ClientSession, projectId: string, amount: number): Promise<boolean> {
      const holds = { $lte: [{ $add: ['$claimed', amount] }, '$committed'] };
      const claimed = await commitments.updateOne(
        { _id: projectId, closed: false, $expr: holds },
        { $inc: { claimed: amount } },
        { session },
      );
      return claimed.matchedCount === 1;
    },
    async change(
      session: ClientSession,
      projectId: string,
      change: Partial<Pick<CommitmentDocument, 'claimed' | 'accepted' | 'commitmentReturned'>>,
    ): Promise<void> {
      await commitments.updateOne({ _id: projectId }, { $inc: change }, { session });
    },
    /** Makes concurrent transactions on one project conflict, so that the later one sees what the earlier did. */
    async touch(session: ClientSession, projectId: string): Promise<void> {
      await commitments.updateOne({ _id: projectId }, { $inc: { closings: 1 } }, { session });
    },
    async raise(session: ClientSession, projectId: string, raise: CommitmentDocument['raises'][number]) {
      await commitments.updateOne(
        { _id: projectId, closed: false },
        { $inc: { committed: raise.amount }, $push: { raises: raise } },
        { session },
      );
    },
    async closeCommitment(session: ClientSession, projectId: string, returned: number) {
      await commitments.updateOne(
        { _id: projectId },
        { $set: { closed: true }, $inc: { commitmentReturned: returned } },
        { session },
      );
    },
    async takeContributions(session: ClientSession, projectId: string, amount: number): Promise<void> {
      await commitments.updateOne({ _id: projectId }, { $inc: { contributions: amount } }, { session });
    },
    async closeReserve(session: ClientSession, projectId: string, returned: number) {
      await commitments.updateOne(
        { _id: projectId },
        { $set: { reserveClosed: true }, $inc: { reserveReturned: returned } },
        { session },
      );
    },
  };
}
export type FundStore = ReturnType<typeof fundStore>;
