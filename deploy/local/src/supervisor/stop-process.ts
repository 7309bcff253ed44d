import { setTimeout as delay } from 'node:timers/promises';
import { isSame, type ProcessIdentity } from './process-identity.ts';

const lookEvery = 25;

/**
 * Stops a process the supervisor started, with its whole process group: asks first, kills after
 * `within` milliseconds. Does nothing when that very process no longer runs.
 */
export async function stopGroup(identity: ProcessIdentity, within: number): Promise<void> {
  if (!isSame(identity)) return;
  signal(identity.pid, 'SIGTERM');
  const deadline = Date.now() + within;
  while (isSame(identity) && Date.now() < deadline) await delay(lookEvery);
  // Also when the leader has gone: its children may be left.
  killGroup(identity.pid);
  while (isSame(identity)) await delay(lookEvery);
}

/** Kills whatever is left of a process group. */
export function killGroup(leader: number): void {
  signal(-leader, 'SIGKILL');
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // Gone already: that is what was wanted.
  }
}
