import { copyOf, type Document } from './document.ts';
import { aggregated, matcherOf, shown, updated } from './language.ts';
import type { FindOptions, Update } from './language.ts';
import type { MemoryCollection, Transaction } from './memory.database.ts';

/** What one operation of a driver does to one collection, within a transaction. */
export interface UpdateOptions {
  readonly upsert?: boolean | undefined;
  readonly returnDocument?: 'before' | 'after' | undefined;
}
export interface Updated {
  readonly matchedCount: number;
  readonly modifiedCount: number;
  readonly upsertedCount: number;
  readonly before: Document | null;
  readonly after: Document | null;
}

export function findIn(
  collection: MemoryCollection,
  transaction: Transaction,
  filter: Document,
  options: FindOptions = {},
): Document[] {
  return shown(matching(collection, transaction, filter), options);
}

export function aggregateIn(
  collection: MemoryCollection,
  transaction: Transaction,
  stages: readonly Document[],
): Document[] {
  return aggregated(collection.seenBy(transaction), stages);
}

export function insertInto(
  collection: MemoryCollection,
  transaction: Transaction,
  documents: Document[],
): void {
  for (const document of documents) {
    // A driver makes ids by clock and chance; here they follow from the place.
    collection.insert(transaction, { _id: document['_id'] ?? collection.nextId, ...document });
  }
}

/** Updates the first document that fits, or inserts one where the update says so. */
export function updateOneIn(
  collection: MemoryCollection,
  transaction: Transaction,
  filter: Document,
  update: Update,
  options: UpdateOptions = {},
): Updated {
  const [before] = matching(collection, transaction, filter);
  if (!before) {
    const after = options.upsert ? upsert(collection, transaction, filter, update) : null;
    return { matchedCount: 0, modifiedCount: 0, upsertedCount: after ? 1 : 0, before: null, after };
  }
  const after = change(collection, transaction, before, update);
  const isChanged = after !== null;
  const same = () => copyOf(before);
  return {
    matchedCount: 1,
    modifiedCount: isChanged ? 1 : 0,
    upsertedCount: 0,
    before: same(),
    after: after ?? same(),
  };
}

export function updateManyIn(
  collection: MemoryCollection,
  transaction: Transaction,
  filter: Document,
  update: Update,
): Pick<Updated, 'matchedCount' | 'modifiedCount'> {
  const found = matching(collection, transaction, filter);
  const changed = found.filter((before) => change(collection, transaction, before, update) !== null);
  return { matchedCount: found.length, modifiedCount: changed.length };
}

export function replaceIn(
  collection: MemoryCollection,
  transaction: Transaction,
  filter: Document,
  document: Document,
  options: UpdateOptions = {},
): Pick<Updated, 'matchedCount' | 'upsertedCount'> {
  const [before] = matching(collection, transaction, filter);
  if (before) collection.replace(transaction, before, { ...document, _id: before['_id'] });
  else if (options.upsert) insertInto(collection, transaction, [{ _id: filter['_id'], ...document }]);
  return { matchedCount: before ? 1 : 0, upsertedCount: !before && options.upsert ? 1 : 0 };
}

export function deleteIn(
  collection: MemoryCollection,
  transaction: Transaction,
  filter: Document,
  most: number,
): number {
  const found = matching(collection, transaction, filter).slice(0, most);
  for (const document of found) collection.delete(transaction, document);
  return found.length;
}

/** Null where nothing changes: MongoDB writes nothing then, so that such an update conflicts with nobody. */
function change(
  collection: MemoryCollection,
  transaction: Transaction,
  before: Document,
  update: Update,
): Document | null {
  const after = updated(before, update);
  if (JSON.stringify(before) === JSON.stringify(after)) return null;
  collection.replace(transaction, before, after);
  return after;
}

function matching(collection: MemoryCollection, transaction: Transaction, filter: Document): Document[] {
  const fields = Object.keys(filter);
  const candidates = collection.seenBy(transaction, idsIn(filter['_id']));
  const isIdAlone = fields.length === 1 && typeof filter['_id'] === 'string';
  if (fields.length === 0 || candidates.length === 0 || isIdAlone) return candidates;
  return candidates.filter(matcherOf(filter));
}

/** Ids by which documents are found without looking at all of them. */
function idsIn(condition: unknown): readonly string[] | undefined {
  if (typeof condition === 'string') return [condition];
  const among = (condition as { $in?: unknown[] } | null | undefined)?.$in;
  const areIds = among?.every((one) => typeof one === 'string');
  return areIds ? [...new Set(among as string[])].toSorted() : undefined;
}

function upsert(
  collection: MemoryCollection,
  transaction: Transaction,
  filter: Document,
  update: Update,
): Document {
  const given = Object.entries(filter).filter(
    ([field, value]) => !field.startsWith('$') && !isOperator(value),
  );
  const after = updated(Object.fromEntries(given), update, true);
  insertInto(collection, transaction, [after]);
  return after;
}

const isOperator = (value: unknown): boolean =>
  value !== null && typeof value === 'object' && Object.keys(value).some((key) => key.startsWith('$'));
