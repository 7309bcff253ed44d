import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { freePort, isFree } from './ports.ts';
import { isAlive } from './process-identity.ts';
import { inherited, type ProcessPlan } from './process-plan.ts';
import { usualPolicy } from './restart.ts';
import type { SupervisedProcess } from './supervised-process.ts';
import { Supervisor } from './supervisor.ts';

const standIn = fileURLToPath(new URL('stand-in.fixture.ts', import.meta.url));
const policy = { ...usualPolicy, firstDelay: 50, startAttempts: 3 };

let logs: string;
let supervisor: Supervisor | undefined;

beforeEach(() => {
  logs = mkdtempSync(join(tmpdir(), 'talkoot-supervisor-'));
});

afterEach(async () => {
  await supervisor?.stop();
  rmSync(logs, { recursive: true });
});

async function plan(name: string, changes: Partial<ProcessPlan> = {}): Promise<ProcessPlan> {
  const port = await freePort();
  return {
    name,
    command: process.execPath,
    args: [standIn],
    ports: [port],
    needs: [],
    probe: async () => (await fetch(`http://127.0.0.1:${port}`)).ok,
    readyWithin: 15_000,
    stopWithin: 5_000,
    ...changes,
    environment: { ...inherited(), PORT: String(port), ...changes.environment },
  };
}

function supervise(plans: ProcessPlan[], onChange?: (process: SupervisedProcess) => void): Supervisor {
  supervisor = new Supervisor({ plans, logs, policy, ...(onChange && { onChange }) });
  return supervisor;
}

test('a killed process is started again on its port', async () => {
  const stack = supervise([await plan('service')]);
  await stack.start();
  const service = stack.process('service');
  const before = service.identity?.pid;
  await service.kill('SIGKILL');
  await service.waitReady(15_000);
  expect(service.identity?.pid).not.toBe(before);
  expect(service.restarts).toBe(1);
  expect(service.lastExit).toBe('exited with SIGKILL');
});

test('a process that cannot start is given up, with the end of its log in the error', async () => {
  const stack = supervise([await plan('service', { environment: { EXIT_AT_ONCE: '3' } })]);
  await expect(stack.start()).rejects.toThrow(
    /service is not ready: it keeps leaving: exited with 3[^]*says hello/,
  );
  expect(stack.process('service').restarts).toBe(policy.startAttempts - 1);
});

test('a process that never answers is stopped at its deadline', async () => {
  const stack = supervise([await plan('service', { probe: async () => false, readyWithin: 500 })]);
  let pid: number | undefined;
  const start = stack.start().catch((error: unknown) => error);
  await expect.poll(() => (pid = stack.process('service').identity?.pid)).toBeDefined();
  expect(String(await start)).toContain('no answer within 0.5 s');
  expect(isAlive(pid ?? 0)).toBe(false);
});

test('a failed start leaves none of the others running', async () => {
  const good = await plan('good');
  const stack = supervise([good, await plan('bad', { needs: ['good'], environment: { EXIT_AT_ONCE: '1' } })]);
  await expect(stack.start()).rejects.toThrow('bad is not ready');
  expect(await isFree(good.ports[0] ?? 0)).toBe(true);
});

test('stopping kills a process that will not go, and what it started', async () => {
  const stubborn = await plan('service', { environment: { IGNORE_TERM: '1', CHILD: '1' }, stopWithin: 300 });
  const stack = supervise([stubborn]);
  await stack.start();
  const child = Number(await (await fetch(`http://127.0.0.1:${stubborn.ports[0]}`)).text());
  const { pid = 0 } = stack.process('service').identity ?? {};
  expect([isAlive(pid), isAlive(child)]).toEqual([true, true]);
  await stack.stop();
  await expect.poll(() => [isAlive(pid), isAlive(child)]).toEqual([false, false]);
});

test('a process starts after those it needs and stops before them', async () => {
  const order: string[] = [];
  const plans = [await plan('service', { needs: ['server'] }), await plan('server')];
  const stack = supervise(plans, ({ plan: { name }, state }) => order.push(`${name} ${state}`));
  await stack.start();
  await stack.stop();
  expect(order.indexOf('server ready')).toBeLessThan(order.indexOf('service starting'));
  expect(order.indexOf('service stopped')).toBeLessThan(order.indexOf('server stopped'));
});

test('a stop during the start leaves nothing', async () => {
  const plans = [await plan('server'), await plan('service', { needs: ['server'] })];
  const stack = supervise(plans);
  const start = stack.start().catch((error: unknown) => error);
  await expect.poll(() => stack.process('server').identity).toBeDefined();
  await stack.stop();
  expect(await start).toMatchObject({ code: 'start-interrupted' });
  expect(await Promise.all(plans.map(({ ports }) => isFree(ports[0] ?? 0)))).toEqual([true, true]);
});

test('says which process holds a port that is wanted', async () => {
  const wanted = await plan('service');
  const [port = 0] = wanted.ports;
  const holder = await listenOn(port);
  try {
    const held = expect.stringMatching(
      new RegExp(`^Port ${port}, wanted by service, is held by process ${process.pid} \\(`),
    );
    await expect(supervise([wanted]).start()).rejects.toMatchObject({ code: 'port-held', message: held });
  } finally {
    holder.close();
  }
});

test('what a process prints is in its own log, also from before a restart', async () => {
  const stack = supervise([await plan('service'), await plan('other')]);
  await stack.start();
  await stack.process('service').kill('SIGKILL');
  await stack.process('service').waitReady(15_000);
  const greetings = (name: string): number =>
    readFileSync(join(logs, `${name}.log`), 'utf8').split('\n').length - 1;
  expect([greetings('service'), greetings('other')]).toEqual([2, 1]);
});

function listenOn(port: number): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer().listen(port, '127.0.0.1', () => resolve(server));
  });
}
