import mongoose from 'mongoose';
import type { ClientSession, Connection } from 'mongoose';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test, vi } from 'vitest';
import { createLog, connectMongo, prepareModels } from './index.ts';
import type { once } from './index.ts';
import { grantsIn, testApp, testTokens } from './testing.ts';
import type { TestApp, TestTokens } from './testing.ts';
import { createThings, modelThings } from './fixture/things.app.ts';
import { thingsApi } from './fixture/things.api.ts';

let connection: Connection;
let tokens: TestTokens;
let app: TestApp<typeof thingsApi>;
let token: string;
let runs = 0;
const lines: string[] = [];
const log = createLog('things', 'info', { write: (line) => void lines.push(line) });
const params = { municipalityId: 'oulu' };
const things = '/v1/municipalities/oulu/things';
let keys = 0;
const newKey = () => `test-key-${(keys += 1)}`;

beforeAll(async () => {
  const url = new URL(inject('mongodbUrl'));
  url.pathname = `/things-${process.pid}`;
  connection = await connectMongo(url.href, { appName: 'things' });
  const Things = modelThings(connection);
  await prepareModels(connection);
  await Things.deleteMany({});
  tokens = await testTokens();
  token = await tokens.personToken({ id: 'p-1', grants: grantsIn('oulu', 'resident') });
  app = await testApp(
    createThings({ connection, auth: tokens.auth, log, deadlineMs: 1_500, onWork: () => (runs += 1) }),
    thingsApi,
  );
});
afterAll(async () => {
  await app?.close();
  await connection?.dropDatabase();
  await connection?.close();
});
beforeEach(() => {
  lines.length = 0;
  runs = 0;
});

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly token?: string | null;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Record<string, string>;
}
async function send(sent: Sent) {
  const bearer = sent.token === null ? {} : { authorization: `Bearer ${sent.token ?? token}` };
  const response = await fetch(`${app.url}${sent.path ?? things}`, {
    method: sent.method ?? 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': newKey(), ...bearer, ...sent.headers },
    ...(sent.body === undefined ? {} : { body: sent.body }),
  });
  const text = await response.text();
  const problem = /json/.test(response.headers.get('content-type') ?? '') ? JSON.parse(text) : {};
  return { status: response.status, code: problem.code as string, problem, text, headers: response.headers };
}

describe('who may', () => {
  test('refuses a caller without a token', async () => {
    const answer = await send({ token: null, body: '{"name":"a"}' });
    expect(answer).toMatchObject({ status: 401, code: 'unauthenticated' });
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
  });
  test('refuses an expired token by its own code', async () => {
    const expired = await tokens.personToken({
      id: 'p-1',
      grants: grantsIn('oulu', 'resident'),
      seconds: -60,
    });
    expect(await send({ token: expired })).toMatchObject({ status: 401, code: 'token-expired' });
  });
  test('refuses a token of another issuer, a forged one and rubbish', async () => {
    const strangers = await testTokens();
    const others = await testTokens('http://elsewhere.test');
    const grants = grantsIn('oulu', 'resident');
    const bad = [
      await strangers.personToken({ id: 'p-1', grants }),
      await others.personToken({ id: 'p-1', grants }),
      await strangers.serviceToken('worker', 'projects'),
      'rubbish',
      'a.b.c',
      `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{"sub":"p-1"}').toString('base64url')}.`,
    ];
    for (const one of bad)
      expect(await send({ token: one })).toMatchObject({ status: 401, code: 'unauthenticated' });
  });
  test('refuses a role held in another municipality', async () => {
    const path = '/v1/municipalities/turku/things';
    expect(await send({ path, body: '{"name":"a"}' })).toMatchObject({ status: 403, code: 'forbidden' });
  });
  test('refuses a municipality named like a property of every object', async () => {
    for (const name of ['__proto__', 'constructor', 'toString']) {
      expect(await send({ path: `/v1/municipalities/${name}/things` })).toMatchObject({ status: 403 });
    }
  });
  test('refuses before it looks at the body, its type or its size', async () => {
    const odd = { token: null, body: 'x'.repeat(5_000), headers: { 'content-type': 'text/plain' } };
    expect(await send(odd)).toMatchObject({ status: 401 });
  });
  test('lets a service in only where the route names it, and only with a token made for this service', async () => {
    const csv = { path: `${things}/import`, body: 'a\nb', headers: { 'content-type': 'text/csv' } };
    const worker = await tokens.serviceToken('worker', 'projects');
    expect(await send({ ...csv, token: worker })).toMatchObject({ status: 200, problem: { lines: 2 } });
    expect(await send({ ...csv, token: await tokens.serviceToken('ballots', 'projects') })).toMatchObject({
      status: 403,
    });
    expect(await send({ ...csv, token: await tokens.serviceToken('worker', 'payments') })).toMatchObject({
      status: 401,
    });
    expect(await send({ ...csv, token })).toMatchObject({ status: 403 });
    expect(await send({ token: worker, body: '{"name":"a"}' })).toMatchObject({ status: 403 });
  });
  test('refuses a service token that lives longer than a minute', async () => {
    const long = await tokens.serviceToken('worker', 'projects', 3_600);
    const csv = { path: `${things}/import`, body: 'a', headers: { 'content-type': 'text/csv' } };
    expect(await send({ ...csv, token: long })).toMatchObject({ status: 401, code: 'unauthenticated' });
  });
  test('takes a bad token for none where anyone may', async () => {
    expect(await send({ method: 'GET', token: 'rubbish' })).toMatchObject({ status: 200 });
  });
});

