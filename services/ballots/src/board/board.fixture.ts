import { ballotsApi } from '@talkoot/api-contracts/ballots';
import { createClient, defineApi } from '@talkoot/api-contracts';
import { leafHash, newSigningKey, parseArchive, RootReplay } from '@talkoot/ballot-protocol';
import type { Manifest } from '@talkoot/ballot-protocol';
import { approve, certifiedVoter, preparePoll } from '@talkoot/ballot-protocol/testing';
import type { HeldPoll, Voter } from '@talkoot/ballot-protocol/testing';
import {
  connectMongo,
  createLog,
  createService,
  DomainError,
  inTransaction,
  prepareModels,
} from '@talkoot/http-service';
import type { Logger } from '@talkoot/http-service';
import { testApp, testTokens } from '@talkoot/http-service/testing';
import { startTestWitness } from '@talkoot/witnessed-log/testing';
import { randomUUID } from 'node:crypto';
import { castingOf } from '../casting/casting.ts';
import { castingRoutes } from '../casting/casting.routes.ts';
import { gateStore } from '../casting/gate.store.ts';
import { leafStore } from '../casting/leaf.store.ts';
import { deskStore } from '../desk/desk.store.ts';
import { boardOf } from './board.ts';
import { boardRoutes } from './board.routes.ts';
import { boardOrigin } from './sealed.poll.ts';
import type { BoardSetting } from './sealed.poll.ts';

const { castBallot, complain, closeBoard, settleComplaints, getBoardCheckpoint, getBoardTile } =
  ballotsApi.routes;
/** What is served of casting and of boards. */
const api = defineApi({
  ...ballotsApi,
  routes: { castBallot, complain, closeBoard, settleComplaints, getBoardCheckpoint, getBoardTile },
});

export type Bytes = Uint8Array<ArrayBuffer>;
export const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** Casting and boards alone, on a database of their own: polls have a manifest as soon as a test gives them one. */
export async function boardFixture(mongodbUrl: string, log?: Logger) {
  const url = mongodbUrl.replace(/\/?(\?|$)/, `/board_${randomUUID().slice(0, 8)}$1`);
  const boardKey = newSigningKey();
  const witness = await startTestWitness({ keyOf: () => boardKey.publicKey });
  const faults: string[] = [];
  const logOptions = { onFault: (name: string) => void faults.push(name) };
  const setting = { key: boardKey.secretKey, origin: 'ballots.test', witnesses: [witness], logOptions };
  const held = new Map<string, HeldPoll>();
  const manifests = new Map<string, string | null>();
  const started = {
    url,
    setting,
    manifests,
    log: log ?? createLog('ballots', process.env['TEST_LOG'] ?? 'silent'),
  };
  const first = await startProcess(started);
  const others: Awaited<ReturnType<typeof startProcess>>[] = [];

  /** A poll whose manifest is written, and nothing else. */
  async function prepare(pollId: string, changes: Partial<Manifest> = {}): Promise<HeldPoll> {
    const poll = await preparePoll({
      poll: pollId,
      board: {
        origin: boardOrigin(setting.origin, 'lintula', pollId),
        publicKey: hex(boardKey.publicKey),
        batchSize: 3,
      },
      witnesses: [{ name: witness.name, organisation: 'Audit office', publicKey: hex(witness.publicKey) }],
      windows: null,
      ...changes,
    });
    held.set(pollId, poll);
    manifests.set(pollId, Buffer.from(poll.manifestBytes).toString());
    return poll;
  }

  return {
    ...first,
    witness,
    /** Names of witnesses that did not do what a board asked. */
    faults,
    boardKey,
    manifests,
    prepare,
    /** A poll in which ballots come in. */
    async open(pollId: string, changes: Partial<Manifest> = {}): Promise<HeldPoll> {
      const poll = await prepare(pollId, changes);
      await first.board.open(poll.manifestBytes);
      await inTransaction(first.connection, (session) => first.gates.open(pollId, session));
      return poll;
    },
    endCasting: (pollId: string) =>
      inTransaction(first.connection, (session) => first.gates.close(pollId, session)),
    /** Another process of the service on the same database. */
    async another() {
      const one = await startProcess(started);
      others.push(one);
      return one;
    },
    /** A leaf of a fresh voter, or of this one. */
    async leaf(pollId: string, by?: Voter, sequence = 1): Promise<Bytes> {
      const poll = held.get(pollId)!;
      return approve(poll, by ?? (await certifiedVoter(poll)), sequence, [0, 1]);
    },
    voter: (pollId: string) => certifiedVoter(held.get(pollId)!),
    async stop() {
      for (const one of [...others, first]) await one.app.close();
      await witness.close();
      await first.connection.dropDatabase();
      for (const one of [...others, first]) await one.connection.close();
    },
  };
}
export type BoardFixture = Awaited<ReturnType<typeof boardFixture>>;

