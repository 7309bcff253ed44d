import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { cacheDirectory } from '../provision/cache.ts';
import { identify, isSame, type ProcessIdentity } from '../supervisor/process-identity.ts';
import { stopGroup } from '../supervisor/stop-process.ts';
import type { Supervisor } from '../supervisor/supervisor.ts';

interface TestServerRecord {
  readonly owner: ProcessIdentity;
  readonly data: string;
  readonly processes: readonly ProcessIdentity[];
}

const folder = (): string => join(cacheDirectory(), 'test-servers');

/** Notes which processes a test run started, so that a later run can clear up after one that was killed. */
export function keepRecord(data: string): { write(supervisor: Supervisor): void; forget(): void } {
  const file = join(folder(), `${basename(data)}.json`);
  const owner = identify(process.pid);
  return {
    write(supervisor) {
      if (!owner) return;
      const processes = supervisor.processes.flatMap(({ identity }) => identity ?? []);
      mkdirSync(folder(), { recursive: true });
      writeFileSync(file, JSON.stringify({ owner, data, processes } satisfies TestServerRecord));
    },
    forget: () => rmSync(file, { force: true }),
  };
}

/** Stops the servers of test runs that no longer exist, and deletes their data. */
export async function sweepTestServers(): Promise<void> {
  mkdirSync(folder(), { recursive: true });
  for (const name of readdirSync(folder())) {
    const file = join(folder(), name);
    const record = read(file);
    if (!record || isSame(record.owner)) continue;
    await Promise.all(record.processes.map((identity) => stopGroup(identity, 0)));
    rmSync(record.data, { recursive: true, force: true });
    rmSync(file, { force: true });
  }
}

function read(file: string): TestServerRecord | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as TestServerRecord;
  } catch {
    // Being written by a run that is alive.
    return undefined;
  }
}