describe('what', () => {
  test('knows no other path', async () => {
    expect(await send({ path: '/v1/nothing' })).toMatchObject({ status: 404, code: 'not-found' });
    expect(await send({ path: `${things}/` })).toMatchObject({ status: 404, code: 'not-found' });
  });
  test('says which methods a path answers to', async () => {
    for (const method of ['DELETE', 'PATCH', 'OPTIONS']) {
      const answer = await send({ method });
      expect(answer).toMatchObject({ status: 405, code: 'method-not-allowed' });
      expect(answer.headers.get('allow')).toBe('POST, GET, HEAD');
    }
  });
  test.each([
    ['another content type', { 'content-type': 'text/plain' }],
    ['another charset', { 'content-type': 'application/json; charset=latin1' }],
    ['a compressed body', { 'content-type': 'application/json', 'content-encoding': 'gzip' }],
  ])('refuses %s', async (_, headers) => {
    expect(await send({ body: '{"name":"a"}', headers })).toMatchObject({
      status: 415,
      code: 'unsupported-media-type',
    });
  });
  test('refuses a body above the limit of the route', async () => {
    const answer = await send({ body: JSON.stringify({ name: 'x'.repeat(2_000) }) });
    expect(answer).toMatchObject({ status: 413, code: 'body-too-large' });
  });
  test.each([
    ['half a document', '{"name":'],
    ['a field named __proto__', '{"name":"a","__proto__":{"x":1}}'],
    ['a NUL character', '{"name":"a\\u0000b"}'],
    ['half a surrogate pair', '{"name":"\\ud800"}'],
    ['half a surrogate pair in a field', '{"name":"a","\\udfff":1}'],
    ['a number beyond all numbers', '{"name":"a","n":1e999}'],
    ['bottomless nesting', `{"name":${'['.repeat(400)}${']'.repeat(400)}}`],
    ['bytes that are not UTF-8', new Uint8Array([0x22, 0xff, 0xfe, 0x22])],
  ])('refuses %s', async (_, body) => {
    expect(await send({ body })).toMatchObject({ status: 400, code: 'malformed-body' });
  });
  test('names every field that is wrong, and refuses those it does not know', async () => {
    const { status, problem } = await send({ body: '{"name":"","extra":1}' });
    expect(status).toBe(400);
    expect(problem.code).toBe('invalid-request');
    expect(problem.errors.map((one: { at: string }) => one.at)).toEqual(['body.name', 'body.extra']);
  });
  test('refuses a missing body', async () => {
    expect(await send({})).toMatchObject({ status: 400, code: 'invalid-request' });
  });
  test.each([
    '?limit=0',
    '?limit=a',
    '?other=1',
    '?limit=1&limit=2',
    '?after=%ff',
    '?after=%zz',
    '?after=%00',
    '?after=rubbish',
    '?__proto__=1',
  ])('refuses the query %s', async (query) => {
    expect(await send({ method: 'GET', path: `${things}${query}` })).toMatchObject({
      status: 400,
      code: 'invalid-request',
    });
  });
  test.each(['%ff', '%zz', '%00', 'UPPER', 'a'])('refuses the path parameter %s', async (id) => {
    const path = `/v1/municipalities/${id}/things`;
    expect(await send({ method: 'GET', path })).toMatchObject({ status: 400, code: 'invalid-request' });
  });
  test('takes the literal path before the parameter', async () => {
    expect(await send({ method: 'GET', path: `${things}/export` })).toMatchObject({
      status: 200,
      text: 'id,name\n',
    });
  });
});

