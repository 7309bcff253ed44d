import type { TextRef } from '@talkoot/api-contracts';
import type { ClientSession, Connection } from 'mongoose';
import type { Origin } from '../ledger/postings.ts';
import type { Destination } from '../payee/payee.store.ts';
import type { AttemptState, ObligationState, PayeeRole } from './obligation.ts';

export interface ObligationDocument {
  _id: string;
  municipalityId: string;
  pilotId: string;
  projectId: string;
  decisionId: string;
  payeeId: string;
  payeeRole: PayeeRole;
  /** Tells apart what one payee is owed out of one decision. */
  tranche: string;
  origin: Origin;
  amount: number;
  currency: string;
  fiscalYear: number;
  costCentre: string;
  account: string;
  vatCode: string;
  state: ObligationState;
  /** How many attempts were ever made to pay it. */
  attempts: number;
  closedBecause: 'declined' | 'cancelled' | 'unclaimed' | null;
  reason: TextRef | null;
  dueSince: Date;
  version: number;
}

export interface AttemptDocument {
  _id: string;
  obligationId: string;
  municipalityId: string;
  batchId: string;
  number: number;
  endToEndId: string;
  destination: Destination;
  amount: number;
  currency: string;
  state: AttemptState;
  /** True until it is settled, rejected or withdrawn: an obligation has one such attempt at most. */
  open: boolean;
  reasonCode: string | null;
}

export interface ObligationFilter {
  readonly municipalityId: string;
  readonly state?: ObligationState | undefined;
  readonly projectId?: string | undefined;
  readonly pilotId?: string | undefined;
  readonly payeeId?: string | undefined;
}

const collections = (connection: Connection) => ({
  obligations: connection.collection<ObligationDocument>('obligations'),
  attempts: connection.collection<AttemptDocument>('attempts'),
});

export async function prepareObligations(connection: Connection): Promise<void> {
  const { obligations, attempts } = collections(connection);
  await obligations.createIndex({ decisionId: 1, payeeId: 1, tranche: 1 }, { unique: true });
  await obligations.createIndex({ municipalityId: 1, _id: 1 });
  await obligations.createIndex({ municipalityId: 1, payeeId: 1, _id: 1 });
  await obligations.createIndex({ projectId: 1, state: 1 });
  await attempts.createIndex({ obligationId: 1, number: 1 }, { unique: true });
  await attempts.createIndex(
    { obligationId: 1 },
    { name: 'one-open', unique: true, partialFilterExpression: { open: true } },
  );
  await attempts.createIndex({ endToEndId: 1 }, { unique: true });
  await attempts.createIndex({ batchId: 1, _id: 1 });
}

/** What is owed, and every attempt to pay it. */
export function obligationStore(connection: Connection) {
  const { obligations, attempts } = collections(connection);
  return {
    async insert(session: ClientSession, documents: ObligationDocument[]): Promise<void> {
      if (documents.length > 0) await obligations.insertMany(documents, { session });
    },
    find: (municipalityId: string, obligationId: string, session?: ClientSession) =>
      obligations.findOne({ _id: obligationId, municipalityId }, session ? { session } : {}),
    findMany: (municipalityId: string, ids: readonly string[], session: ClientSession) =>
      obligations.find({ municipalityId, _id: { $in: [...ids] } }, { session }).toArray(),
    ofProject: (municipalityId: string, projectId: string, session?: ClientSession) =>
      obligations.find({ municipalityId, projectId }, session ? { session } : {}).toArray(),

    list(filter: ObligationFilter, after: string | undefined, limit: number) {
      const given = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
      return obligations
        .find({ ...given, ...(after === undefined ? {} : { _id: { $gt: after } }) })
        .sort({ _id: 1 })
        .limit(limit)
        .toArray();
    },

    /** Moves obligations that still have the version that was read; false when one has changed. */
    async move(
      session: ClientSession,
      moved: readonly ObligationDocument[],
      change: Partial<Pick<ObligationDocument, 'state' | 'closedBecause' | 'reason'>>,
      newAttempt = false,
    ): Promise<boolean> {
      if (moved.length === 0) return true;
      const update = { $set: change, $inc: { version: 1, ...(newAttempt ? { attempts: 1 } : {}) } };
      const written = await obligations.bulkWrite(
        moved.map(({ _id, version }) => ({ updateOne: { filter: { _id, version }, update } })),
        { session },
      );
      return written.matchedCount === moved.length;
    },

    async insertAttempts(session: ClientSession, documents: AttemptDocument[]): Promise<void> {
      await attempts.insertMany(documents, { session });
    },
    attemptsOfBatch: (batchId: string, session?: ClientSession) =>
      attempts
        .find({ batchId }, session ? { session } : {})
        .sort({ _id: 1 })
        .toArray(),
    attemptsOf: (obligationIds: readonly string[]) =>
      attempts
        .find({ obligationId: { $in: [...obligationIds] } })
        .sort({ obligationId: 1, number: 1 })
        .toArray(),
    attemptsByEndToEndId: (municipalityId: string, ids: readonly string[], session: ClientSession) =>
      attempts.find({ municipalityId, endToEndId: { $in: [...ids] } }, { session }).toArray(),
    async moveAttempts(
      session: ClientSession,
      ids: readonly string[],
      change: Partial<Pick<AttemptDocument, 'state' | 'open' | 'reasonCode'>>,
    ): Promise<void> {
      await attempts.updateMany({ _id: { $in: [...ids] } }, { $set: change }, { session });
    },
  };
}
export type ObligationStore = ReturnType<typeof obligationStore>;
