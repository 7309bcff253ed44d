import {
  attachStack,
  dataDirectory,
  processNames,
  runningStack,
  startStack,
  StackNotRunning,
  type ProcessName,
} from '@talkoot/local-stack';
import { Argument, InvalidArgumentError, type Command } from 'commander';
import { createStackReporter, describeStack } from './stack.report.ts';
import { stopOnSignal } from './stop-on-signal.ts';
import { isLive } from './terminal.ts';

interface Options {
  readonly data?: string;
  readonly fresh?: boolean;
  readonly json?: boolean;
  readonly only?: ProcessName[];
}

/** `talkoot stack`: runs the whole system on this machine until it is told to stop. */
export function registerStack(program: Command): void {
  program
    .command('stack')
    .description('Run the whole system on this machine, without containers, until Ctrl-C')
    .addArgument(new Argument('[action]', 'what to do').choices(['start', 'stop', 'status']).default('start'))
    .option('--data <dir>', 'directory of its state (default: $TALKOOT_DATA or .talkoot/stack)')
    .option('--fresh', 'drop the state of earlier runs first')
    .option('--only <names>', `only these, and what they need: ${processNames.join(',')}`, readNames)
    .option('--json', 'print one JSON object per line')
    .action(async (action: 'start' | 'stop' | 'status', options: Options) => {
      if (action === 'stop') return stop(options);
      if (action === 'status') return showStatus(options);
      return start(options);
    });
}

async function start({ data, fresh = false, only, json = false }: Options): Promise<void> {
  const signal = stopOnSignal();
  const reporter = createStackReporter({ json, terminal: isLive(process.stdout) });
  try {
    const stack = await startStack({
      fresh,
      signal,
      onProgress: (progress) => reporter.progress(progress),
      ...(data && { data }),
      ...(only && { processes: only }),
    });
    await reporter.ready(stack);
    await untilAborted(signal);
    await stack.stop();
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    reporter.close();
  }
}

async function stop({ data }: Options): Promise<void> {
  const stack = await attachStack(data);
  await stack.stop();
}

async function showStatus({ data, json = false }: Options): Promise<void> {
  const state = runningStack(data);
  if (!state) throw new StackNotRunning(dataDirectory(data).root);
  process.stdout.write(json ? `${JSON.stringify(state)}\n` : `${describeStack(state)}\n`);
}

function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

function readNames(list: string): ProcessName[] {
  const names = list.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !(processNames as readonly string[]).includes(name));
  if (unknown !== undefined) throw new InvalidArgumentError(`There is no process "${unknown}".`);
  return names as ProcessName[];
}
