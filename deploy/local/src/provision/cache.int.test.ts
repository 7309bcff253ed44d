import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { appendFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cached } from './cache.ts';
import { verifyJars } from './kafka-jars.ts';

let cache: string;

beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'talkoot-cache-'));
});

afterEach(() => rmSync(cache, { recursive: true }));

test('an entry is filled once, whoever asks at the same time', async () => {
  let fills = 0;
  const fill = async (directory: string): Promise<void> => {
    fills += 1;
    await writeFile(join(directory, 'server'), 'binary');
  };
  const entries = await Promise.all([1, 2, 3].map(() => cached('server-1', fill, cache)));
  expect(fills).toBe(1);
  expect(new Set(entries).size).toBe(1);
  expect(readdirSync(cache)).toEqual(['server-1']);
});

test('a download that breaks off leaves no entry, and the next one works', async () => {
  const broken = async (directory: string): Promise<void> => {
    await appendFile(join(directory, 'server'), 'half a bin');
    throw new Error('connection lost');
  };
  await expect(cached('server-1', broken, cache)).rejects.toThrow('connection lost');
  expect(readdirSync(cache)).toEqual([]);
  const entry = await cached('server-1', async () => {}, cache);
  expect(existsSync(entry)).toBe(true);
});

test('a lock is taken over when its holder has died', async () => {
  const dead = await new Promise<number>((resolve) => {
    const child = execFile(process.execPath, ['-e', '']);
    child.once('exit', () => resolve(child.pid ?? 0));
  });
  writeFileSync(join(cache, 'server-1.lock'), String(dead));
  const entry = await cached('server-1', async () => {}, cache);
  expect(existsSync(entry)).toBe(true);
});

const sha256OfJar = '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881';

test('exactly the jars of the manifest are accepted', async () => {
  writeFileSync(join(cache, 'kafka.jar'), 'x');
  await expect(verifyJars(cache, `${sha256OfJar}  kafka.jar\n`)).resolves.toBeUndefined();
  await expect(verifyJars(cache, `${sha256OfJar}  kafka.jar\n${sha256OfJar}  raft.jar\n`)).rejects.toThrow(
    'raft.jar',
  );
  await expect(verifyJars(cache, `${'0'.repeat(64)}  kafka.jar\n`)).rejects.toMatchObject({
    code: 'checksum-mismatch',
  });
  writeFileSync(join(cache, 'stranger.jar'), 'y');
  await expect(verifyJars(cache, `${sha256OfJar}  kafka.jar\n`)).rejects.toMatchObject({
    code: 'checksum-mismatch',
  });
});
