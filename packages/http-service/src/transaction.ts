import type { ClientSession, Connection } from 'mongoose';

/**
 * Runs `work` in one MongoDB transaction: snapshot reads, majority writes. `work` may run again after a conflict,
 * so nothing in it may reach outside the database.
 */
export async function inTransaction<T>(
  connection: Connection,
  work: (session: ClientSession) => Promise<T>,
): Promise<T> {
  return (await connection.transaction(work, {
    readPreference: 'primary',
    readConcern: { level: 'snapshot' },
    writeConcern: { w: 'majority', journal: true },
    maxCommitTimeMS: 10_000,
  })) as T;
}
