import type { TextRef } from '@talkoot/api-contracts';
import { idFrom } from '@talkoot/http-service';
import type { ClientSession, Connection } from 'mongoose';
import { ignoreExisting } from '../ledger/ledger.store.ts';
import type { Origin } from '../ledger/postings.ts';
import type { Standing } from '../payee/payee.erasure.ts';
import type { Destination } from '../payee/payee.store.ts';
import type { Vault, VaultMac } from '../payee/vault.ts';
import type { IsSealed } from './obligation.seal.ts';
import { sealedText } from './obligation.seal.ts';
import { closedStates, isClosed, isOpen, openStates } from './obligation.ts';
import type { AttemptState, ObligationState, PayeeRole } from './obligation.ts';

/** One person would cancel an obligation. It is cancelled once another one confirmed exactly that. */
export interface Cancellation {
  readonly reason: TextRef;
  readonly by: string;
  readonly sha256: string;
  readonly at: Date;
  readonly confirmedBy: string | null;
}

/** A notice that its payee is to get: the id tells one from the next. */
export interface ToTell {
  readonly noticeId: string;
  readonly wait: 'cancellation-proposed' | 'closed-unpaid';
}

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
  /** Since when it is in this state. */
  stateSince: Date;
  /** How many attempts were ever made to pay it. */
  attempts: number;
  closedBecause: 'declined' | 'cancelled' | 'unclaimed' | null;
  reason: TextRef | null;
  cancellation: Cancellation | null;
  /** What the payee was not told yet; null when nothing. */
  toTell: ToTell | null;
  dueSince: Date;
  version: number;
  /** Vouches for what never changes of it, by a key that is not in the database; null before it is stored, and once it is unlinked. */
  seal: VaultMac | null;
  /** The retention is over: `payeeId` leads to nobody. */
  unlinked?: true;
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
  /** When it went in transit, and what came of it; a returned one was settled before. */
  instructedAt: Date | null;
  settledAt: Date | null;
  rejectedAt: Date | null;
  returnedAt: Date | null;
}

type AttemptChange = Partial<
  Pick<
    AttemptDocument,
    'state' | 'open' | 'reasonCode' | 'instructedAt' | 'settledAt' | 'rejectedAt' | 'returnedAt'
  >
>;

export interface ObligationFilter {
  readonly municipalityId: string;
  readonly state?: ObligationState | undefined;
  readonly projectId?: string | undefined;
  readonly pilotId?: string | undefined;
  readonly payeeId?: string | undefined;
  readonly dueBefore?: Date | undefined;
}

const collections = (connection: Connection) => ({
  obligations: connection.collection<ObligationDocument>('obligations'),
  attempts: connection.collection<AttemptDocument>('attempts'),
});

/** An investor is paid by an outcome decision, a contractor by it or by accepted spending, whatever a program tries to write. */
const rightlyOwed = {
  $expr: {
    $switch: {
      branches: [
        { case: { $eq: ['$payeeRole', 'investor'] }, then: { $eq: ['$origin', 'outcome'] } },
        { case: { $eq: ['$payeeRole', 'contractor'] }, then: { $in: ['$origin', ['round', 'outcome']] } },
      ],
      default: { $eq: ['$origin', 'bonus'] },
    },
  },
};

export async function prepareObligations(connection: Connection): Promise<void> {
  const { obligations, attempts } = collections(connection);
  await connection.createCollection('obligations').catch(ignoreExisting);
  await connection.db!.command({ collMod: 'obligations', validator: rightlyOwed });
  await obligations.createIndex({ decisionId: 1, payeeId: 1, tranche: 1 }, { unique: true });
  await obligations.createIndex({ municipalityId: 1, _id: 1 });
  await obligations.createIndex({ municipalityId: 1, payeeId: 1, _id: 1 });
  await obligations.createIndex({ projectId: 1, state: 1 });
  await obligations.createIndex({ stateSince: 1 });
  await obligations.createIndex({ 'seal.by': 1, _id: 1 });
  await obligations.createIndex({ 'toTell.noticeId': 1 }, { sparse: true });
  await attempts.createIndex({ obligationId: 1, number: 1 }, { unique: true });
  await attempts.createIndex(
    { obligationId: 1 },
    { name: 'one-open', unique: true, partialFilterExpression: { open: true } },
  );
  await attempts.createIndex({ endToEndId: 1 }, { unique: true });
  await attempts.createIndex({ batchId: 1, _id: 1 });
  await attempts.createIndex({ municipalityId: 1, instructedAt: 1 });
}

