import { setTimeout as delay } from 'node:timers/promises';
import { isSame } from '../supervisor/process-identity.ts';
import { NotReady } from '../supervisor/supervisor.errors.ts';
import { dataDirectory, type DataDirectory } from './data-directory.ts';
import { environmentOf } from './environment.ts';
import type { ProcessName } from './process-names.ts';
import { keyFiles, secretsOf } from './secrets.ts';
import { StackNotRunning } from './stack.errors.ts';
import type { StackHandle } from './stack.ts';
import { readState, type RunningProcess, type StackState } from './stack-state.ts';

const lookEvery = 100;

/** Finds the stack that runs in a data directory, or nothing. */
export function runningStack(data?: string): StackState | undefined {
  const state = readState(dataDirectory(data));
  return state && isSame(state.supervisor) ? state : undefined;
}

/**
 * Joins a stack that another process runs.
 * @throws StackNotRunning
 */
export async function attachStack(data?: string): Promise<StackHandle> {
  const directory = dataDirectory(data);
  const state = runningStack(data);
  if (!state) throw new StackNotRunning(directory.root);
  const facts = {
    ports: state.ports,
    secrets: await secretsOf(directory.secrets),
    keys: keyFiles(directory.secrets),
  };
  return {
    data: directory.root,
    urls: state.urls,
    environment: environmentOf('cli', facts),
    pid: (name) => processOf(directory, name)?.pid,
    kill: (name, signal = 'SIGKILL') => kill(directory, name, signal),
    waitReady: (name, within = 60_000) => waitReady(directory, name, within),
    stop: () => stop(directory, state),
  };
}

function processOf(directory: DataDirectory, name: ProcessName): RunningProcess | undefined {
  return readState(directory)?.processes[name];
}

async function kill(directory: DataDirectory, name: ProcessName, signal: NodeJS.Signals): Promise<void> {
  const found = processOf(directory, name);
  if (!found || !isSame(found)) return;
  process.kill(found.pid, signal);
  // Until the supervisor has noticed, the file still calls the dead process ready.
  while (processOf(directory, name)?.pid === found.pid) await delay(lookEvery / 4);
}

async function waitReady(directory: DataDirectory, name: ProcessName, within: number): Promise<void> {
  const deadline = Date.now() + within;
  for (;;) {
    const found = processOf(directory, name);
    if (found?.state === 'ready') return;
    if (Date.now() > deadline)
      throw new NotReady(name, `no answer within ${within / 1000} s`, found?.log ?? 'missing', '');
    await delay(lookEvery);
  }
}

async function stop(directory: DataDirectory, { supervisor }: StackState): Promise<void> {
  if (!isSame(supervisor)) throw new StackNotRunning(directory.root);
  process.kill(supervisor.pid, 'SIGTERM');
  while (isSame(supervisor)) await delay(lookEvery);
}
