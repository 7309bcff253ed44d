import { connectMongo } from '@talkoot/http-service';
import type { StackHandle } from '@talkoot/local-stack';
import type { mongo } from 'mongoose';

export const owners = ['identity', 'auditor', 'witness', 'ballots', 'projects', 'payments'] as const;
export type Owner = (typeof owners)[number];
export const ownersOfEvents = ['ballots', 'projects', 'payments'] as const satisfies readonly Owner[];

/** Looks into a service's database, as nobody but a test may. */
export async function inDatabase<T>(
  stack: StackHandle,
  owner: Owner,
  look: (database: mongo.Db) => Promise<T>,
): Promise<T> {
  const url = stack.environment[`${owner.toUpperCase()}_MONGODB_URL`]!;
  const connection = await connectMongo(url, { appName: 'contract-tests' });
  try {
    return await look(connection.db!);
  } finally {
    await connection.close();
  }
}