describe('which operation', () => {
  test('needs a well-formed key', async () => {
    const body = '{"name":"keyless"}';
    const client = app.client(token);
    await expect(client.addThing({ params, body: { name: 'keyless' } })).rejects.toMatchObject({
      code: 'idempotency-key-required',
    });
    expect(await send({ body, headers: { 'idempotency-key': 'short' } })).toMatchObject({
      status: 400,
      code: 'invalid-request',
    });
  });
  test('answers a repetition to the letter without running it', async () => {
    const sent = { body: '{"name":"bench"}', headers: { 'idempotency-key': newKey() } };
    const first = await send(sent);
    const again = await send({ ...sent, body: ' { "name" : "bench" } ' });
    expect(first.status).toBe(201);
    expect(first.headers.get('etag')).toBe('"v1"');
    expect(again.text).toBe(first.text);
    expect(again.headers.get('etag')).toBe('"v1"');
    expect(runs).toBe(1);
  });
  test('refuses the same key with another body', async () => {
    const headers = { 'idempotency-key': newKey() };
    await send({ body: '{"name":"tree"}', headers });
    expect(await send({ body: '{"name":"bush"}', headers })).toMatchObject({
      status: 422,
      code: 'idempotency-key-reused',
    });
    expect(await modelThings(connection).countDocuments({ name: 'bush' })).toBe(0);
  });
  test('keeps the keys of two persons apart', async () => {
    const headers = { 'idempotency-key': newKey() };
    const other = await tokens.personToken({ id: 'p-2', grants: grantsIn('oulu', 'resident') });
    const mine = await send({ body: '{"name":"mine"}', headers });
    const theirs = await send({ body: '{"name":"theirs"}', headers, token: other });
    expect([mine.status, theirs.status]).toEqual([201, 201]);
    expect(mine.problem.id).not.toBe(theirs.problem.id);
  });
  test('has one effect when fifty come at once', async () => {
    const sent = { body: '{"name":"swing"}', headers: { 'idempotency-key': newKey() } };
    const answers = await Promise.all(Array.from({ length: 50 }, () => send(sent)));
    expect(new Set(answers.map((one) => `${one.status} ${one.text}`)).size).toBe(1);
    expect(answers[0]?.status).toBe(201);
    expect(await modelThings(connection).countDocuments({ name: 'swing' })).toBe(1);
    expect(runs).toBe(1);
  });
  test('has one effect when several processes do it at once', async () => {
    const call = { operationId: `${process.pid}-rivals`, bodyHash: 'x' };
    const Things = modelThings(connection);
    let made = 0;
    const work = async (session: ClientSession) => {
      const _id = `rival-${(made += 1)}`;
      await Things.create([{ _id, municipalityId: 'oulu', name: _id, version: 1 }], { session });
      return _id;
    };
    // Each loading of the module has its own memory of what runs, as each process has.
    const processes: (typeof once)[] = [];
    for (let process = 0; process < 8; process += 1) {
      vi.resetModules();
      processes.push((await import('./operation.ts')).once);
    }
    const answers = await Promise.all(processes.map((run) => run(connection, call, work)));
    expect(new Set(processes).size).toBe(8);
    expect(new Set(answers).size).toBe(1);
    expect(await Things.countDocuments({ name: /^rival-/ })).toBe(1);
  });
  test('stores nothing when the work is refused, so the key may try again', async () => {
    await send({ body: '{"name":"slide"}' });
    const sent = { body: '{"name":"slide"}', headers: { 'idempotency-key': newKey() } };
    expect(await send(sent)).toMatchObject({ status: 409, code: 'name-taken' });
    await modelThings(connection).deleteOne({ name: 'slide' });
    expect(await send(sent)).toMatchObject({ status: 201 });
  });
  test('needs the version that was read', async () => {
    const made = await send({ body: '{"name":"rack"}' });
    const edit = { method: 'PUT', path: `${things}/${made.problem.id}`, body: '{"name":"rack 2"}' };
    expect(await send(edit)).toMatchObject({ status: 428, code: 'precondition-required' });
    expect(await send({ ...edit, headers: { 'if-match': '"v7"' } })).toMatchObject({
      status: 412,
      code: 'stale-edit',
    });
    expect(await send({ ...edit, headers: { 'if-match': 'v1' } })).toMatchObject({
      status: 400,
      code: 'invalid-request',
    });
    const done = await send({ ...edit, headers: { 'if-match': '"v1"' } });
    expect(done).toMatchObject({ status: 200, problem: { version: 2 } });
    expect(done.headers.get('etag')).toBe('"v2"');
  });
});

