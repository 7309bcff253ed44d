import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isAlive } from '../supervisor/process-identity.ts';
import { usualPolicy } from '../supervisor/restart.ts';
import { attachStack, runningStack } from './attach.ts';
import type { ProcessName } from './process-names.ts';
import { secretsOf } from './secrets.ts';
import { startStack, type StackHandle, type StackOptions, type StackProgress } from './stack.ts';

let data: string;
let stacks: StackHandle[];

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'talkoot-stack-'));
  stacks = [];
});

afterEach(async () => {
  await Promise.all(stacks.map((stack) => stack.stop()));
  rmSync(data, { recursive: true, force: true });
});

async function start(
  processes: ProcessName[],
  options: Pick<StackOptions, 'fresh' | 'onProgress' | 'policy'> = {},
) {
  const stack = await startStack({ data, processes, ...options });
  stacks.push(stack);
  return stack;
}

async function ideasIn(stack: StackHandle, write: boolean): Promise<number> {
  const client = new MongoClient(stack.urls.mongodb);
  try {
    const ideas = client.db('talkoot_projects').collection('ideas');
    if (write) await ideas.insertOne({ title: 'bicycle racks' });
    return await ideas.countDocuments();
  } finally {
    await client.close();
  }
}

test('state, ports and secrets survive a restart; --fresh drops them', async () => {
  const first = await start(['mongod']);
  expect(await ideasIn(first, true)).toBe(1);
  await first.stop();

  const second = await start(['mongod']);
  expect(await ideasIn(second, false)).toBe(1);
  expect(second.urls).toEqual(first.urls);
  expect(second.environment).toEqual(first.environment);
  await second.stop();

  const third = await start(['mongod'], { fresh: true });
  expect(await ideasIn(third, false)).toBe(0);
  expect(third.environment['LOCAL_GRANT_SECRET']).not.toBe(first.environment['LOCAL_GRANT_SECRET']);
});

test('a directory of an earlier version keeps its secrets and gets those it lacks', async () => {
  const folder = join(data, 'secrets');
  const { boardKey, witnessKey, logKey, auditor, ...rest } = await secretsOf(folder);
  const { logKey: theirs, ...restOfAuditor } = auditor;
  const before = { ...rest, auditor: restOfAuditor };
  writeFileSync(join(folder, 'secrets.json'), JSON.stringify(before));
  const after = await secretsOf(folder);
  expect(after).toMatchObject(before);
  const made = [after.boardKey, after.witnessKey, after.logKey, after.auditor.logKey];
  expect(new Set([...made, boardKey, witnessKey, logKey, theirs]).size).toBe(8);
  expect(made.map((key) => Buffer.from(key, 'base64').length)).toEqual([32, 32, 32, 32]);
  expect(await secretsOf(folder)).toEqual(after);
});

test('--fresh does not delete a directory that is not a stack', async () => {
  writeFileSync(join(data, 'thesis.txt'), 'years of work');
  await expect(start(['identity-provider'], { fresh: true })).rejects.toMatchObject({
    code: 'not-a-stack-directory',
  });
});

test('a second stack in the same directory is refused, naming the first', async () => {
  await start(['identity-provider']);
  const second = start(['identity-provider']);
  await expect(second).rejects.toMatchObject({
    code: 'stack-running',
    message: expect.stringContaining(String(process.pid)),
  });
});

test('stopping leaves no process, and no sign of a running stack', async () => {
  const stack = await start(['identity-provider']);
  const pid = stack.pid('identity-provider') ?? 0;
  expect(isAlive(pid)).toBe(true);
  await stack.stop();
  expect(isAlive(pid)).toBe(false);
  expect(runningStack(data)).toBeUndefined();
});

test('after the supervisor was killed, the next start stops what it left and nothing else', async () => {
  const orphan = await orphanedStack();
  const progress: StackProgress[] = [];
  const stack = await start(['identity-provider'], { onProgress: (step) => progress.push(step) });
  expect(progress).toContainEqual({ kind: 'cleared', processes: ['identity-provider'] });
  expect(isAlive(orphan)).toBe(false);
  expect(stack.pid('identity-provider')).not.toBe(orphan);
});

test('a process that got the number of an old one is left alone', async () => {
  await orphanedStack().then((pid) => process.kill(pid, 'SIGKILL'));
  const state = join(data, 'stack.json');
  const bystander = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  try {
    const before = JSON.parse(readFileSync(state, 'utf8')) as object;
    const reused = { ...before, processes: { kafka: { pid: bystander.pid, startedAt: 'long ago' } } };
    writeFileSync(state, JSON.stringify(reused));
    await start(['identity-provider']);
    expect(isAlive(bystander.pid ?? 0)).toBe(true);
  } finally {
    bystander.kill('SIGKILL');
  }
});

test('another command can join a running stack, kill a process and see it return', async () => {
  await start(['identity-provider']);
  const joined = await attachStack(data);
  const before = joined.pid('identity-provider');
  await joined.kill('identity-provider');
  await joined.waitReady('identity-provider', 15_000);
  expect(joined.pid('identity-provider')).not.toBe(before);
});

test('a process that is between its exit and the restart is told as such', async () => {
  await start(['identity-provider'], {
    policy: { ...usualPolicy, firstDelay: 60_000, longestDelay: 60_000 },
  });
  await (await attachStack(data)).kill('identity-provider');
  expect(runningStack(data)?.down['identity-provider']).toMatchObject({ state: 'restarting', restarts: 1 });
});

test('joining where no stack runs is refused', async () => {
  await expect(attachStack(data)).rejects.toMatchObject({ code: 'stack-not-running' });
});

/** Starts a stack in another process, kills that process, and returns the number of what is left. */
async function orphanedStack(): Promise<number> {
  const module = JSON.stringify(new URL('stack.ts', import.meta.url).href);
  const script = `const { startStack } = await import(${module});
    const stack = await startStack({ data: ${JSON.stringify(data)}, processes: ['identity-provider'] });
    console.log(stack.pid('identity-provider'));`;
  const owner = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [pid] = await owner.stdout.take(1).toArray();
  const gone = new Promise((resolve) => owner.once('exit', resolve));
  owner.kill('SIGKILL');
  await gone;
  return Number(String(pid));
}
