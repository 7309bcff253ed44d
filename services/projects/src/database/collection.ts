import type { Connection, mongo } from 'mongoose';

export type Stored<T extends { _id: string }> = mongo.Collection<T>;
export type Index = readonly [
  keys: Readonly<Record<string, 1 | -1>>,
  options?: { unique?: boolean; partialFilterExpression?: Record<string, unknown> },
];

const planned = new WeakMap<Connection, Map<string, readonly Index[]>>();

/** A collection of this service, with the indexes that {@link prepareCollections} makes. */
export function collectionOf<T extends { _id: string }>(
  connection: Connection,
  name: string,
  indexes: readonly Index[] = [],
): Stored<T> {
  const plan = planned.get(connection) ?? new Map<string, readonly Index[]>();
  planned.set(connection, plan.set(name, indexes));
  return connection.collection<T>(name);
}

/** Makes every collection and index before the first request: inside a transaction it would conflict. */
export async function prepareCollections(connection: Connection): Promise<void> {
  await connection.asPromise();
  const known = new Set((await connection.listCollections()).map(({ name }) => name));
  for (const [name, indexes] of planned.get(connection) ?? []) {
    if (!known.has(name)) await connection.createCollection(name).catch(unlessThere);
    for (const [keys, options] of indexes)
      await connection.collection(name).createIndex(keys, { ...options });
  }
}

const NAMESPACE_EXISTS = 48;
function unlessThere(error: unknown): void {
  if ((error as { code?: number }).code !== NAMESPACE_EXISTS) throw error;
}

/** Whether a write failed because its key is taken. */
export function isDuplicate(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === 11_000;
}
