import type { z } from 'zod';
import type { ApiSpec, RouteSpec } from './api.ts';
import type { Problem } from './problem.ts';

/** A refusal answered by a service. `code` is stable; branch on it, never on the text. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly problem: Problem;
  readonly call: string;
  constructor(call: string, problem: Problem) {
    super(`${call}: ${problem.status} ${problem.code}${problem.detail ? `: ${problem.detail}` : ''}`);
    this.call = call;
    this.problem = problem;
  }
  get code(): string {
    return this.problem.code;
  }
  get status(): number {
    return this.problem.status;
  }
}

/** The service could not be reached, or gave no readable answer within the deadline. Safe to repeat with the same key. */
export class ServiceUnreachable extends Error {
  override readonly name = 'ServiceUnreachable';
}

type Input<T> = T extends z.ZodType ? z.input<T> : never;
type Output<T> = T extends z.ZodType ? z.output<T> : undefined;
type Part<K extends string, T> =
  T extends z.ZodObject<infer S>
    ? keyof S extends never
      ? { readonly [k in K]?: undefined }
      : { readonly [k in K]: z.input<T> }
    : never;
type QueryPart<T> =
  T extends z.ZodObject<infer S>
    ? keyof S extends never
      ? { readonly query?: undefined }
      : { readonly query?: Partial<z.input<T>> }
    : never;
type BodyPart<T> = T extends z.ZodType ? { readonly body: Input<T> } : { readonly body?: undefined };

export interface CallOptions {
  readonly idempotencyKey?: string;
  readonly ifMatch?: string;
  readonly token?: string;
  readonly deadlineMs?: number;
}

export type CallInput<R extends RouteSpec> =
  R extends RouteSpec<infer P, infer Q, infer B, any>
    ? Part<'params', P> & QueryPart<Q> & BodyPart<B> & CallOptions
    : never;
export type Answer<R extends RouteSpec> = R extends RouteSpec<any, any, any, infer A> ? Output<A> : never;

export type Client<A extends ApiSpec> = {
  readonly [N in keyof A['routes']]: (input: CallInput<A['routes'][N]>) => Promise<Answer<A['routes'][N]>>;
} & { readonly raw: (name: keyof A['routes'] & string, input: unknown) => Promise<Response> };

export interface ClientOptions {
  readonly baseUrl: string;
  /** Bearer token for each call; a call's own `token` wins. */
  readonly token?: () => Promise<string>;
  readonly fetch?: typeof globalThis.fetch;
  /** Deadline of one call; 10 s unless said. */
  readonly deadlineMs?: number;
}

interface AnyCall extends CallOptions {
  readonly params?: Record<string, string>;
  readonly query?: Record<string, unknown>;
  readonly body?: unknown;
}

/** The typed client of one service. Throws {@link ApiProblem} on refusals and {@link ServiceUnreachable} otherwise. */
export function createClient<A extends ApiSpec>(api: A, options: ClientOptions): Client<A> {
  const raw = (name: string, input: unknown) => send(api, name, input as AnyCall, options);
  const calls = Object.keys(api.routes).map((name) => [
    name,
    async (input: AnyCall) => read(`${api.service}.${name}`, api.routes[name]!, await raw(name, input)),
  ]);
  return { ...Object.fromEntries(calls), raw } as Client<A>;
}

function addressOf(spec: RouteSpec, baseUrl: string, call: AnyCall): string {
  const path = spec.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = call.params?.[name];
    if (value === undefined) throw new TypeError(`Missing path parameter ${name} of ${spec.path}`);
    // These would be resolved as steps of the path and reach another route.
    if (value === '' || value === '.' || value === '..') throw new TypeError(`Not a path parameter: ${name}`);
    return name === spec.rest
      ? value.split('/').map(encodeURIComponent).join('/')
      : encodeURIComponent(value);
  });
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(call.query ?? {})) {
    if (value !== undefined) query.set(key, `${value as string | number | boolean}`);
  }
  const suffix = query.size > 0 ? `?${query.toString()}` : '';
  return `${baseUrl}${path}${suffix}`;
}

async function headersOf(
  spec: RouteSpec,
  call: AnyCall,
  options: ClientOptions,
): Promise<Record<string, string>> {
  const headers: Record<string, string> = {
    accept: `${spec.answerType}, application/problem+json`,
  };
  const token = call.token ?? (await options.token?.());
  if (token) headers['authorization'] = `Bearer ${token}`;
  if (call.idempotencyKey) headers['idempotency-key'] = call.idempotencyKey;
  if (call.ifMatch) headers['if-match'] = call.ifMatch;
  if (call.body !== undefined) headers['content-type'] = spec.bodyType;
  return headers;
}

async function send(api: ApiSpec, name: string, call: AnyCall, options: ClientOptions): Promise<Response> {
  const spec = api.routes[name];
  if (!spec) throw new TypeError(`${api.service} has no route ${name}`);
  const request = options.fetch ?? globalThis.fetch;
  const address = addressOf(spec, options.baseUrl, call);
  const init: RequestInit = {
    method: spec.method,
    headers: await headersOf(spec, call, options),
    redirect: 'manual',
    signal: AbortSignal.timeout(call.deadlineMs ?? options.deadlineMs ?? 10_000),
  };
  if (call.body !== undefined) init.body = encodeBody(spec, call.body);
  try {
    return await request(address, init);
  } catch (cause) {
    if (cause instanceof TypeError || (cause as Error).name === 'TimeoutError') {
      throw new ServiceUnreachable(`${api.service}.${name} does not answer (${options.baseUrl})`, { cause });
    }
    throw cause;
  }
}

function encodeBody(spec: RouteSpec, body: unknown): string | Uint8Array<ArrayBuffer> {
  if (spec.bodyType === 'application/json') return JSON.stringify(body);
  if (spec.bodyType === 'application/octet-stream') return Uint8Array.from(body as Uint8Array);
  if (spec.bodyType !== 'application/x-www-form-urlencoded') return body as string;
  return new URLSearchParams(body as Record<string, string>).toString();
}

async function read(call: string, spec: RouteSpec, response: Response): Promise<unknown> {
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(await response.arrayBuffer());
  } catch (cause) {
    throw new ServiceUnreachable(`${call} broke off`, { cause });
  }
  if (response.status < 400 && spec.answerType === 'application/octet-stream') return bytes;
  const text = new TextDecoder().decode(bytes);
  if (response.status >= 400) throw refusalOf(call, response, text);
  if (spec.answerType !== 'application/json') return text;
  return spec.answer && text !== '' ? spec.answer.parse(JSON.parse(text)) : undefined;
}

function refusalOf(call: string, response: Response, text: string): Error {
  try {
    const problem = JSON.parse(text) as Problem;
    if (typeof problem.code === 'string') return new ApiProblem(call, problem);
  } catch {
    // Not a problem document: fall through to the unreadable answer.
  }
  return new ServiceUnreachable(`${call} answered ${response.status} without a problem document`);
}
