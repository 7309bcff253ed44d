import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive } from '../supervisor/process-identity.ts';

/** The per-user directory of downloaded servers. `XDG_CACHE_HOME` moves it. */
export function cacheDirectory(environment: NodeJS.ProcessEnv = process.env): string {
  return join(environment['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'talkoot');
}

/**
 * Returns the cache entry `key`, filling it first when it is missing. Concurrent callers,
 * also in other processes, wait for the one that fills; an entry appears whole or not at all.
 */
export async function cached(
  key: string,
  fill: (directory: string) => Promise<void>,
  cache: string = cacheDirectory(),
): Promise<string> {
  const entry = join(cache, key);
  if (existsSync(entry)) return entry;
  await mkdir(cache, { recursive: true });
  const unlock = await lock(`${entry}.lock`);
  try {
    if (!existsSync(entry)) await fillWhole(entry, fill);
    return entry;
  } finally {
    await unlock();
  }
}

async function fillWhole(entry: string, fill: (directory: string) => Promise<void>): Promise<void> {
  const partial = `${entry}.${randomUUID()}.partial`;
  await mkdir(partial);
  try {
    await fill(partial);
    await rename(partial, entry);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

async function lock(path: string): Promise<() => Promise<void>> {
  for (;;) {
    try {
      const file = await open(path, 'wx');
      await file.writeFile(String(process.pid));
      await file.close();
      return () => rm(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    if (await abandoned(path)) await rm(path, { force: true });
    else await delay(200);
  }
}

/** A lock whose holder has died is taken over; the rename keeps two fillers harmless. */
async function abandoned(path: string): Promise<boolean> {
  const [holder, changed] = await Promise.all([
    readFile(path, 'utf8').then(Number, () => 0),
    stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => Date.now(),
    ),
  ]);
  if (holder > 0) return !isAlive(holder);
  // Made, but never signed: its maker died in between, unless that was a moment ago.
  return Date.now() - changed > 5_000;
}
