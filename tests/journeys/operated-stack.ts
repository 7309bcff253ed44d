import { Chaos, lintulaPlan, readResult, scriptOf } from '@talkoot/cli';
import type { Play } from '@talkoot/cli';
import { connectMongo } from '@talkoot/http-service';
import { startStack } from '@talkoot/local-stack';
import type { StackHandle } from '@talkoot/local-stack';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const program = fileURLToPath(new URL('../../packages/cli/src/talkoot.ts', import.meta.url));
const silent = { count: () => {}, say: () => {} };

/** A whole stack with an operator at its command line. */
export interface OperatedStack {
  readonly stack: StackHandle;
  /** Runs `talkoot …` on this stack to its end; rejects with its words when it fails. */
  talkoot(...words: string[]): Promise<{ stdout: string; stderr: string }>;
  /** Starts `talkoot …` on this stack. */
  begin(...words: string[]): ChildProcess;
  /** Plays the demo's pilot in a municipality of its own. */
  play(municipality: string, course?: Course): Promise<Played>;
  /** SIGKILL to Temporal, and its store is gone; resolves when the empty one serves. */
  loseEngine(): Promise<void>;
  collection(owner: string, name: string): Promise<Records>;
  stop(): Promise<void>;
}

/** What differs from the demo's usual course. */
export interface Course {
  /** The small plan unless said otherwise. */
  readonly plan?: (full: Play['plan']) => Play['plan'];
  /** What runs beside the step of that title. */
  readonly meanwhile?: Readonly<Record<string, () => Promise<void>>>;
  /** Kills processes in turn on the way. */
  readonly chaosSeed?: number;
}
export interface Played {
  readonly play: Play;
  readonly result: string;
  readonly kills: readonly string[];
}
type Connection = Awaited<ReturnType<typeof connectMongo>>;
type Records = ReturnType<NonNullable<Connection['db']>['collection']>;

/** Starts the stack, on free ports and with a data directory of its own. */
export async function operatedStack(): Promise<OperatedStack> {
  const data = await mkdtemp(join(tmpdir(), 'talkoot-operated-'));
  const stack = await startStack({ data });
  const databases = new Map<string, Connection>();
  const argumentsOf = (words: readonly string[]) => [program, ...words, '--data', data];
  return {
    stack,
    talkoot: (...words) => run(process.execPath, argumentsOf(words), { maxBuffer: 64e6, timeout: 180_000 }),
    begin: (...words) =>
      spawn(process.execPath, argumentsOf(words), { stdio: ['ignore', 'pipe', 'inherit'] }),
    play: (municipality, course = {}) => playIn(stack, municipality, course),
    async loseEngine() {
      await stack.kill('temporal');
      // In the same turn as the exit: the supervisor starts the next one a moment later.
      rmSync(join(data, 'temporal'), { recursive: true });
      await stack.waitReady('temporal', 90_000);
    },
    async collection(owner, name) {
      const url = stack.environment[`${owner.toUpperCase()}_MONGODB_URL`]!;
      const open = databases.get(owner) ?? (await connectMongo(url, { appName: 'journey' }));
      databases.set(owner, open);
      return open.db!.collection(name);
    },
    async stop() {
      await Promise.all([...databases.values()].map((one) => one.close()));
      await stack.stop();
      await rm(data, { recursive: true, force: true });
    },
  };
}

/** The demo's pilot with fewer proposals and voters: every phase, sooner. */
export function smallPlan(plan: Play['plan']): Play['plan'] {
  const proposals = plan.proposals.filter(({ key }) => key !== 'library-evenings' && key !== 'shore-path');
  const keys = proposals.map(({ key }) => key);
  const ballots = plan.ballots.slice(0, 30).map((choices) => choices.filter((key) => keys.includes(key)));
  return { ...plan, proposals, ballots, residentsSignIn: false };
}

async function playIn(stack: StackHandle, municipality: string, course: Course): Promise<Played> {
  const { plan = smallPlan, meanwhile = {}, chaosSeed } = course;
  const script = scriptOf(stack, {
    ...plan(lintulaPlan()),
    municipality: { id: municipality, name: municipality },
  });
  const unknown = Object.keys(meanwhile).filter(
    (title) => !script.steps.some((step) => step.title === title),
  );
  if (unknown.length > 0) throw new Error(`No step is called ${unknown.join(', ')}`);
  const chaos = chaosSeed === undefined ? null : new Chaos(stack, chaosSeed);
  const steps = chaos?.during(script.steps) ?? script.steps;
  for (const { title, run } of steps) await Promise.all([run(silent), meanwhile[title]?.()]);
  await chaos?.end();
  const { play } = script;
  return { play, result: JSON.stringify(await readResult(play)), kills: chaos?.kills ?? [] };
}
