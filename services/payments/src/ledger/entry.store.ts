import type { Connection } from 'mongoose';
import type { EntryDocument } from './entry.ts';

export interface EntryScope {
  readonly municipalityId: string;
  readonly pilotId?: string | undefined;
  readonly projectId?: string | undefined;
  readonly fiscalYear?: number | undefined;
}

/** Entries have no gaps and only grow at the end of their book: who goes on after one misses nothing. */
export interface EntryPlace {
  readonly book: string;
  readonly number: number;
}

/** What all accounts of a project add up to. */
export interface AccountSum extends Pick<
  EntryDocument,
  'fiscalYear' | 'pilotId' | 'projectId' | 'account' | 'currency'
> {
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

    /** The sums of what was booked until an instant, from the entries themselves. */
    sumsAt(scope: Omit<EntryScope, 'projectId'>, at: Date): Promise<AccountSum[]> {
      const onSide = (side: string) => ({ $sum: { $cond: [{ $eq: ['$side', side] }, '$amount', 0] } });
      const account = Object.fromEntries(
        ['fiscalYear', 'pilotId', 'projectId', 'account', 'currency'].map((name) => [name, `$${name}`]),
      );
      return entries
        .aggregate<AccountSum>([
          { $match: { ...given(scope), at: { $lte: at } } },
          { $group: { _id: account, debit: onSide('debit'), credit: onSide('credit') } },
          { $replaceWith: { $mergeObjects: ['$_id', { debit: '$debit', credit: '$credit' }] } },
        ])
        .toArray();
    },
  };
}

const given = (scope: EntryScope) =>
  Object.fromEntries(Object.entries(scope).filter(([, value]) => value !== undefined)) as {
    municipalityId: string;
  };
