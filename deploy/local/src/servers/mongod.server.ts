import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { MongoClient, MongoServerError } from 'mongodb';
import { inherited, type ProcessPlan } from '../supervisor/process-plan.ts';

const notYetInitialized = 94;

export interface MongodSettings {
  readonly executable: string;
  readonly data: string;
  readonly port: number;
}

/** The address of the replica set, with an optional database name. */
export function mongodbUrl(port: number, database = ''): string {
  return `mongodb://127.0.0.1:${port}/${database}?replicaSet=rs0`;
}

/** A replica set of one: transactions need a replica set. */
export function mongodPlan({ executable, data, port }: MongodSettings): ProcessPlan {
  const dbpath = join(data, 'mongod');
  return {
    name: 'mongod',
    command: executable,
    args: [
      ...['--dbpath', dbpath, '--port', String(port), '--bind_ip', '127.0.0.1', '--nounixsocket'],
      ...['--replSet', 'rs0', '--oplogSize', '256', '--wiredTigerCacheSizeGB', '0.5'],
      ...['--setParameter', 'diagnosticDataCollectionEnabled=false', '--quiet'],
      // A slow query would be logged with what it asks for and stores: people, and ballots.
      ...['--slowms', String(2 ** 31 - 1)],
    ],
    environment: inherited(),
    ports: [port],
    needs: [],
    prepare: async () => void (await mkdir(dbpath, { recursive: true })),
    probe: () => isPrimary(port),
    readyWithin: 60_000,
    stopWithin: 20_000,
  };
}

async function isPrimary(port: number): Promise<boolean> {
  const options = { directConnection: true, serverSelectionTimeoutMS: 1_000, connectTimeoutMS: 1_000 };
  const client = new MongoClient(`mongodb://127.0.0.1:${port}/`, options);
  try {
    const hello = await client.db('admin').command({ hello: 1 });
    if (hello['isWritablePrimary']) return true;
    if (!hello['setName']) await initiate(client, port);
    return false;
  } finally {
    await client.close();
  }
}

async function initiate(client: MongoClient, port: number): Promise<void> {
  const admin = client.db('admin');
  try {
    await admin.command({ replSetGetStatus: 1 });
  } catch (error) {
    if (!(error instanceof MongoServerError) || error.code !== notYetInitialized) throw error;
    const members = [{ _id: 0, host: `127.0.0.1:${port}` }];
    await admin.command({ replSetInitiate: { _id: 'rs0', members } });
  }
}
