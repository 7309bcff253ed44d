import { InvalidArgumentError } from 'commander';
import { runningStack, type StackProgress } from '@talkoot/local-stack';
import type { Command } from 'commander';
import { readFile } from 'node:fs/promises';
import { lintulaPlan } from './demo/plans/lintula.plan.ts';
import { pabulibPlan } from './demo/plans/pabulib.plan.ts';
import { describe } from './demo/report.ts';
import { DemoInterrupted, playDemo } from './demo/run.ts';
import { createStackReporter } from './stack.report.ts';
import { stopOnSignal } from './stop-on-signal.ts';
import { isLive } from './terminal.ts';

interface Options {
  readonly votes?: string;
  readonly chaos?: number;
  readonly keep?: boolean;
  readonly json?: boolean;
  readonly data?: string;
}

/** `talkoot demo`: a whole pilot, from sponsor to payout, through the public APIs. */
export function registerDemo(program: Command): void {
  program
    .command('demo')
    .description('Play a whole pilot through the public APIs, each actor signed in as themself')
    .option('--votes <file>', 'a Pabulib election (.pb): its projects become proposals, its voters residents')
    .option('--chaos <seed>', 'kill processes in turn on the way and restart them', readSeed)
    .option('--keep', 'leave the stack up afterwards')
    .option('--data <dir>', 'directory of the state of the stack (default: $TALKOOT_DATA or .talkoot/stack)')
    .option('--json', 'print {"result","run"} as JSON; progress goes to stderr')
    .action(demo);
}

async function demo({ votes, chaos, keep = false, json = false, data }: Options): Promise<void> {
  const plan = votes === undefined ? lintulaPlan() : pabulibPlan(await readFile(votes, 'utf8'));
  const signal = stopOnSignal();
  const stays = keep || runningStack(data) !== undefined;
  const reporter = createStackReporter({ json: false, terminal: isLive(process.stdout) && !json });
  let isOver = false;
  // Who reads the report need not read how the stack stops.
  const onProgress = (progress: StackProgress) => (json || isOver ? undefined : reporter.progress(progress));
  const { play, result, run, stop } = await playDemo({
    plan,
    json,
    signal,
    ...(chaos === undefined ? {} : { chaosSeed: chaos }),
    ...(data === undefined ? {} : { data }),
    onProgress,
    onStarted: () => reporter.close(),
  })
    .finally(() => reporter.close())
    .catch(endIfInterrupted);
  try {
    const text = json
      ? JSON.stringify({ result, run }, null, 2)
      : await describe(play, result, run, { stays });
    process.stdout.write(`${text}\n`);
    if (keep && !signal.aborted) await stayUp(signal);
  } finally {
    isOver = true;
    await stop();
    reporter.close();
  }
}

/** The act that was under way has nobody to answer it any more, and would go on asking. */
function endIfInterrupted(error: unknown): never {
  if (!(error instanceof DemoInterrupted)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(130);
}

async function stayUp(signal: AbortSignal): Promise<void> {
  process.stderr.write('The stack stays up. Ctrl-C stops it.\n');
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}

function readSeed(text: string): number {
  const seed = Number(text);
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new InvalidArgumentError('A seed is a whole number from 0.');
  return seed;
}
