import type { Page } from '@talkoot/api-contracts';
import type { z } from 'zod';
import { DomainError } from './domain.error.ts';

/** Turns the sort key of the last row into the opaque `next` of a page. */
export function encodeCursor(key: unknown): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/**
 * Reads `after` of a list's query; undefined on the first page.
 * @throws DomainError `invalid-request` when it is not a cursor of this list.
 */
export function decodeCursor<T extends z.ZodType>(
  after: string | undefined,
  key: T,
): z.output<T> | undefined {
  if (after === undefined) return undefined;
  try {
    return key.parse(JSON.parse(Buffer.from(after, 'base64url').toString('utf8')));
  } catch {
    throw new DomainError('invalid-request', undefined, [
      { at: 'query.after', message: 'Not a cursor of this list' },
    ]);
  }
}

/**
 * One page out of `limit + 1` rows: the row too many only tells that there is a next page.
 *
 * @example pageFrom(await Project.find(filter).sort({ _id: 1 }).limit(limit + 1), limit, (row) => row._id);
 */
export function pageFrom<T>(rows: readonly T[], limit: number, keyOf: (row: T) => unknown): Page<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last !== undefined ? encodeCursor(keyOf(last)) : null };
}
