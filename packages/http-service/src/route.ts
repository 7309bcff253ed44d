import { IdempotencyKeyShape, IfMatchShape, refuseUnknownKeys } from '@talkoot/api-contracts';
import type { ApiSpec, RouteSpec } from '@talkoot/api-contracts';
import express from 'express';
import type { Request, RequestHandler, Response } from 'express';
import type { z } from 'zod';
import { authorise, rolesIn } from './access.ts';
import { sendReply } from './answer.ts';
import type { Auth } from './authentication.ts';
import { hasBody, readBody, requireBodyType } from './body.ts';
import type { Actor, Call, Handler } from './call.ts';
import { sha256Of } from './canonical.ts';
import { DomainError } from './domain.error.ts';
import type { Logger } from './log.ts';
import { invalidRequest } from './problem.ts';
import { fieldsOf, queryTextOf, requirePlainParams } from './query.ts';

export interface RouteSetting {
  readonly api: ApiSpec;
  readonly auth: Auth;
  readonly log: Logger;
  /** Time a request may take, in milliseconds. */
  readonly deadlineMs: number;
}

/** The handler of one route: who → may they → what → which operation → do it → answer. The order is the contract. */
export function serveRoute(
  setting: RouteSetting,
  name: string,
  spec: RouteSpec,
  handler: Handler<RouteSpec>,
): RequestHandler {
  const read = bodyReader(spec);
  const log = setting.log.child({ operation: name });
  const shapes = {
    params: spec.params,
    query: refuseUnknownKeys(spec.query),
    body: spec.body && refuseUnknownKeys(spec.body),
  };
  return async (request, response) => {
    const signal = abortOnDeadline(response, setting.deadlineMs);
    const work = async () => {
      const params = paramsOf(request);
      const actor = await actorOf(request, spec, setting);
      authorise(spec, actor, params['municipalityId']);
      const sent = await read(request, response);
      requirePlainParams(params);
      const input = parse(shapes, { params, query: fieldsOf(queryTextOf(request.url), 'query'), body: sent });
      const operation = operationOf(request, spec, {
        service: setting.api.service,
        name,
        actor,
        params,
        sent,
      });
      const cookie = (wanted: string) => cookieIn(request.headers.cookie, wanted);
      return handler(
        callOf({ ...input, ...operation, actor, cookie, log, signal }, params['municipalityId']),
      );
    };
    const reply = await withinDeadline(work(), signal, setting.log);
    if (!response.headersSent) sendReply(response, spec, reply, setting.log);
  };
}

/** A parameter that may hold slashes arrives in pieces. */
function paramsOf(request: Request): Record<string, string> {
  const entries = Object.entries(request.params as Record<string, string | string[]>);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, Array.isArray(value) ? value.join('/') : value]),
  );
}

async function actorOf(request: Request, spec: RouteSpec, setting: RouteSetting): Promise<Actor> {
  // A silent route never learns who calls, even when a token is sent by mistake.
  const header = spec.silent ? undefined : request.headers.authorization;
  if (header === undefined) return { kind: 'anonymous' };
  const open = 'anyone' in spec.access;
  const token = /^Bearer ([\w.~+/-]+=*)$/i.exec(header)?.[1];
  try {
    if (token === undefined) throw new DomainError('unauthenticated');
    return await setting.auth.authenticate(token, setting.api.service);
  } catch (error) {
    if (open) return { kind: 'anonymous' };
    throw error;
  }
}

function bodyReader(spec: RouteSpec): (request: Request, response: Response) => Promise<unknown> {
  if (!spec.body) return async () => undefined;
  const raw = express.raw({ type: () => true, limit: spec.bodyLimit, inflate: false });
  return async (request, response) => {
    if (!hasBody(request)) return undefined;
    requireBodyType(request, spec);
    await new Promise<void>((done, fail) => {
      raw(request, response, (error?: unknown) => (error ? fail(error) : done()));
    });
    return Buffer.isBuffer(request.body) ? readBody(request.body, spec.bodyType) : undefined;
  };
}

type Shapes = Record<'params' | 'query' | 'body', z.ZodType | undefined>;

function parse(shapes: Shapes, sent: Record<'params' | 'query' | 'body', unknown>) {
  const parts = (['params', 'query', 'body'] as const).map((part) => {
    const parsed = shapes[part]?.safeParse(sent[part]);
    if (parsed && !parsed.success) throw invalidRequest(part, parsed.error);
    return [part, parsed?.data] as const;
  });
  return Object.fromEntries(parts) as Pick<Call, 'params' | 'query' | 'body'>;
}

interface Sent {
  readonly service: string;
  readonly name: string;
  readonly actor: Actor;
  readonly params: Record<string, string>;
  readonly sent: unknown;
}

function operationOf(
  request: Request,
  spec: RouteSpec,
  given: Sent,
): Pick<Call, 'operationId' | 'bodyHash' | 'ifMatch'> {
  const ifMatch = header(request, 'if-match', IfMatchShape);
  if (spec.kind === 'edit' && ifMatch === undefined) throw new DomainError('precondition-required');
  if (spec.kind !== 'create' && spec.kind !== 'move') return { operationId: '', bodyHash: '', ifMatch };
  const key = header(request, 'idempotency-key', IdempotencyKeyShape);
  if (key === undefined) throw new DomainError('idempotency-key-required');
  const operationId = sha256Of(given.service, given.name, nameOf(given.actor), key);
  return { operationId, bodyHash: bodyHashOf(request, given), ifMatch };
}

function bodyHashOf({ url }: Request, { params, sent }: Sent): string {
  const body = Buffer.isBuffer(sent) ? sent.toString('base64') : (sent ?? null);
  return sha256Of({ ...params }, fieldsOf(queryTextOf(url), 'query'), body);
}

function header(request: Request, name: string, shape: z.ZodType<string>): string | undefined {
  const value = request.headers[name];
  if (value === undefined) return undefined;
  const parsed = shape.safeParse(value);
  if (!parsed.success) throw invalidRequest(`header.${name}`, parsed.error);
  return parsed.data;
}

function cookieIn(sent: string | undefined, name: string): string | undefined {
  const pairs = (sent ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
}

function nameOf(actor: Actor): string {
  if (actor.kind === 'person') return `person:${actor.id}`;
  return actor.kind === 'service' ? `service:${actor.name}` : 'anonymous';
}

function callOf(given: Omit<Call, 'person' | 'rolesHere'>, municipalityId: string | undefined): Call {
  const { actor } = given;
  const call = { ...given, rolesHere: rolesIn(actor, municipalityId) };
  // Not enumerable: copying a call of a service must not throw.
  return Object.defineProperty(call, 'person', {
    get() {
      if (actor.kind !== 'person') throw new DomainError('unauthenticated');
      return { id: actor.id, grants: actor.grants };
    },
  }) as Call;
}

function abortOnDeadline(response: Response, deadlineMs: number): AbortSignal {
  const gone = new AbortController();
  const timer = setTimeout(
    () => gone.abort(new DomainError('unavailable', 'The deadline has passed')),
    deadlineMs,
  );
  response.once('close', () => {
    clearTimeout(timer);
    if (!response.writableFinished) gone.abort(new DomainError('unavailable', 'The caller has gone'));
  });
  return gone.signal;
}

async function withinDeadline<T>(work: Promise<T>, signal: AbortSignal, log: Logger): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason as Error);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', abort);
    // Once the deadline has passed nobody awaits the work; its late failure must not end the process.
    work.catch((error: unknown) => {
      if (signal.aborted) log.warn({ err: error }, 'a request failed after nobody waited for it');
    });
  }
}
