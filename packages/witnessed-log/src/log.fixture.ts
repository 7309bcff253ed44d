import { leafHash, newSigningKey } from '@talkoot/ballot-protocol';
import { connectMongo, inTransaction, prepareModels } from '@talkoot/http-service';
import type { Connection } from 'mongoose';
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { logStore, witnessedLog } from './index.ts';
import type { WitnessAddress, WitnessedLog, WitnessedLogOptions } from './index.ts';
import { startTestWitness } from './testing.ts';

/** Hashes of the leaves that are the numbers from `from` to `to` − 1. */
export function leaves(from: number, to: number, kind = 'leaf'): Uint8Array[] {
  return Array.from({ length: to - from }, (_, at) => leafHash(Buffer.from(`${kind} ${from + at}`)));
}

/** A database for logs, and everything that is closed with it. */
export async function logFixture(mongodbUrl: string) {
  const url = mongodbUrl.replace(/\/?(\?|$)/, `/log_${randomUUID().slice(0, 8)}$1`);
  const connection = await connectMongo(url, { appName: 'log-test' });
  const store = logStore(connection);
  await prepareModels(connection);
  const keys = new Map<string, Uint8Array>();
  const toClose: (() => Promise<void>)[] = [];

  const witness = async (name = 'witness', secretKey = newSigningKey().secretKey) => {
    const started = await startTestWitness({ name, secretKey, keyOf: (origin) => keys.get(origin) });
    toClose.push(() => started.close());
    return started;
  };
  return {
    url,
    connection,
    store,
    witness,

    /** A server that answers as told, under the name and key of a witness. */
    async impostor(
      answer: (request: IncomingMessage, response: ServerResponse) => void | Promise<void>,
      key = newSigningKey(),
      name = 'impostor',
    ): Promise<WitnessAddress> {
      const server = createServer((request, response) => void answer(request, response));
      const { promise, resolve } = Promise.withResolvers<void>();
      server.listen(0, '127.0.0.1', resolve);
      await promise;
      toClose.push(async () => {
        server.closeAllConnections();
        server.close();
      });
      const { port } = server.address() as AddressInfo;
      return { name, publicKey: key.publicKey, url: `http://127.0.0.1:${port}` };
    },

    /** A log of its own, with witnesses or one of its own. */
    async begin(witnesses?: readonly WitnessAddress[]) {
      const { secretKey, publicKey } = newSigningKey();
      const origin = `log.test/${randomUUID()}`;
      keys.set(origin, publicKey);
      const identity = { origin, secretKey, witnesses: witnesses ?? [await witness()] };
      const policy = { log: { name: origin, publicKey }, witnesses: identity.witnesses };
      const open = (options?: WitnessedLogOptions, of = store) => witnessedLog(of, identity, options);
      return { identity, policy, origin, open, log: open() };
    },

    append: (log: WitnessedLog, at: number, hashes: readonly Uint8Array[]) =>
      inTransaction(connection, (session) => log.append(at, hashes, session)),

    /** All that is stored of all logs. */
    backup: () => backup(connection),

    async stop() {
      await Promise.all(toClose.map((close) => close()));
      await connection.dropDatabase();
      await connection.close();
    },
  };
}
export type LogFixture = Awaited<ReturnType<typeof logFixture>>;

/** A copy of the database, and how it is put back. */
export async function backup(connection: Connection) {
  const collections = Object.values(connection.collections);
  const copies = await Promise.all(collections.map((one) => one.find({}).toArray()));
  return {
    restore: async () => {
      for (const [at, collection] of collections.entries()) {
        await collection.deleteMany({});
        if (copies[at]!.length > 0) await collection.insertMany(copies[at]!);
      }
    },
  };
}
