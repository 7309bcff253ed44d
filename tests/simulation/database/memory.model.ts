import type { ClientSession } from 'mongoose';
import type { Document } from './document.ts';
import type { NativeCollection } from './memory.connection.ts';
import type { Update } from './language.ts';
import type { UpdateOptions } from './operations.ts';

/** The few calls of a mongoose model that stores make, on a collection of the memory database. */
export function modelOf(collection: NativeCollection) {
  return {
    init: async () => undefined,
    create: async (documents: Document[], options: { session?: ClientSession }) => {
      await collection.insertMany(documents, options);
    },
    updateOne: (filter: Document, update: Update, options: UpdateOptions = {}) =>
      collection.updateOne(filter, update, options),
    findById: (id: string) => one(collection, { _id: id }),
    findOne: (filter: Document) => one(collection, filter),
    find: (filter: Document, projection?: Document) => many(collection, filter, projection),
  };
}

function one(collection: NativeCollection, filter: Document) {
  let session: ClientSession | undefined;
  const query = {
    session(given: ClientSession) {
      session = given;
      return query;
    },
    lean: () => collection.findOne(filter, { session }),
  };
  return query;
}

function many(collection: NativeCollection, filter: Document, projection?: Document) {
  const cursor = collection.find(filter, projection ? { projection } : {});
  const query = {
    sort(sort: Readonly<Record<string, 1 | -1>>) {
      cursor.sort(sort);
      return query;
    },
    limit(limit: number) {
      cursor.limit(limit);
      return query;
    },
    lean: () => cursor.toArray(),
  };
  return query;
}
