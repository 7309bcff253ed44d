import { connectMongo } from '@talkoot/http-service';
import { deploymentOf, type DatabaseOwner } from './deployment.ts';

type Connection = Awaited<ReturnType<typeof connectMongo>>;

const variableOf = (owner: DatabaseOwner) => `${owner.toUpperCase()}_MONGODB_URL`;

/** Does some work on databases of services, and leaves them when it is done. */
export async function withDatabases<T>(
  data: string | undefined,
  owners: readonly DatabaseOwner[],
  work: (databases: ReadonlyMap<DatabaseOwner, Connection>) => Promise<T>,
): Promise<T> {
  const at = await deploymentOf(owners.map(variableOf), data);
  const databases = new Map<DatabaseOwner, Connection>();
  try {
    for (const owner of owners) {
      databases.set(owner, await connectMongo(at[variableOf(owner)]!, { appName: 'cli' }));
    }
    return await work(databases);
  } finally {
    await Promise.all([...databases.values()].map((connection) => connection.close()));
  }
}
