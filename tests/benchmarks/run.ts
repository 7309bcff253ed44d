import { mkdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { BenchContext, Measured } from './bench.ts';
import { describeMachine } from './report/machine.ts';
import { progressOn } from './report/progress.ts';
import type { Report } from './report/report.shape.ts';
import { tableOf } from './report/table.ts';

const usage = `usage: npm run bench -- lifecycle|events|allocation|verify|ballots|impact|ledger [--json] [--quick] [--profile FOLDER] [--ballots N]
  --json     print the report as data; progress goes to stderr either way
  --quick    tiny sizes: shows that the benchmark runs, measures nothing
  --profile  write CPU profiles of the processes under test to a folder
  --ballots  of verify: so many instead of 100,000, up to 1,000,000
`;
const benchmarks = {
  lifecycle: async (context: BenchContext): Promise<Measured> =>
    (await import('./lifecycle/lifecycle.bench.ts')).measureLifecycle(context),
  events: async (context: BenchContext): Promise<Measured> =>
    (await import('./events/events.bench.ts')).measureEvents(context),
  allocation: async (context: BenchContext): Promise<Measured> =>
    (await import('./allocation/allocation.bench.ts')).measureAllocation(context),
  verify: async (context: BenchContext): Promise<Measured> =>
    (await import('./verify/verify.bench.ts')).measureVerify(context),
  ballots: async (context: BenchContext): Promise<Measured> =>
    (await import('./ballots/ballots.bench.ts')).measureBallots(context),
  impact: async (context: BenchContext): Promise<Measured> =>
    (await import('./impact/impact.bench.ts')).measureImpact(context),
  ledger: async (context: BenchContext): Promise<Measured> =>
    (await import('./ledger/ledger.bench.ts')).measureLedger(context),
} as const;
/** A quiet machine needs five minutes, twenty for a million ballots; one with other work several times that. */
const LONGEST_RUN = 3_600_000;
const mostBallots = 1_000_000;

const asked = readArguments(process.argv.slice(2));
if (typeof asked === 'string') {
  process.stderr.write(`${asked}\n${usage}`);
  process.exit(2);
}
process.exit(await run(asked));

interface Asked {
  readonly benchmark: keyof typeof benchmarks;
  readonly json: boolean;
  readonly quick: boolean;
  readonly profile: string | undefined;
  readonly ballots: number | undefined;
}

function readArguments(words: string[]): Asked | string {
  const options = {
    json: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    profile: { type: 'string' },
    ballots: { type: 'string' },
  } as const;
  try {
    const { positionals, values } = parseArgs({ args: words, options, allowPositionals: true });
    const [benchmark, ...rest] = positionals;
    if (benchmark === undefined || !isBenchmark(benchmark))
      return `Name one benchmark: ${Object.keys(benchmarks).join(', ')}.`;
    if (rest.length > 0) return `One benchmark at a time, not also ${rest.join(' ')}.`;
    const ballots = values.ballots === undefined ? undefined : Number(values.ballots);
    if (ballots !== undefined && benchmark !== 'verify') return 'Only verify takes a number of ballots.';
    if (ballots !== undefined && !(Number.isInteger(ballots) && ballots >= 1 && ballots <= mostBallots))
      return `A number of ballots is from 1 to ${mostBallots}.`;
    return { benchmark, json: values.json, quick: values.quick, profile: values.profile, ballots };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function isBenchmark(word: string): word is keyof typeof benchmarks {
  return Object.hasOwn(benchmarks, word);
}

/** @returns the exit code: 130 when somebody stopped it */
async function run({ benchmark, json, quick, profile, ballots }: Asked): Promise<number> {
  const ending = new AbortController();
  let isStopped = false;
  const stop = () => {
    isStopped = true;
    ending.abort();
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, stop);
  const late = setTimeout(() => ending.abort(new Error('the benchmark takes too long')), LONGEST_RUN);
  if (profile !== undefined) mkdirSync(profile, { recursive: true });
  const machine = describeMachine();
  const progress = progressOn(process.stderr);
  const begun = performance.now();
  const cleanUp = new AsyncDisposableStack();
  const context: BenchContext = { quick, profile, ballots, progress, cleanUp };
  try {
    const measured = await Promise.race([benchmarks[benchmark](context), whenAborted(ending.signal)]);
    const seconds = Math.round((performance.now() - begun) / 1_000);
    const report: Report = { benchmark, quick, machine, ...measured, seconds };
    process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : tableOf(report));
    return 0;
  } catch (error) {
    if (!isStopped) throw error;
    process.stderr.write('Stopped; putting things away.\n');
    return 130;
  } finally {
    clearTimeout(late);
    progress.end();
    await cleanUp.disposeAsync();
  }
}

function whenAborted(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  return promise;
}
