import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findJava } from './provision/executables.ts';
import { provision } from './provision/provision.ts';
import { kafkaPlan } from './servers/kafka.server.ts';
import { mongodbUrl, mongodPlan } from './servers/mongod.server.ts';
import { temporalPlan } from './servers/temporal.server.ts';
import { freePort } from './supervisor/ports.ts';
import type { ProcessPlan } from './supervisor/process-plan.ts';
import { Supervisor } from './supervisor/supervisor.ts';
import { keepRecord, sweepTestServers } from './testing/test-server-record.ts';

export type TestServer = 'mongod' | 'kafka' | 'temporal';

/** Real servers on free ports, in a directory that `stop` deletes. */
export interface TestServers {
  /** The replica set, without a database name: see `randomDatabaseUrl`. Empty when not asked for. */
  readonly mongodbUrl: string;
  /** Comma-separated `host:port`. Empty when not asked for. */
  readonly kafkaBrokers: string;
  /** `host:port`. Empty when not asked for. */
  readonly temporalAddress: string;
  /** Number of the server's process; null while there is none. */
  pid(server: TestServer): number | null;
  /** Kills one with SIGKILL; it is started again on the same data. */
  kill(server: TestServer): Promise<void>;
  /** Resolves when the server serves, or rejects with NotReady after `within` milliseconds. */
  waitReady(server: TestServer, within?: number): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts real servers for a test and resolves when they serve.
 * @throws ServerUnavailable | NotReady
 */
export async function startTestServers(wanted: readonly TestServer[]): Promise<TestServers> {
  await sweepTestServers();
  const data = await mkdtemp(join(tmpdir(), 'talkoot-test-'));
  const ports = { mongod: await freePort(), kafka: await freePort(), temporal: await freePort() };
  const plans = await Promise.all(wanted.map((server) => plan(server, data, ports[server])));
  const record = keepRecord(data);
  const supervisor = new Supervisor({
    plans,
    logs: join(data, 'logs'),
    onChange: () => record.write(supervisor),
  });
  await supervisor.start();
  return {
    mongodbUrl: wanted.includes('mongod') ? mongodbUrl(ports.mongod) : '',
    kafkaBrokers: wanted.includes('kafka') ? `127.0.0.1:${ports.kafka}` : '',
    temporalAddress: wanted.includes('temporal') ? `127.0.0.1:${ports.temporal}` : '',
    pid: (server) => supervisor.process(server).identity?.pid ?? null,
    kill: (server) => supervisor.process(server).kill('SIGKILL'),
    waitReady: (server, within = 60_000) => supervisor.process(server).waitReady(within),
    stop: async () => {
      await supervisor.stop();
      record.forget();
      await rm(data, { recursive: true, force: true });
    },
  };
}

/** The same replica set, with a database nobody else uses. */
export function randomDatabaseUrl(url: string): string {
  return url.replace('/?', `/test_${randomUUID().replaceAll('-', '')}?`);
}

async function plan(server: TestServer, data: string, port: number): Promise<ProcessPlan> {
  const { path } = await provision(server);
  if (server === 'mongod') return quickToStop(mongodPlan({ executable: path, data, port }));
  if (server === 'temporal') return quickToStop(temporalPlan({ executable: path, data, port }));
  const java = await findJava();
  if (!java) throw new Error('Kafka needs Java, which is not on the PATH');
  const controllerPort = await freePort();
  return quickToStop(kafkaPlan({ java: java.command, libs: path, data, port, controllerPort }));
}

/** The data is thrown away, so nothing is worth an orderly end. */
function quickToStop(usual: ProcessPlan): ProcessPlan {
  return { ...usual, stopWithin: 0 };
}
