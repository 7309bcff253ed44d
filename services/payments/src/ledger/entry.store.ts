import type { Connection } from 'mongoose';
import type { EntryDocument } from './entry.ts';

export interface EntryScope {
  readonly municipalityId: string;
  readonly pilotId?: string | undefined;
  readonly projectId?: string | undefined;
  readonly fiscalYear?: number | undefined;
  /** Only what everybody may read. */
  readonly open?: boolean | undefined;
}

/** Entries have no gaps and only grow at the end of their book: who goes on after one misses nothing. */
export interface EntryPlace {
  readonly book: string;
  readonly number: number;
}

/** What an account of a project adds up to; its place orders a trial balance. */
export interface AccountSum {
  readonly place: Pick<EntryDocument, 'fiscalYear' | 'pilotId' | 'projectId' | 'account' | 'currency'>;
  readonly debit: number;
  readonly credit: number;
}

/** An obligation moves a few times a year. */
const mostOfObligation = 500;

export function entryReading(connection: Connection) {
  const entries = connection.collection<EntryDocument>('ledgerentries');
  return {
    /** Entries book by book, in the order they were made, after the given one. */
    listEntries(scope: EntryScope, after: EntryPlace | undefined, limit: number): Promise<EntryDocument[]> {
      const later = after && [
        { book: { $gt: after.book } },
        { book: after.book, number: { $gt: after.number } },
      ];
      return entries
        .find({ ...given(scope), ...(later ? { $or: later } : {}) })
        .sort({ book: 1, number: 1 })
        .limit(limit)
        .toArray();
    },

    /** What moved the money of a project from one place to the next, but for single obligations. */
    entriesOfProject: (
      municipalityId: string,
      projectId: string,
      kinds: readonly string[],
    ): Promise<EntryDocument[]> =>
      entries
        .find({ municipalityId, projectId, obligationId: null, kind: { $in: [...kinds] } })
        .limit(mostOfObligation)
        .toArray(),

    entriesOfObligation: (municipalityId: string, obligationId: string): Promise<EntryDocument[]> =>
      entries
        .find({ municipalityId, obligationId })
        .sort({ at: 1, book: 1, number: 1 })
        .limit(mostOfObligation)
        .toArray(),

    /** Every line of these transactions. */
    entriesOfTransactions: (municipalityId: string, ids: readonly string[]): Promise<EntryDocument[]> =>
      entries
        .find({ municipalityId, $or: ids.map((id) => ({ _id: { $gte: `${id}/`, $lt: `${id}0` } })) })
        .sort({ at: 1, book: 1, number: 1 })
        .toArray(),

    /** What accounts held at an instant, from the entries themselves: in order, after the given place. */
    sumsAt(
      scope: Omit<EntryScope, 'projectId'>,
      at: Date,
      after: AccountSum['place'] | undefined,
      limit: number,
    ): Promise<AccountSum[]> {
      return entries
        .aggregate<AccountSum>([
          { $match: { ...given(scope), at: { $lte: at } } },
          { $group: { _id: place, ...sums } },
          ...(after ? [{ $match: { _id: { $gt: after } } }] : []),
          { $sort: { _id: 1 } },
          { $limit: limit },
          { $project: { _id: 0, place: '$_id', debit: 1, credit: 1 } },
        ])
        .toArray();
    },

    /** Debits and credits of each currency at an instant. */
    totalsAt(scope: Omit<EntryScope, 'projectId'>, at: Date) {
      return entries
        .aggregate<{ currency: string; debit: number; credit: number }>([
          { $match: { ...given(scope), at: { $lte: at } } },
          { $group: { _id: '$currency', ...sums } },
          { $sort: { _id: 1 } },
          { $project: { _id: 0, currency: '$_id', debit: 1, credit: 1 } },
        ])
        .toArray();
    },
  };
}

const onSide = (side: string) => ({ $sum: { $cond: [{ $eq: ['$side', side] }, '$amount', 0] } });
const sums = { debit: onSide('debit'), credit: onSide('credit') };
const place = Object.fromEntries(
  ['fiscalYear', 'pilotId', 'projectId', 'account', 'currency'].map((name) => [name, `$${name}`]),
);

function given({ open, ...scope }: EntryScope) {
  const named = Object.entries(scope).filter(([, value]) => value !== undefined);
  return { ...(Object.fromEntries(named) as { municipalityId: string }), ...(open ? { salt: null } : {}) };
}
