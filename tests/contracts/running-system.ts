import { lintulaPlan, playDemo } from '@talkoot/cli';
import type { Play } from '@talkoot/cli';
import type { ApiSpec, RouteSpec } from '@talkoot/api-contracts';
import { ballotsApi } from '@talkoot/api-contracts/ballots';
import { localAuditorApi, localIdentityApi } from '@talkoot/api-contracts/identity/local';
import { paymentsApi } from '@talkoot/api-contracts/payments';
import { projectsApi } from '@talkoot/api-contracts/projects';
import { witnessApi } from '@talkoot/api-contracts/witness';
import type { TraceLine } from '@talkoot/http-service/telemetry';
import { startStack } from '@talkoot/local-stack';
import type { StackHandle } from '@talkoot/local-stack';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Owner } from './databases.ts';
import { untilAtRest } from './rest.ts';

/** The whole system after a whole pilot, with everything that it logs and traces. */
export interface RunningSystem {
  readonly stack: StackHandle;
  readonly play: Play;
  readonly traceFile: string;
  stop(): Promise<void>;
}

/** What each service promises. */
export const apis: Readonly<Record<Owner, ApiSpec>> = {
  identity: localIdentityApi,
  auditor: localAuditorApi,
  witness: witnessApi,
  ballots: ballotsApi,
  projects: projectsApi,
  payments: paymentsApi,
};

export interface NamedRoute {
  readonly service: Owner;
  readonly name: string;
  readonly spec: RouteSpec;
}

/** Every route of every service. */
export const routes: readonly NamedRoute[] = Object.entries(apis).flatMap(([service, api]) =>
  Object.entries(api.routes).map(([name, spec]) => ({ service: service as Owner, name, spec })),
);

/** Starts a stack that traces and logs all it can, and plays a pilot on it. */
export async function startPlayedSystem(): Promise<RunningSystem> {
  const data = await mkdtemp(join(tmpdir(), 'talkoot-contracts-'));
  const traceFile = join(data, 'traces.jsonl');
  const stack = await withEnvironment({ TRACE_FILE: traceFile, LOG_LEVEL: 'debug' }, () =>
    startStack({ data }),
  );
  const stop = async () => {
    await stack.stop();
    await rm(data, { recursive: true, force: true });
  };
  try {
    const { play } = await playDemo({ plan: planInEarnest(), json: true, data });
    await untilAtRest(stack);
    return { stack, play, traceFile, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The small pilot, with batches as large as where people vote in earnest. */
function planInEarnest(): Play['plan'] {
  const plan = lintulaPlan();
  return { ...plan, charter: { ...plan.charter, poll: { ...plan.charter.poll, batchSize: 30 } } };
}

/** The processes of a stack take over what they know of telemetry from whoever starts it. */
async function withEnvironment<T>(
  variables: Readonly<Record<string, string>>,
  work: () => Promise<T>,
): Promise<T> {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, variables);
  try {
    return await work();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}

export async function spansOf({ traceFile }: RunningSystem): Promise<TraceLine[]> {
  const lines = (await readFile(traceFile, 'utf8')).split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as TraceLine);
}
