import { provisionAll, type Progress } from '../provision/provision.ts';
import type { RestartPolicy } from '../supervisor/restart.ts';
import type { ProcessState } from '../supervisor/supervised-process.ts';
import { StartInterrupted } from '../supervisor/supervisor.errors.ts';
import { Supervisor } from '../supervisor/supervisor.ts';
import { createDirectory, dataDirectory, dropState, type DataDirectory } from './data-directory.ts';
import { environmentOf, urlsOf, type StackFacts, type StackUrls } from './environment.ts';
import { processNames, type ProcessName } from './process-names.ts';
import { plansOf, serversOf, withNeeds, type ProcessEnvironments } from './process-table.ts';
import { keyFiles, secretsOf } from './secrets.ts';
import { portsOf } from './stack-ports.ts';
import { clearLeftovers, forgetState, writeState } from './stack-state.ts';

export type StackProgress =
  | ({ readonly kind: 'provision' } & Progress)
  | { readonly kind: 'cleared'; readonly processes: readonly string[] }
  | {
      readonly kind: 'process';
      readonly name: string;
      readonly state: ProcessState;
      readonly log: string;
      /** Why it last left, when it did. */
      readonly lastExit: string | undefined;
    };

export interface StackOptions {
  /** Data directory; `TALKOOT_DATA` or `.talkoot/stack` in the repository when absent. */
  readonly data?: string;
  /** Drops the state of earlier runs first. */
  readonly fresh?: boolean;
  /** Only these and what they need; everything when absent. */
  readonly processes?: readonly ProcessName[];
  readonly policy?: RestartPolicy;
  /** Variables of single services, in place of what the stack would tell them. */
  readonly environment?: ProcessEnvironments;
  readonly onProgress?: (progress: StackProgress) => void;
  /** Interrupts the start: what has started is stopped, and `startStack` rejects with StartInterrupted. */
  readonly signal?: AbortSignal;
}

/** A running stack, whoever started it. */
export interface StackHandle {
  readonly data: string;
  readonly urls: StackUrls;
  /** The configuration of a command that works with the stack: addresses, the CLI's service key, local secrets. */
  readonly environment: Readonly<Record<string, string>>;
  /** The process number now, or nothing: between an exit and the restart, or when it is not part of this stack. */
  pid(name: ProcessName): number | undefined;
  /** Kills a process and resolves when it is gone. The supervisor starts it again. */
  kill(name: ProcessName, signal?: 'SIGKILL' | 'SIGTERM'): Promise<void>;
  /** Resolves when the process serves; rejects with NotReady after `within` milliseconds. */
  waitReady(name: ProcessName, within?: number): Promise<void>;
  /** Stops every process, in the reverse order of their start. */
  stop(): Promise<void>;
}

/**
 * Starts the system and resolves when all of it serves. Leftovers of a stack that was killed are stopped first.
 * @throws StackRunning | ServerUnavailable | PortHeld | NotReady | StartInterrupted
 */
export async function startStack(options: StackOptions = {}): Promise<StackHandle> {
  const { fresh = false, processes = processNames, environment = {}, onProgress = () => {} } = options;
  const directory = dataDirectory(options.data);
  const names = withNeeds(processes);
  const cleared = await clearLeftovers(directory);
  if (cleared.length > 0) onProgress({ kind: 'cleared', processes: cleared });
  if (fresh) dropState(directory);
  const servers = await provisionAll((step) => onProgress({ kind: 'provision', ...step }), serversOf(names));
  const facts = await factsOf(directory);
  const plans = await plansOf(names, { ...facts, data: directory.root, servers, environment });
  return runSupervised(directory, facts, plans, options);
}

/** What the environments are made of: kept in the data directory, made there at the first start. */
export async function factsOf(directory: DataDirectory): Promise<StackFacts> {
  createDirectory(directory);
  const ports = await portsOf(directory);
  return { ports, secrets: await secretsOf(directory.secrets), keys: keyFiles(directory.secrets) };
}

async function runSupervised(
  directory: DataDirectory,
  facts: StackFacts,
  plans: Awaited<ReturnType<typeof plansOf>>,
  { policy, onProgress = () => {}, signal }: StackOptions,
): Promise<StackHandle> {
  const urls = urlsOf(facts.ports);
  const supervisor = new Supervisor({
    plans,
    logs: directory.logs,
    ...(policy && { policy }),
    onChange: ({ plan, state, log, lastExit }) => {
      writeState(directory, facts.ports, urls, supervisor);
      onProgress({ kind: 'process', name: plan.name, state, log, lastExit });
    },
  });
  writeState(directory, facts.ports, urls);
  const stop = async (): Promise<void> => {
    await supervisor.stop();
    forgetState(directory);
  };
  const interrupt = (): void => void supervisor.stop();
  signal?.addEventListener('abort', interrupt);
  try {
    if (signal?.aborted) throw new StartInterrupted();
    await supervisor.start();
  } catch (error) {
    forgetState(directory);
    throw error;
  } finally {
    signal?.removeEventListener('abort', interrupt);
  }
  return {
    data: directory.root,
    urls,
    environment: environmentOf('cli', facts),
    pid: (name) => supervisor.processes.find(({ plan }) => plan.name === name)?.identity?.pid,
    kill: (name, signal = 'SIGKILL') => supervisor.process(name).kill(signal),
    waitReady: (name, within = 60_000) => supervisor.process(name).waitReady(within),
    stop,
  };
}