interface Start {
  readonly url: string;
  readonly setting: BoardSetting;
  readonly manifests: ReadonlyMap<string, string | null>;
  readonly log: Logger;
}

async function startProcess({ url, setting, manifests, log }: Start) {
  const connection = await connectMongo(url, { appName: 'board-test' });
  const [gates, leaves] = [gateStore(connection), leafStore(connection)];
  const polls = {
    async get(pollId: string) {
      const manifest = manifests.get(pollId);
      if (manifest === undefined) throw new DomainError('not-found');
      return { manifest };
    },
  };
  const desks = deskStore(connection);
  const board = boardOf({ connection, polls, gates, leaves, desks, setting, log, now: () => new Date() });
  const casting = castingOf({ connection, board, gates, leaves });
  await prepareModels(connection);
  const tokens = await testTokens();
  const handlers = { ...boardRoutes({ board }), ...castingRoutes({ casting }) };
  const service = createService({
    api,
    auth: tokens.auth,
    log,
    publicUrl: 'http://ballots.test',
    connection,
    handlers,
  });
  const app = await testApp(service, api);
  const anyone = app.client();
  return {
    connection,
    gates,
    leaves,
    board,
    app,
    anyone,
    worker: createClient(api, {
      baseUrl: app.url,
      token: () => tokens.serviceToken('worker', 'ballots'),
    }),
    cast: (pollId: string, body: Bytes) => anyone.castBallot({ params: { pollId }, body }),
    /**
     * The published leaves in their order, after requiring that they are what every archived checkpoint says, ascend between
     * any two of them but for the closing record, and that none is there twice.
     */
    async soundBoard(pollId: string): Promise<Bytes[]> {
      const published: Bytes[] = [];
      for await (const leaf of board.leavesOf(pollId)) published.push(Uint8Array.from(leaf));
      const closing = await board.closingOf(pollId);
      const last = closing ? [Buffer.from(closing.record)] : [];
      const all = [Buffer.from(manifests.get(pollId)!), ...published, ...last];
      const hashes = all.map((leaf) => leafHash(leaf));
      const checkpoints = parseArchive(await board.archiveOf(pollId));
      const replay = new RootReplay(checkpoints);
      for (const hash of hashes) replay.append(hash);
      const { problems } = replay.finish();
      if (problems.length > 0) throw new Error(JSON.stringify(problems));
      const ends = new Set(checkpoints.map(({ size }) => size));
      if (!ends.has(hashes.length)) throw new Error('The last leaves are under no checkpoint');
      for (let at = 2; at < hashes.length - last.length; at += 1) {
        const isAscending = Buffer.compare(hashes[at - 1]!, hashes[at]!) < 0;
        if (!isAscending && !ends.has(at)) throw new Error(`Leaf ${at} does not ascend`);
      }
      if (new Set(hashes.map(hex)).size !== hashes.length) throw new Error('A leaf is there twice');
      return published;
    },
  };
}
