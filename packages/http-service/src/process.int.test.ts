import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import type { TraceLine } from './telemetry.ts';

const main = fileURLToPath(new URL('fixture/things.main.ts', import.meta.url));
const register = new URL('register.ts', import.meta.url).href;

interface Running {
  readonly child: ChildProcess;
  readonly url: string;
  readonly token: string;
  readonly exit: Promise<number | null>;
  readonly output: () => string;
}
let folder: string;
let running: Running | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'things-'));
});
afterEach(async () => {
  running?.child.kill('SIGKILL');
  await rm(folder, { recursive: true });
});

async function start(traceFile: string | undefined = join(folder, 'trace')): Promise<Running> {
  const url = new URL(inject('mongodbUrl'));
  url.pathname = `/things-main-${process.pid}`;
  const child = fork(main, {
    execArgv: ['--import', register],
    silent: true,
    env: {
      ...process.env,
      MONGODB_URL: url.href,
      NOTES: join(folder, 'notes'),
      TRACE_FILE: traceFile,
      OTEL_SERVICE_NAME: 'things',
    },
  });
  let output = '';
  child.stdout?.on('data', (chunk) => (output += String(chunk)));
  child.stderr?.on('data', (chunk) => (output += String(chunk)));
  const exit = once(child, 'exit').then(([code]) => code as number | null);
  const message = await Promise.race([
    once(child, 'message'),
    exit.then(() => Promise.reject(new Error(output))),
  ]);
  const [{ url: address, token }] = message as [{ url: string; token: string }];
  running = { child, url: address, token, exit, output: () => output };
  return running;
}

function add(to: Running, name: string, more: { fault?: string; headers?: Record<string, string> } = {}) {
  return fetch(`${to.url}/v1/municipalities/oulu/things`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'idempotency-key': `${name}-${Math.random()}`,
      authorization: `Bearer ${to.token}`,
      ...more.headers,
    },
    body: JSON.stringify({ name: `${name} ${Math.random()}`, ...(more.fault ? { fault: more.fault } : {}) }),
  });
}

async function spans(): Promise<TraceLine[]> {
  const text = await readFile(join(folder, 'trace'), 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as TraceLine);
}

describe('a process', () => {
  test('answers what runs, then stops its parts in order, and ends with 0', async () => {
    const it = await start();
    const answer = add(it, 'last', { fault: 'pause' });
    await expect.poll(() => fetch(`${it.url}/health`).then((one) => one.status)).toBe(200);
    it.child.kill('SIGTERM');
    expect((await answer).status).toBe(201);
    expect(await it.exit).toBe(0);
    expect(await readFile(join(folder, 'notes'), 'utf8')).toBe('first\nsecond\nthird\n');
    expect(it.output()).toContain('a part did not stop');
    await expect(fetch(`${it.url}/health`)).rejects.toThrow('fetch failed');
  });
  test('answers what is too long or no HTTP at all with a coded problem', async () => {
    const it = await start();
    const long = await fetch(`${it.url}/v1/${'x'.repeat(20_000)}`);
    expect(long.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect([long.status, await long.json()]).toMatchObject([431, { code: 'headers-too-large', status: 431 }]);
    const socket = connect(Number(new URL(it.url).port), '127.0.0.1');
    socket.end('NONSENSE\r\n\r\n');
    const answer = (await socket.toArray()).join('');
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(answer).toContain('"code":"invalid-request"');
  });
  test('ends with 1 and a line in the log on an error nobody handled', async () => {
    const it = await start();
    it.child.send('reject');
    expect(await it.exit).toBe(1);
    expect(it.output()).toContain('an error that nobody handled');
  });
});

describe('telemetry', () => {
  const caller = { traceId: 'a'.repeat(31) + '1', spanId: 'b'.repeat(15) + '1' };
  const traceparent = `00-${caller.traceId}-${caller.spanId}-01`;

  test('follows one request from the caller through HTTP and Express to MongoDB', async () => {
    const it = await start();
    await add(it, 'traced', { headers: { traceparent } });
    const isWhole = async () => {
      const ids = new Set([caller.spanId, ...(await spans()).map((one) => one.spanId)]);
      return ids.size > 3 && (await spans()).every((one) => !one.parentSpanId || ids.has(one.parentSpanId));
    };
    await expect.poll(isWhole).toBe(true);
    const trace = (await spans()).filter((one) => one.traceId === caller.traceId);
    const server = trace.find((one) => one.kind === 'SERVER');
    expect(server).toMatchObject({ service: 'things', parentSpanId: caller.spanId });
    expect(server?.attributes['http.route']).toBe('/v1/municipalities/:municipalityId/things');
    expect(trace.some((one) => one.scope.includes('express'))).toBe(true);
    const stores = trace.filter((one) => one.scope.includes('mongodb'));
    expect(stores.map((one) => one.name)).toContain('insert things');
    expect(stores.every((one) => trace.some((other) => other.spanId === one.parentSpanId))).toBe(true);
    await expect.poll(it.output).toContain(`"trace_id":"${caller.traceId}"`);
  });
  test('keeps addresses, queries, agents and statements out of spans', async () => {
    const it = await start();
    const agent = { 'user-agent': 'agent-of-aino' };
    await fetch(`${it.url}/v1/municipalities/oulu/things?after=aino-virtanen`, { headers: agent });
    await add(it, 'scrubbed', { headers: agent });
    await expect.poll(async () => (await spans()).filter((one) => one.kind === 'SERVER').length).toBe(2);
    const text = JSON.stringify(await spans());
    for (const secret of ['aino', 'oulu', 'scrubbed', '127.0.0.1', 'p-1']) expect(text).not.toContain(secret);
  });
  test('leaves no span of a silent route, nor its address in the metrics', async () => {
    const it = await start();
    const body = JSON.stringify({ choice: 'a' });
    const headers = { 'content-type': 'application/json', traceparent };
    await fetch(`${it.url}/v1/polls/poll-1/ballots`, { method: 'POST', headers, body });
    await add(it, 'after');
    await expect.poll(async () => (await spans()).some((one) => one.kind === 'SERVER')).toBe(true);
    expect((await spans()).filter((one) => one.traceId === caller.traceId)).toEqual([]);
    const metrics = await (await fetch(`${it.url}/metrics`)).text();
    expect(metrics).not.toContain('ballots');
    expect(metrics).toMatch(/talkoot_silent_requests_total\{?[^\n]* 1/);
  });
  test('meters by route template with bounded labels and logs trace ids, also when nobody collects spans', async () => {
    const it = await start('');
    await (await add(it, 'metered', { headers: { traceparent } })).text();
    await expect.poll(it.output).toContain(`"trace_id":"${caller.traceId}"`);
    const metrics = async () => (await fetch(`${it.url}/metrics`)).text();
    await expect.poll(metrics).toContain('http_route="/v1/municipalities/:municipalityId/things"');
    expect(await metrics()).toContain('http_server_request_duration');
    expect(await metrics()).not.toContain('server_address');
  });
});
