import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  ApiProblem,
  createClient,
  defineApi,
  openApiOf,
  refuseUnknownKeys,
  route,
  ServiceUnreachable,
  text,
} from './index.ts';

const Registered = z
  .object({ name: z.string(), more: z.object({ at: z.int() }) })
  .meta({ id: 'TestRegistered' });
const api = defineApi({
  service: 'identity',
  title: 'Test',
  version: '1.0.0',
  description: 'Only for this test',
  problems: { taken: { status: 409, title: 'Taken' } },
  routes: {
    add: route('POST /v1/{id}/things', {
      summary: 'Add',
      access: { roles: ['resident'] },
      params: z.object({ id: z.string() }),
      query: z.object({ limit: z.coerce.number().optional() }),
      body: Registered,
      answer: Registered,
      problems: ['taken'],
    }),
    signIn: route('POST /v1/sign-in', {
      kind: 'plain',
      summary: 'Sign in',
      access: { anyone: true },
      body: z.object({ user: z.string() }),
      bodyType: 'application/x-www-form-urlencoded',
      status: 204,
    }),
  },
});

interface Seen {
  url: string;
  init: RequestInit;
}
function clientOf(answer: () => Promise<Response>) {
  const seen: Seen[] = [];
  const fetch = (url: unknown, init?: RequestInit) => {
    seen.push({ url: String(url), init: init ?? {} });
    return answer();
  };
  return {
    seen,
    client: createClient(api, { baseUrl: 'http://x', fetch }),
  };
}
const thing = { name: 'a', more: { at: 1 } };
const call = { params: { id: 'a/b' }, body: thing, idempotencyKey: 'key-00001' };

describe('refusing unknown keys', () => {
  test('keeps the checks of the shape and what it describes', () => {
    const shape = refuseUnknownKeys(Registered.refine((one) => one.name !== 'no'));
    expect(shape.safeParse(thing).success).toBe(true);
    expect(shape.safeParse({ ...thing, extra: 1 }).success).toBe(false);
    expect(shape.safeParse({ ...thing, name: 'no' }).success).toBe(false);
    expect(Registered.safeParse({ ...thing, extra: 1 }).success).toBe(true);
  });
  test('reaches every alternative of a union, and leaves an open shape open', () => {
    const union = z.discriminatedUnion('k', [
      z.object({ k: z.literal('a') }),
      z.object({ k: z.literal('b') }),
    ]);
    expect(refuseUnknownKeys(union).safeParse({ k: 'a', extra: 1 }).success).toBe(false);
    expect(refuseUnknownKeys(union).safeParse({ k: 'b' }).success).toBe(true);
    expect(refuseUnknownKeys(z.object({}).loose()).safeParse({ extra: 1 }).success).toBe(true);
  });
});

describe('text', () => {
  test('lets line breaks through, and neither control characters nor nothing but spaces', () => {
    expect(text(9).parse(' a\nb\t ')).toBe('a\nb');
    for (const bad of ['', '  ', '\n', 'a\0', 'a\u001b', 'a'.repeat(10)])
      expect(text(9).safeParse(bad).success).toBe(false);
  });
});

describe('the OpenAPI document', () => {
  const document: any = openApiOf(api);
  const add = document.paths['/v1/{id}/things'].post;
  test('asks for the key, closes the body and names every problem of the route', () => {
    expect(add.parameters.map((one: any) => one.name)).toContain('Idempotency-Key');
    expect(add.requestBody.content['application/json'].schema.additionalProperties).toBe(false);
    for (const status of ['201', '400', '401', '403', '404', '409', '413', '415', '422', '500', '503']) {
      expect(Object.keys(add.responses)).toContain(status);
    }
    expect(add.responses['409'].description).toContain('`taken`');
  });
  test('names both statuses of a route that may answer that what was asked for comes later', () => {
    const give = route('POST /v1/things', {
      kind: 'plain',
      summary: 'Give',
      access: { anyone: true },
      status: 201,
      orStatus: 202,
      answer: Registered,
    });
    const { responses } = (openApiOf({ ...api, routes: { give } }) as any).paths['/v1/things'].post;
    expect(responses['202']).toEqual(responses['201']);
    expect(add.responses['202']).toBeUndefined();
  });
  test('refuses a route that names an undeclared problem', () => {
    const bad = route('GET /v1/x', { summary: 'x', access: { anyone: true }, problems: ['nowhere'] });
    expect(() => defineApi({ ...api, routes: { bad } })).toThrow(/undeclared problem nowhere/);
  });
});

describe('the client', () => {
  test('writes path, query, key and body as the route says', async () => {
    const { client, seen } = clientOf(async () => Response.json(thing, { status: 201 }));
    expect(await client.add({ ...call, query: { limit: 2 } })).toEqual(thing);
    expect(seen[0]).toMatchObject({
      url: 'http://x/v1/a%2Fb/things?limit=2',
      init: { body: JSON.stringify(thing) },
    });
    expect(seen[0]?.init.headers).toMatchObject({
      'idempotency-key': 'key-00001',
      'content-type': 'application/json',
    });
  });
  test('a path parameter never changes the path', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), async (id) => {
        const { client, seen } = clientOf(async () => Response.json(thing, { status: 201 }));
        await client.add({ ...call, params: { id } }).catch(() => undefined);
        const path = seen[0] ? new URL(seen[0].url).pathname : '/v1/x/things';
        expect(path).toMatch(/^\/v1\/[^/]+\/things$/);
      }),
    );
    const { client } = clientOf(async () => Response.json(thing));
    for (const id of ['', '.', '..'])
      await expect(client.add({ ...call, params: { id } })).rejects.toThrow(TypeError);
  });
  test('encodes a form', async () => {
    const { client, seen } = clientOf(async () => new Response(null, { status: 204 }));
    await client.signIn({ body: { user: 'a&b=c' } });
    expect(seen[0]?.init.body).toBe('user=a%26b%3Dc');
  });
  test('tells a refusal by its code from a service that cannot be reached', async () => {
    const refusal = { type: 'urn:talkoot:problem:taken', title: 'Taken', status: 409, code: 'taken' };
    const refused = clientOf(async () => Response.json(refusal, { status: 409 })).client.add(call);
    await expect(refused).rejects.toThrow(ApiProblem);
    await expect(refused).rejects.toMatchObject({ code: 'taken', status: 409 });
    const html = clientOf(async () => new Response('<h1>Bad gateway</h1>', { status: 502 })).client.add(call);
    await expect(html).rejects.toThrow(ServiceUnreachable);
    const away = clientOf(() => Promise.reject(new TypeError('fetch failed'))).client.add(call);
    await expect(away).rejects.toThrow(ServiceUnreachable);
  });
  test('drops fields of an answer it does not know yet', async () => {
    const { client } = clientOf(async () => Response.json({ ...thing, added: 1 }));
    expect(await client.add(call)).toEqual(thing);
  });
});
