import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { searchAttributes } from '@talkoot/workflow-contracts';
import { execa } from 'execa';
import { inherited, type ProcessPlan } from '../supervisor/process-plan.ts';

/** How the command line of the server spells the types. */
const spelling = { KEYWORD: 'Keyword', BOOL: 'Bool', DATETIME: 'Datetime' } as const;

// Pilots run for years and their histories are looked at afterwards.
const retention = '3650d';

export interface TemporalSettings {
  readonly executable: string;
  readonly data: string;
  readonly port: number;
  /** Absent: no web page is served. */
  readonly uiPort?: number;
}

/** The Temporal development server, with its store in one SQLite file. */
export function temporalPlan({ executable, data, port, uiPort }: TemporalSettings): ProcessPlan {
  const folder = join(data, 'temporal');
  const ui = uiPort === undefined ? ['--headless'] : ['--ui-port', String(uiPort)];
  return {
    name: 'temporal',
    command: executable,
    args: [
      ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), ...ui, '--log-level', 'warn'],
      ...['--db-filename', join(folder, 'temporal.db')],
      ...['--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=normal'],
      ...Object.values(searchAttributes).flatMap(({ name, type }) => [
        '--search-attribute',
        `${name}=${spelling[type]}`,
      ]),
    ],
    environment: inherited(),
    ports: uiPort === undefined ? [port] : [port, uiPort],
    needs: [],
    prepare: async () => void (await mkdir(folder, { recursive: true })),
    probe: () => keepsHistories(executable, port),
    readyWithin: 60_000,
    stopWithin: 20_000,
  };
}

/** Setting the retention doubles as the readiness probe: it works as soon as the namespace does. */
async function keepsHistories(executable: string, port: number): Promise<boolean> {
  const args = ['operator', 'namespace', 'update', '-n', 'default', '--retention', retention];
  const address = ['--address', `127.0.0.1:${port}`, '--command-timeout', '5s'];
  const { failed } = await execa(executable, [...args, ...address], { reject: false, timeout: 10_000 });
  return !failed;
}