/** What is owed, and every attempt to pay it. */
export function obligationStore(connection: Connection, vault: Vault) {
  const { obligations, attempts } = collections(connection);
  return {
    ...retention(connection),
    ...sealing(connection, vault),
    find: (municipalityId: string, obligationId: string, session?: ClientSession) =>
      obligations.findOne({ _id: obligationId, municipalityId }, session ? { session } : {}),
    findMany: (municipalityId: string, ids: readonly string[], session: ClientSession) =>
      obligations.find({ municipalityId, _id: { $in: [...ids] } }, { session }).toArray(),
    ofProject: (municipalityId: string, projectId: string, session?: ClientSession) =>
      obligations.find({ municipalityId, projectId }, session ? { session } : {}).toArray(),

    /** What has reached the payees of decisions and not come back, by decision, in minor units. */
    async settledOf(decisionIds: readonly string[], session?: ClientSession): Promise<Map<string, number>> {
      const sums = await obligations
        .aggregate<{ _id: string; amount: number }>(
          [
            { $match: { decisionId: { $in: [...decisionIds] }, state: 'settled' } },
            { $group: { _id: '$decisionId', amount: { $sum: '$amount' } } },
          ],
          session ? { session } : {},
        )
        .toArray();
      return new Map(sums.map(({ _id, amount }) => [_id, amount]));
    },

    list({ dueBefore, ...filter }: ObligationFilter, after: string | undefined, limit: number) {
      const due = dueBefore
        ? { $and: [{ state: { $in: [...openStates] }, stateSince: { $lt: dueBefore } }] }
        : {};
      const given = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
      return obligations
        .find({ ...given, ...due, ...(after === undefined ? {} : { _id: { $gt: after } }) })
        .sort({ _id: 1 })
        .limit(limit)
        .toArray();
    },

    /** Moves obligations that still have the version that was read; false when one has changed. */
    async move(
      session: ClientSession,
      moved: readonly ObligationDocument[],
      change: Pick<ObligationDocument, 'state' | 'stateSince'> &
        Partial<Pick<ObligationDocument, 'closedBecause' | 'reason' | 'cancellation' | 'toTell'>>,
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

    /** Keeps what is proposed for an obligation that still has the version that was read; false when it has changed. */
    async proposeCancellation(
      session: ClientSession,
      { _id, version }: ObligationDocument,
      proposed: Pick<ObligationDocument, 'cancellation' | 'toTell'>,
    ): Promise<boolean> {
      const written = await obligations.updateOne({ _id, version }, { $set: proposed }, { session });
      return written.matchedCount === 1;
    },

    /** Obligations whose payees were not told something. */
    untold: (after: string | undefined, limit: number) =>
      obligations
        .find({
          'toTell.noticeId': { $exists: true },
          ...(after === undefined ? {} : { _id: { $gt: after } }),
        })
        .sort({ _id: 1 })
        .limit(limit)
        .toArray(),
    /** Its payee has this notice; a later one is still to be told. */
    async told(_id: string, noticeId: string): Promise<void> {
      await obligations.updateOne({ _id, 'toTell.noticeId': noticeId }, { $set: { toTell: null } });
    },

    async insertAttempts(session: ClientSession, documents: AttemptDocument[]): Promise<void> {
      await attempts.insertMany(documents, { session });
    },
    attemptsOfBatch: (batchId: string, session?: ClientSession) =>
      attempts
        .find({ batchId }, session ? { session } : {})
        .sort({ _id: 1 })
        .toArray(),
    attemptsOf: (obligationIds: readonly string[], session?: ClientSession) =>
      attempts
        .find({ obligationId: { $in: [...obligationIds] } }, session ? { session } : {})
        .sort({ obligationId: 1, number: 1 })
        .toArray(),
    /** Every attempt to pay these obligations of a municipality. */
    attemptsFor: (municipalityId: string, obligationIds: readonly string[], session: ClientSession) =>
      attempts
        .find({ municipalityId, obligationId: { $in: [...obligationIds] } }, { session })
        .sort({ obligationId: 1, number: 1 })
        .toArray(),
    attemptsByEndToEndId: (municipalityId: string, ids: readonly string[], session: ClientSession) =>
      attempts.find({ municipalityId, endToEndId: { $in: [...ids] } }, { session }).toArray(),
    attemptsById: (municipalityId: string, ids: readonly string[], session: ClientSession) =>
      attempts.find({ municipalityId, _id: { $in: [...ids] } }, { session }).toArray(),
    async moveAttempts(session: ClientSession, ids: readonly string[], change: AttemptChange): Promise<void> {
      await attempts.updateMany({ _id: { $in: [...ids] } }, { $set: change }, { session });
    },
  };
}
export type ObligationStore = ReturnType<typeof obligationStore>;

/** Obligations are sealed as they are made: who can write to the database alone makes no other out of them. */
function sealing(connection: Connection, vault: Vault) {
  const { obligations } = collections(connection);
  const isSealed: IsSealed = (one) => Boolean(one.seal) && vault.isVouched(one.seal!, sealedText(one));
  const sealed = (one: ObligationDocument) => ({ ...one, seal: vault.vouch(sealedText(one)) });
  return {
    isSealed,
    async insert(session: ClientSession, documents: readonly ObligationDocument[]): Promise<void> {
      if (documents.length > 0) await obligations.insertMany(documents.map(sealed), { session });
    },
    /** Ids of obligations that another than the current key seals. */
    async sealedBefore(limit: number): Promise<string[]> {
      const filter = { 'seal.by': { $nin: [null, vault.keyId] } };
      return (await obligations.find(filter).limit(limit).toArray()).map(({ _id }) => _id);
    },
    /** Seals an obligation by the current key; one that is not as it was sealed stays so, and is not paid. */
    async sealAnew(session: ClientSession, _id: string): Promise<void> {
      const found = await obligations.findOne({ _id }, { session });
      if (!found || !isSealed(found)) return;
      await obligations.updateOne({ _id }, { $set: { seal: sealed(found).seal } }, { session });
    },
  };
}

/** How long an obligation has to lead to a person, and its end. */
function retention(connection: Connection) {
  const { obligations, attempts } = collections(connection);
  return {
    async standing(session: ClientSession, municipalityId: string, payeeId: string): Promise<Standing> {
      const states = await obligations
        .aggregate<{ _id: ObligationState; count: number; last: Date }>(
          [
            { $match: { municipalityId, payeeId } },
            { $group: { _id: '$state', count: { $sum: 1 }, last: { $max: '$stateSince' } } },
          ],
          { session },
        )
        .toArray();
      const count = (of: (state: ObligationState) => boolean) =>
        states.reduce((sum, one) => sum + (of(one._id) ? one.count : 0), 0);
      return {
        due: count(isOpen),
        underWay: count((state) => !isOpen(state) && !isClosed(state)),
        lastSettledAt: states.find(({ _id }) => _id === 'settled')?.last ?? null,
      };
    },
    isPayee: async (session: ClientSession, municipalityId: string, payeeId: string): Promise<boolean> =>
      (await obligations.findOne({ municipalityId, payeeId }, { session })) !== null,
    /** Closed obligations of fiscal years before this one, in that state since before it, which still lead to a person. */
    linkedBefore: (year: number, limit: number) =>
      obligations
        .find({
          fiscalYear: { $lt: year },
          stateSince: { $lt: new Date(Date.UTC(year, 0, 1)) },
          state: { $in: [...closedStates] },
          unlinked: { $exists: false },
        })
        .limit(limit)
        .toArray(),
    /** Amount, role and id stay; whom it was paid to, and where, is gone. */
    async unlink(session: ClientSession, obligationId: string): Promise<void> {
      const link = { payeeId: idFrom(obligationId, 'gone'), unlinked: true, seal: null } as const;
      await obligations.updateOne({ _id: obligationId }, { $set: link }, { session });
      const nowhere = {
        'destination.masked': null,
        'destination.fingerprint': null,
        'destination.sealed': null,
      };
      await attempts.updateMany({ obligationId }, { $set: nowhere }, { session });
    },
  };
}
