import { connectMongo, inTransaction, prepareModels } from '@talkoot/http-service';
import { leafHash, newSigningKey } from '@talkoot/ballot-protocol';
import { preparePoll } from '@talkoot/ballot-protocol/testing';
import type { HeldPoll } from '@talkoot/ballot-protocol/testing';
import type { TestServers } from '@talkoot/local-stack/testing';
import { logStore, witnessedLog } from '@talkoot/witnessed-log';
import { startTestWitness } from '@talkoot/witnessed-log/testing';
import type { TestWitness } from '@talkoot/witnessed-log/testing';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { BenchContext } from '../bench.ts';

export const pollId = 'pol-bench';
const folder = fileURLToPath(new URL('../../../services/ballots', import.meta.url));
const longestStart = 60_000;
const longestStop = 20_000;

/** The ballots service as it is deployed, and a poll in which ballots come in. */
export interface BallotsService {
  readonly pid: number;
  readonly castUrl: string;
  readonly poll: HeldPoll;
  /** How many leaves it stored, and how many of them are on the board. */
  outcome(): Promise<{ readonly stored: number; readonly published: number }>;
}

export async function startBallots(
  context: BenchContext,
  servers: TestServers,
  database: string,
  batchSize: number,
): Promise<BallotsService> {
  const boardKey = newSigningKey();
  const witness = await startTestWitness({ keyOf: () => boardKey.publicKey });
  context.cleanUp.defer(() => witness.close());
  const poll = await pollUnder(boardKey.publicKey, witness, batchSize);
  const connection = await connectMongo(database, { appName: 'bench' });
  context.cleanUp.defer(() => connection.close());
  await openPoll(connection, poll, { secretKey: boardKey.secretKey, witness });
  const port = await freePort();
  const service = spawn(process.execPath, [...profiling(context), '--import', register, 'src/main.ts'], {
    cwd: folder,
    env: { ...process.env, ...environment(servers, database, port, boardKey.secretKey, witness) },
    stdio: ['ignore', 'ignore', 2],
  });
  context.cleanUp.defer(() => stopped(service));
  await ready(service, `http://127.0.0.1:${port}/ready`);
  const leaves = connection.collection('leaves');
  return {
    pid: service.pid!,
    castUrl: `http://127.0.0.1:${port}/v1/polls/${pollId}/ballots`,
    poll,
    outcome: async () => ({
      stored: await leaves.countDocuments({ poll: pollId }),
      published: await leaves.countDocuments({ poll: pollId, batch: { $gt: 0 } }),
    }),
  };
}

const register = '@talkoot/http-service/register';
const profiling = ({ profile }: BenchContext) =>
  profile === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', profile];

function pollUnder(boardKey: Uint8Array, witness: TestWitness, batchSize: number): Promise<HeldPoll> {
  const publicKey = Buffer.from(boardKey).toString('hex');
  return preparePoll({
    poll: pollId,
    board: { origin: `bench.test/lintula/${pollId}`, publicKey, batchSize },
    witnesses: [
      {
        name: witness.name,
        organisation: 'Audit office',
        publicKey: Buffer.from(witness.publicKey).toString('hex'),
      },
    ],
  });
}

/** What the service has of a poll once it is open, without the weeks before that. */
async function openPoll(
  connection: Awaited<ReturnType<typeof connectMongo>>,
  { manifestBytes, binding }: HeldPoll,
  { secretKey, witness }: { readonly secretKey: Uint8Array; readonly witness: TestWitness },
): Promise<void> {
  const { origin } = binding.manifest.board;
  const log = witnessedLog(logStore(connection), { origin, secretKey, witnesses: [witness] });
  await prepareModels(connection);
  await inTransaction(connection, (session) => log.append(0, [leafHash(manifestBytes)], session));
  await log.checkpoint();
  const manifest = Buffer.from(manifestBytes).toString();
  const polls = connection.collection<{ _id: string }>('polls');
  await polls.insertOne({ _id: pollId, municipalityId: 'lintula', manifest } as { _id: string });
  const gates = connection.collection<{ _id: string }>('gates');
  await gates.insertOne({ _id: pollId, state: 'open', complaints: 0 } as { _id: string });
}

function environment(
  servers: TestServers,
  database: string,
  port: number,
  boardKey: Uint8Array,
  witness: TestWitness,
): Record<string, string> {
  const nobody = 'http://127.0.0.1:9';
  return {
    PORT: String(port),
    MONGODB_URL: database,
    KAFKA_BROKERS: servers.kafkaBrokers,
    TEMPORAL_ADDRESS: '127.0.0.1:9',
    IDENTITY_URL: nobody,
    AUDITOR_URL: nobody,
    BALLOTS_URL: `http://127.0.0.1:${port}`,
    PROJECTS_URL: nobody,
    PAYMENTS_URL: nobody,
    SERVICE_KEY_FILE: 'nobody.jwk.json',
    SERVICE_KEYS_DIR: folder,
    LOG_LEVEL: 'warn',
    NODE_ENV: 'production',
    BOARD_KEY: Buffer.from(boardKey).toString('base64'),
    BOARD_ORIGIN: 'bench.test',
    WITNESSES: witness.config,
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function ready(service: ChildProcess, url: string): Promise<void> {
  const end = performance.now() + longestStart;
  for (;;) {
    if (service.exitCode !== null) throw new Error('the ballots service has ended');
    if (performance.now() > end) throw new Error('the ballots service does not get ready');
    const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) }).catch(() => null);
    await answer?.body?.cancel();
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function stopped(service: ChildProcess): Promise<void> {
  if (service.exitCode !== null) return;
  const ended = once(service, 'exit');
  service.kill('SIGTERM');
  const kill = setTimeout(() => service.kill('SIGKILL'), longestStop);
  await ended;
  clearTimeout(kill);
}
