import { rmSync } from 'node:fs';
import { identify, isSame, type ProcessIdentity } from '../supervisor/process-identity.ts';
import { stopGroup } from '../supervisor/stop-process.ts';
import type { ProcessState } from '../supervisor/supervised-process.ts';
import type { Supervisor } from '../supervisor/supervisor.ts';
import type { DataDirectory } from './data-directory.ts';
import type { StackUrls } from './environment.ts';
import { readJson, writeJson } from './json-file.ts';
import type { Ports } from './process-names.ts';
import { StackRunning } from './stack.errors.ts';

/** What `stack.json` says: present while a stack runs, or after it ended uncleanly. */
export interface StackState {
  readonly supervisor: ProcessIdentity;
  readonly ports: Ports;
  readonly urls: StackUrls;
  readonly processes: Readonly<Record<string, RunningProcess>>;
  /** Those that do not run: not started yet, or between an exit and the restart. */
  readonly down: Readonly<Record<string, DownProcess>>;
}

interface DownProcess {
  readonly state: ProcessState;
  readonly restarts: number;
  readonly log: string;
}

export interface RunningProcess extends DownProcess, ProcessIdentity {}

export function readState({ state }: DataDirectory): StackState | undefined {
  return readJson(state) as StackState | undefined;
}

export function writeState(
  { state }: DataDirectory,
  ports: Ports,
  urls: StackUrls,
  supervisor?: Supervisor,
): void {
  const owner = identify(process.pid);
  if (!owner) throw new Error('This process cannot find itself in the process table');
  const running = supervisor?.processes.flatMap(({ plan, identity, state, restarts, log }) =>
    identity ? [[plan.name, { ...identity, state, restarts, log }] as const] : [],
  );
  const waiting = supervisor?.processes.flatMap(({ plan, identity, state, restarts, log }) =>
    identity ? [] : [[plan.name, { state, restarts, log }] as const],
  );
  const processes = Object.fromEntries(running ?? []);
  const down = Object.fromEntries(waiting ?? []);
  writeJson(state, { supervisor: owner, ports, urls, processes, down } satisfies StackState);
}

export function forgetState({ state }: DataDirectory): void {
  rmSync(state, { force: true });
}

/**
 * Stops what an earlier stack left when it was killed itself: only the very processes it started.
 * @throws StackRunning when that stack is alive
 */
export async function clearLeftovers(directory: DataDirectory): Promise<string[]> {
  const state = readState(directory);
  if (!state) return [];
  if (isSame(state.supervisor)) throw new StackRunning(directory.root, state.supervisor.pid);
  const left = Object.entries(state.processes).filter(([, identity]) => isSame(identity));
  await Promise.all(left.map(([, identity]) => stopGroup(identity, 15_000)));
  forgetState(directory);
  return left.map(([name]) => name);
}
