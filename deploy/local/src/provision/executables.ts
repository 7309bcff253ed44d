import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';

/** Finds a command on the PATH, or nothing. */
export function onPath(command: string, environment: NodeJS.ProcessEnv = process.env): string | undefined {
  return (environment['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, command))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** The first dotted version a command prints about itself, or nothing when it does not run. */
export async function versionOf(command: string, ...args: string[]): Promise<string | undefined> {
  const { all, failed } = await execa(command, args, { all: true, reject: false, timeout: 30_000 });
  if (failed) return undefined;
  return /\d+(?:\.\d+)+/.exec(all ?? '')?.[0];
}

/** True when dotted `version` is `minimum` or later. */
export function atLeast(version: string, minimum: string): boolean {
  return version.localeCompare(minimum, 'en', { numeric: true }) >= 0;
}

export interface Java {
  readonly command: string;
  readonly version: string;
}

/** Java from `JAVA_HOME`, else from the PATH, with its version. */
export async function findJava(environment: NodeJS.ProcessEnv = process.env): Promise<Java | undefined> {
  const home = environment['JAVA_HOME'];
  const candidates = [home && join(home, 'bin', 'java'), onPath('java', environment)];
  for (const command of candidates) {
    if (!command || !isExecutable(command)) continue;
    const version = await versionOf(command, '-version');
    if (version) return { command, version };
  }
  return undefined;
}

/** The oldest Java that Kafka's broker runs on. */
export const oldestJava = '17';
