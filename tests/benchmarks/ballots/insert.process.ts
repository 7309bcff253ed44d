import { connectMongo } from '@talkoot/http-service';
import { createHash } from 'node:crypto';
import { mongo } from 'mongoose';
import pMap from 'p-map';
import { serve } from '../side/serve.ts';
import type { Sent } from './sender.process.ts';

// The driver as it comes: an insert for each leaf, each waiting for majority and journal; no checks and no HTTP.
const [url = ''] = process.argv.slice(2);
const connection = await connectMongo(url, { appName: 'insert' });
const leaves = connection.collection<{ _id: mongo.Binary; leaf: mongo.Binary }>('inserted');

serve(
  {
    async insert(bodies: readonly Uint8Array[], atOnce: number): Promise<Sent> {
      const begun = performance.now();
      const each = await pMap(
        bodies,
        async (body) => {
          const before = performance.now();
          const _id = new mongo.Binary(createHash('sha256').update(body).digest());
          await leaves.insertOne(
            { _id, leaf: new mongo.Binary(body) },
            { writeConcern: { w: 'majority', journal: true } },
          );
          return performance.now() - before;
        },
        { concurrency: atOnce },
      );
      return { ms: performance.now() - begun, each };
    },
  },
  () => connection.close(),
);
