import mongoose from 'mongoose';
import type { Connection } from 'mongoose';
import { setTimeout as sleep } from 'node:timers/promises';

export interface MongoOptions {
  readonly appName: string;
  /** Tries before giving up; the supervisor then restarts the process. */
  readonly attempts?: number;
}

/**
 * Connects to the database named in `url`. Writes are acknowledged by a majority and journalled; nothing is buffered
 * while the database is away, so that a request fails at once instead of hanging.
 * @throws the last connection error once the attempts are used up.
 */
export async function connectMongo(url: string, options: MongoOptions): Promise<Connection> {
  const attempts = options.attempts ?? 5;
  for (let attempt = 1; ; attempt += 1) {
    const connection = mongoose.createConnection(url, settingsFor(options.appName));
    // Without a listener a later loss of the connection would end the process; the driver reconnects by itself.
    connection.on('error', () => undefined);
    try {
      return await connection.asPromise();
    } catch (error) {
      await connection.destroy().catch(() => undefined);
      if (attempt >= attempts) throw error;
      await sleep(Math.min(250 * 2 ** attempt, 4_000));
    }
  }
}

function settingsFor(appName: string) {
  return {
    appName,
    autoIndex: true,
    autoCreate: true,
    bufferCommands: false,
    ignoreUndefined: true,
    maxPoolSize: 50,
    minPoolSize: 2,
    maxIdleTimeMS: 60_000,
    retryReads: true,
    retryWrites: true,
    serverSelectionTimeoutMS: 5_000,
    socketTimeoutMS: 45_000,
    waitQueueTimeoutMS: 10_000,
    writeConcern: { w: 'majority', journal: true },
    readConcern: { level: 'majority' },
  } as const;
}

/** Makes the collections and indexes of every model of the connection. Await it before the first request. */
export async function prepareModels(connection: Connection): Promise<void> {
  await Promise.all(Object.values(connection.models).map((model) => model.init()));
}

/** Readiness: the primary answers. */
export async function pingMongo(connection: Connection): Promise<void> {
  if (!connection.db) throw new Error('MongoDB is not connected');
  await connection.db.command({ ping: 1 }, { timeoutMS: 2_000 });
}
