import type { Page, PageQuery } from '@talkoot/api-contracts';
import { decodeCursor, pageFrom } from '@talkoot/http-service';
import type { mongo } from 'mongoose';
import { z } from 'zod';
import type { Stored } from './collection.ts';

const Key = z.tuple([z.string(), z.string()]);

/** One page of a collection in the order in which its documents were made. */
export async function pageOldestFirst<T extends { _id: string; at: string }>(
  collection: Stored<T>,
  filter: mongo.Filter<T>,
  query: PageQuery,
): Promise<Page<T>> {
  const after = decodeCursor(query.after, Key);
  const beyond = after && { $or: [{ at: { $gt: after[0] } }, { at: after[0], _id: { $gt: after[1] } }] };
  const rows = (await collection
    .find({ $and: [filter, ...(beyond ? [beyond] : [])] } as mongo.Filter<T>)
    .sort({ at: 1, _id: 1 })
    .limit(query.limit + 1)
    .toArray()) as T[];
  return pageFrom(rows, query.limit, (row) => [row.at, row._id]);
}

/** The same page with each item as the API shows it. */
export const mapPage = <T, S>(page: Page<T>, show: (item: T) => S): Page<S> => ({
  items: page.items.map(show),
  next: page.next,
});