describe('what goes wrong', () => {
  test.each(['throw', 'string', 'unknown-code'])(
    'tells nothing of an unexpected error (%s) but to the log',
    async (fault) => {
      const answer = await send({ body: JSON.stringify({ name: 'a', fault }) });
      expect(answer).toMatchObject({ status: 500, code: 'unexpected' });
      expect(answer.text).not.toContain('Aino');
      expect(lines.some((line) => line.includes('request failed'))).toBe(true);
    },
  );
  test.each(['away', 'grpc-away'])('says that a part does not answer (%s)', async (fault) => {
    const answer = await send({ body: JSON.stringify({ name: 'a', fault }) });
    expect(answer).toMatchObject({ status: 503, code: 'unavailable' });
    expect(answer.headers.get('retry-after')).toBe('2');
  });
  test('says so when MongoDB does not answer', async () => {
    const away = mongoose.createConnection('mongodb://127.0.0.1:1/things', {
      serverSelectionTimeoutMS: 100,
      bufferCommands: false,
    });
    away.asPromise().catch(() => undefined);
    const lost = await testApp(createThings({ connection: away, auth: tokens.auth, log }), thingsApi);
    await expect(lost.client().listThings({ params })).rejects.toMatchObject({
      code: 'unavailable',
      status: 503,
    });
    const ready = await fetch(`${lost.url}/ready`);
    expect([ready.status, await ready.json()]).toEqual([
      503,
      { ready: false, checks: { mongodb: 'failed' } },
    ]);
    await lost.close();
    await away.destroy();
  });
  test('gives up after the deadline', async () => {
    expect(await send({ body: '{"name":"a","fault":"slow"}' })).toMatchObject({
      status: 503,
      code: 'unavailable',
    });
  });
});

describe('around it', () => {
  test('pages through a list without missing or repeating', async () => {
    const client = app.client(token);
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await client.listThings({ params, query: { limit: 2, ...(after ? { after } : {}) } });
      seen.push(...page.items.map((one) => one.id));
      after = page.next ?? undefined;
    } while (after);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBe(await modelThings(connection).countDocuments({ municipalityId: 'oulu' }));
  });
  test('sends safe headers and says nothing of the framework', async () => {
    const answer = await send({ body: '{"name":"headers"}' });
    expect(answer.headers.get('x-powered-by')).toBeNull();
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });
  test('is alive, ready and documented', async () => {
    expect((await send({ method: 'GET', path: '/health', token: null })).status).toBe(200);
    const ready = await send({ method: 'GET', path: '/ready', token: null });
    expect(ready).toMatchObject({ status: 200, problem: { ready: true, checks: { mongodb: 'ok' } } });
    const document = await send({ method: 'GET', path: '/openapi.json', token: null });
    expect(document.problem.openapi).toBe('3.1.0');
    expect(Object.keys(document.problem.paths)).toContain('/v1/municipalities/{municipalityId}/things');
  });
  test('logs the template of the path, never the path, the query or the caller', async () => {
    await send({ body: '{"name":"logged"}' });
    await send({ method: 'GET', path: '/v1/municipalities/oulu/things?after=rubbish' });
    const text = lines.join('');
    expect(text).toContain('"route":"/v1/municipalities/{municipalityId}/things"');
    for (const secret of ['oulu', 'rubbish', 'p-1', token]) expect(text).not.toContain(secret);
  });
  test('leaves no line of a silent route and does not look who calls', async () => {
    const answer = await send({ path: '/v1/polls/poll-1/ballots', body: '{"choice":"a"}' });
    expect(answer).toMatchObject({ status: 200, problem: { actor: 'anonymous' } });
    const later = await send({ path: '/v1/polls/poll-1/ballots', body: '{"choice":"later"}' });
    expect(later).toMatchObject({ status: 503, code: 'unavailable' });
    expect(lines).toEqual([]);
  });
});
