import { witnessApi } from '@talkoot/api-contracts/witness';
import {
  emptyRoot,
  encodeWitnessRequest,
  GrowingTree,
  leafHash,
  newSigningKey,
  planConsistency,
  readProof,
  signCheckpoint,
} from '@talkoot/ballot-protocol';
import type { NodeId, TreeHead } from '@talkoot/ballot-protocol';
import { connectMongo, createLog, prepareModels } from '@talkoot/http-service';
import { testApp } from '@talkoot/http-service/testing';
import { randomUUID } from 'node:crypto';
import { createWitnessApp } from './app.ts';
import type { WatchedLogs } from './logs/watched.ts';
import { witnessOf } from './witness.ts';
import type { RelayedBoard } from './witness.ts';

const prefix = 'talkoot.test/';
export const issuanceEnd = '/issuance/municipality';

/** A witness on a database of its own that watches boards and issuance logs, each with a key of their own. */
export async function witnessFixture(mongodbUrl: string, limit = 1_000) {
  const url = mongodbUrl.replace(/\/?(\?|$)/, `/witness_${randomUUID().slice(0, 8)}$1`);
  const boardKey = newSigningKey();
  const issuanceKey = newSigningKey();
  const ownKey = newSigningKey();
  const logs: WatchedLogs[] = [
    { prefix, suffix: '', publicKey: boardKey.publicKey },
    { prefix, suffix: issuanceEnd, publicKey: issuanceKey.publicKey },
  ];
  const key = { name: 'witness.test', publicKey: ownKey.publicKey };

  /** A process of this witness. */
  async function start(now = Date.now, board: RelayedBoard | null = null) {
    const connection = await connectMongo(url, { appName: 'witness-test' });
    const log = createLog('witness', process.env['TEST_LOG'] ?? 'silent');
    const own = { name: key.name, secretKey: ownKey.secretKey };
    const witness = witnessOf({ connection, ...own, logs, limit, now, board, log });
    await prepareModels(connection);
    const app = createWitnessApp({ witness, publicUrl: 'http://witness.test' });
    const served = await testApp(app, witnessApi);
    const client = served.client();
    return {
      connection,
      witness,
      url: served.url,
      client,
      cosign: (body: string) => client.addCheckpoint({ body }),
      headOf: (origin: string) => client.getTreeHead({ query: { origin } }),
      async stop() {
        await served.close();
        await connection.close();
      },
    };
  }
  const first = await start();
  return {
    ...first,
    key,
    boardKey,
    issuanceKey,
    start,
    newOrigin: () => `${prefix}lintula/${randomUUID()}`,
    async stop() {
      await first.connection.dropDatabase();
      await first.stop();
    },
  };
}
export type WitnessFixture = Awaited<ReturnType<typeof witnessFixture>>;

const nameOf = ({ level, index }: NodeId) => `${level} ${index}`;

/** A log in memory, and the requests that it, or somebody who holds its key, may send. */
export class PlayedLog {
  readonly origin: string;
  readonly #secretKey: Uint8Array;
  readonly #nodes = new Map<string, Uint8Array>();
  readonly #roots: Uint8Array[] = [emptyRoot()];

  constructor(origin: string, secretKey: Uint8Array, size: number, kind = 'leaf') {
    this.origin = origin;
    this.#secretKey = secretKey;
    const tree = new GrowingTree();
    for (let n = 0; n < size; n += 1) {
      // The first two leaves are the same whatever the kind, so that two kinds are a fork.
      const completed = tree.append(leafHash(Buffer.from(`${n < 2 ? 'leaf' : kind} ${n}`)));
      completed.forEach((node) => this.#nodes.set(nameOf(node), node.hash));
      this.#roots.push(tree.root());
    }
  }

  head(size: number): TreeHead {
    return { size, root: this.#roots[size]! };
  }

  checkpoint(size: number) {
    return signCheckpoint({ origin: this.origin, ...this.head(size) }, this.#secretKey);
  }

  /** The body of an add-checkpoint request. */
  async request(oldSize: number, size: number, proof?: readonly Uint8Array[]): Promise<string> {
    const own = oldSize > size ? [] : await this.proof(oldSize, size);
    const request = { oldSize, proof: proof ?? own, checkpoint: this.checkpoint(size) };
    return new TextDecoder().decode(encodeWitnessRequest(request));
  }

  proof(first: number, second: number): Promise<Uint8Array[]> {
    return readProof(planConsistency(first, second), async (nodes) =>
      nodes.map((node) => this.#nodes.get(nameOf(node))!),
    );
  }
}
