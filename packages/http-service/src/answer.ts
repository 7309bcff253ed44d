import type { RouteSpec } from '@talkoot/api-contracts';
import type { Response } from 'express';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { trace } from '@opentelemetry/api';
import type { Reply } from './call.ts';
import type { Logger } from './log.ts';
import type { ProblemAnswer } from './problem.ts';

/** Sends what a handler answers, after checking it against the documented shape. */
export function sendReply(response: Response, spec: RouteSpec, reply: Reply, log: Logger): void {
  const body = reply.stream ? undefined : documented(spec, reply, log);
  response.status(reply.status ?? spec.status);
  response.setHeader(
    'Cache-Control',
    'anyone' in spec.access && spec.method === 'GET' ? 'no-cache' : 'no-store',
  );
  if (reply.etag !== undefined) response.setHeader('ETag', reply.etag);
  for (const [name, value] of Object.entries(reply.headers ?? {})) response.setHeader(name, value);
  if (body === undefined && !reply.stream) {
    response.end();
    return;
  }
  if (!response.hasHeader('Content-Type')) response.setHeader('Content-Type', contentTypeOf(spec));
  if (reply.stream) {
    sendStream(response, spec, reply.stream, log);
    return;
  }
  response.send(encoded(spec, body));
}

/** A caller that stops reading is not waited for longer than this. */
const streamPatienceMs = 10 * 60_000;

function sendStream(
  response: Response,
  spec: RouteSpec,
  stream: AsyncIterable<Uint8Array>,
  log: Logger,
): void {
  const isKnown = response.req.fresh;
  if (isKnown || response.req.method === 'HEAD') {
    if (isKnown) response.status(304).removeHeader('Content-Length');
    response.end();
    return;
  }
  const signal = AbortSignal.timeout(streamPatienceMs);
  pipeline(Readable.from(stream, { objectMode: false }), response, { signal }).catch((error: unknown) => {
    // Nothing can be said any more: the caller sees that the answer breaks off, if it has not gone itself.
    const isGone = (error as NodeJS.ErrnoException).code === 'ERR_STREAM_PREMATURE_CLOSE';
    if (!isGone) log.error({ err: error, route: spec.path }, 'an answer broke off');
  });
}

function contentTypeOf({ answerType }: RouteSpec): string {
  return answerType === 'application/octet-stream' ? answerType : `${answerType}; charset=utf-8`;
}

function encoded({ answerType }: RouteSpec, body: unknown): Buffer {
  if (answerType === 'application/json') return Buffer.from(JSON.stringify(body));
  return Buffer.from(body as string | Uint8Array as Uint8Array);
}

/**
 * The answer as its shape lets it through: what is not documented is left out. An answer that breaks its own
 * documentation is an error while developing, and only a line in the log in production.
 */
function documented(spec: RouteSpec, reply: Reply, log: Logger): unknown {
  const isOwn = reply.status !== undefined && reply.status !== spec.status;
  if (!spec.answer || (isOwn && reply.body === undefined)) return reply.body;
  const parsed = spec.answer.safeParse(reply.body);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.code}`);
  const route = `${spec.method} ${spec.path}`;
  if (process.env['NODE_ENV'] !== 'production')
    throw new Error(`${route} answers against its shape: ${issues.join(', ')}`);
  log.error({ route, issues }, 'an answer does not have its documented shape');
  return reply.body;
}

export function sendProblem(response: Response, { problem }: ProblemAnswer): void {
  const traceId = trace.getActiveSpan()?.spanContext().traceId;
  if (problem.status === 401) response.setHeader('WWW-Authenticate', 'Bearer');
  if (problem.status === 503) response.setHeader('Retry-After', '2');
  response.status(problem.status);
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('Content-Type', 'application/problem+json; charset=utf-8');
  const instance = traceId ? { instance: `urn:talkoot:trace:${traceId}` } : {};
  response.send(Buffer.from(JSON.stringify({ ...problem, ...instance })));
}
