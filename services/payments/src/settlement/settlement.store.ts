import type { Resolution } from '@talkoot/api-contracts/payments';
import type { TextRef } from '@talkoot/api-contracts';
import type { ClientSession, Connection } from 'mongoose';
import type { SuspenseCode, Way } from './settlement.ts';

export interface MovementDocument {
  /** Follows from the municipality and what was said: the same movement is taken in once. */
  _id: string;
  municipalityId: string;
  /** Names the movement, whatever was said of its amount. */
  reference: string;
  /** Of which payment it was said, under which reference of the bank's own. */
  endToEndId: string | null;
  bankReference: string;
  says: string;
  messageFileId: string;
  at: Date;
}

export interface SuspenseDocument {
  _id: string;
  municipalityId: string;
  code: SuspenseCode;
  endToEndId: string | null;
  way: Way;
  amount: number | null;
  currency: string | null;
  reference: string;
  reasonCode: string | null;
  messageFileId: string;
  at: Date;
  state: 'open' | 'proposed' | 'resolved';
  proposal: Proposal | null;
  confirmedBy: string | null;
  resolvedAt: Date | null;
}

/** What one person says that a suspense item is; another one confirms it by its hash. */
export interface Proposal {
  readonly resolution: Resolution;
  readonly reason: TextRef;
  readonly by: string;
  readonly sha256: string;
  readonly at: Date;
}

const collections = (connection: Connection) => ({
  movements: connection.collection<MovementDocument>('movements'),
  suspense: connection.collection<SuspenseDocument>('suspense'),
});

export async function prepareSettlements(connection: Connection): Promise<void> {
  const { movements, suspense } = collections(connection);
  await movements.createIndex({ municipalityId: 1, reference: 1 });
  await movements.createIndex({ municipalityId: 1, endToEndId: 1 });
  await suspense.createIndex({ municipalityId: 1, _id: 1 });
  await suspense.createIndex({ municipalityId: 1, endToEndId: 1 });
}

/** A payment is told of a few times. */
const mostOfPayment = 100;

/** What the bank said, and what of it fits no payment. */
export function settlementStore(connection: Connection) {
  const { movements, suspense } = collections(connection);
  return {
    knownMovements: (municipalityId: string, references: readonly string[], session: ClientSession) =>
      movements.find({ municipalityId, reference: { $in: [...references] } }, { session }).toArray(),
    /** What was said of one payment, in the order in which it was taken in. */
    movementsOf: (municipalityId: string, endToEndId: string): Promise<MovementDocument[]> =>
      movements.find({ municipalityId, endToEndId }).sort({ at: 1, _id: 1 }).limit(mostOfPayment).toArray(),
    async insertMovements(session: ClientSession, taken: MovementDocument[]): Promise<void> {
      if (taken.length > 0) await movements.insertMany(taken, { session });
    },
    async insertSuspense(session: ClientSession, items: SuspenseDocument[]): Promise<void> {
      if (items.length > 0) await suspense.insertMany(items, { session });
    },
    findSuspense: (municipalityId: string, suspenseId: string, session?: ClientSession) =>
      suspense.findOne({ _id: suspenseId, municipalityId }, session ? { session } : {}),
    listSuspense(
      { municipalityId, state }: { municipalityId: string; state?: 'unresolved' | 'resolved' | undefined },
      after: string | undefined,
      limit: number,
    ) {
      const states =
        state === undefined ? {} : { state: state === 'resolved' ? state : { $ne: 'resolved' as const } };
      return suspense
        .find({ municipalityId, ...states, ...(after === undefined ? {} : { _id: { $gt: after } }) })
        .sort({ _id: 1 })
        .limit(limit)
        .toArray();
    },
    /** Open items that name one of these payments. */
    unresolvedOf: (municipalityId: string, endToEndIds: readonly string[], session: ClientSession) =>
      suspense
        .find(
          { municipalityId, endToEndId: { $in: [...endToEndIds] }, state: { $ne: 'resolved' } },
          { session },
        )
        .toArray(),
    /** Money in suspense at an instant, by currency: what left counts as positive. */
    async heldAt(municipalityId: string, at: Date, session: ClientSession) {
      const isHeld = { at: { $lt: at }, $or: [{ resolvedAt: null }, { resolvedAt: { $gte: at } }] };
      const signed = { $cond: [{ $eq: ['$way', 'out'] }, '$amount', { $multiply: ['$amount', -1] }] };
      const groups = await suspense
        .aggregate<{ _id: string; payments: number; amount: number }>(
          [
            { $match: { municipalityId, way: { $ne: 'none' }, amount: { $gt: 0 }, ...isHeld } },
            { $group: { _id: '$currency', payments: { $sum: 1 }, amount: { $sum: signed } } },
          ],
          { session },
        )
        .toArray();
      return new Map(groups.map(({ _id, ...held }) => [_id, held]));
    },
    /** False when it is resolved meanwhile. */
    async propose(session: ClientSession, suspenseId: string, proposal: Proposal): Promise<boolean> {
      const filter = { _id: suspenseId, state: { $ne: 'resolved' as const } };
      const written = await suspense.updateOne(
        filter,
        { $set: { state: 'proposed', proposal } },
        { session },
      );
      return written.matchedCount === 1;
    },
    /** False when it is resolved meanwhile, or by the person who proposed it. */
    async resolve(
      session: ClientSession,
      suspenseId: string,
      by: { readonly proposal: Proposal; readonly confirmedBy: string; readonly resolvedAt: Date },
    ): Promise<boolean> {
      if (by.proposal.by === by.confirmedBy) return false;
      const filter = { _id: suspenseId, state: { $ne: 'resolved' as const } };
      const written = await suspense.updateOne(filter, { $set: { ...by, state: 'resolved' } }, { session });
      return written.matchedCount === 1;
    },
  };
}
export type SettlementStore = ReturnType<typeof settlementStore>;
