import { closeSync, fstatSync, openSync, readSync, renameSync, statSync } from 'node:fs';

const largest = 20 * 1024 * 1024;

/** Opens a process's log for appending; one that has grown large is put aside as `.1` first. */
export function openLog(path: string): number {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > largest) renameSync(path, `${path}.1`);
  return openSync(path, 'a', 0o600);
}

/** The last few lines of a log, for an error message. */
export function lastLines(path: string, count = 8): string {
  try {
    const file = openSync(path, 'r');
    const { size } = fstatSync(file);
    const tail = Buffer.alloc(Math.min(size, 4_096));
    readSync(file, tail, 0, tail.length, size - tail.length);
    closeSync(file);
    return tail.toString('utf8').trimEnd().split('\n').slice(-count).join('\n');
  } catch {
    return '';
  }
}
